import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crc32c } from './crc32c.js';

const original = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/crc32C/index.js') as (
  bytes: Uint8Array,
) => number;

describe('crc32c', () => {
  it('is that of RFC 3720 for 32 zeros', () => {
    // Appendix B.4 of the RFC: aa 36 91 8a, least significant byte first.
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  });

  it('is the same as kafkajs computes, over any part of the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 20 }), (bytes, from) => {
        expect(crc32c(bytes, Math.min(from, bytes.length))).toBe(original(bytes.subarray(from)));
      }),
    );
  });
});
