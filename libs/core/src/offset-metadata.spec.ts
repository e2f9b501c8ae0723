import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_METADATA_LENGTH, decodeOffsetMetadata, encodeOffsetMetadata } from './offset-metadata.js';

describe('offset metadata v1', () => {
  it('reads back what it wrote, for any done offsets and attempts above the watermark', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 40n }),
        fc.uniqueArray(fc.bigInt({ min: 1n, max: 400n }), { maxLength: 200 }),
        fc.array(fc.tuple(fc.bigInt({ min: 0n, max: 400n }), fc.integer({ min: 1, max: 50 }))),
        (watermark, done, attempts) => {
          const metadata = {
            done: new Set(done.map((relative) => watermark + relative)),
            attempts: new Map(attempts.map(([relative, count]) => [watermark + relative, count] as const)),
          };
          const text = encodeOffsetMetadata(watermark, metadata);
          const read = decodeOffsetMetadata(watermark, text);
          expect([...read.done].sort()).toEqual([...metadata.done].sort());
          expect(new Map([...read.attempts].sort())).toEqual(new Map([...metadata.attempts].sort()));
          expect(text).toMatch(/^[\x20-\x7e]+$/);
        },
      ),
    );
  });

  it.each([
    '',
    'NO_METADATA',
    'v2;d=1',
    'v1;x=1',
    'v1;t=',
    'v1;t=zzzzzzz',
    'v1;d=1;\u0000',
    'v1;d=-5',
    'v1;a=-5:1',
    'v1;a=5',
    'v1;r=01k8z',
    'v1;r=01K8Z:1:1',
    'v1;r=01k8z:1',
    'v1;d=0-zzzzzzzz',
  ])('says nothing is done when foreign: %j', (text) => {
    expect(decodeOffsetMetadata(7n, text)).toEqual({ done: new Set(), attempts: new Map() });
  });

  it('says how many owners ended here without progress, beside what is done', () => {
    const metadata = { done: new Set([9n]), attempts: new Map([[7n, 1]]), tenures: 40 };
    const text = encodeOffsetMetadata(7n, metadata);
    expect(text).toBe('v1;t=14;d=2;a=0:1');
    expect(decodeOffsetMetadata(7n, text)).toEqual(metadata);
    expect(encodeOffsetMetadata(7n, { ...metadata, tenures: 0 })).toBe('v1;d=2;a=0:1');
  });

  it('says which reset reads records again, until the watermark has passed them', () => {
    const reset = { auditId: '01k8z', timeMs: 1_800_000_000_000, below: 107n };
    const metadata = { done: new Set([103n]), attempts: new Map([[100n, 1]]), tenures: 1, reset };
    const text = encodeOffsetMetadata(100n, metadata);
    expect(text).toBe('v1;t=1;r=01k8z:mywpiww0:7;d=3;a=0:1');
    expect(decodeOffsetMetadata(100n, text)).toEqual(metadata);
    expect(encodeOffsetMetadata(107n, metadata)).toBe('v1;t=1');
  });

  it('leaves out attempts that do not fit: what is done counts more', () => {
    const done = new Set(Array.from({ length: 900 }, (_, index) => 1_001n + 2n * BigInt(index)));
    const attempts = new Map(Array.from({ length: 900 }, (_, index) => [1_000n + 2n * BigInt(index), 1]));
    const text = encodeOffsetMetadata(1_000n, { done, attempts });
    expect(text.length).toBeLessThanOrEqual(MAX_METADATA_LENGTH);
    const read = decodeOffsetMetadata(1_000n, text);
    expect(read.done).toEqual(done);
    expect(read.attempts.get(1_000n)).toBe(1);
  });

  it('writes runs of done records as ranges', () => {
    const done = new Set([103n, 104n, 105n, 109n]);
    expect(encodeOffsetMetadata(100n, { done, attempts: new Map([[100n, 2]]) })).toBe('v1;d=3-5,9;a=0:2');
  });
});
