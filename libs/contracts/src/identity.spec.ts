import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { base32 } from '@scure/base';
import fc from 'fast-check';
import { documentIdHasher, documentIdOf, isRunId, runIdFrom, runIdOfReset } from './identity.js';

describe('documentIdOf', () => {
  it('is the beginning of the lower-case base32 of the hash', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const hash = createHash('sha256').update('default').update(new Uint8Array(1)).update(bytes).digest();
        const id = documentIdOf('default', bytes);
        expect(id).toBe(base32.encode(hash).toLowerCase().slice(0, 26));
        const hasher = documentIdHasher('default');
        hasher.update(bytes);
        expect(hasher.finish()).toBe(id);
      }),
    );
  });
});

describe('runIdOfReset', () => {
  const old = runIdFrom(1_800_000_000_000, new Uint8Array(10));
  const reset = { auditId: '01k8z', timeMs: 1_800_000_060_000 };

  it('is the same for everybody, another for every reset and every old run, and later than the old one', () => {
    const run = runIdOfReset(old, reset);
    expect(isRunId(run)).toBe(true);
    expect(runIdOfReset(old, { ...reset })).toBe(run);
    expect(runIdOfReset(old, { ...reset, auditId: '01k90' })).not.toBe(run);
    expect(runIdOfReset(runIdFrom(1_800_000_000_000, new Uint8Array(10).fill(1)), reset)).not.toBe(run);
    expect(run > old).toBe(true);
  });

  it('is later than the old run also when the clock of the reset was behind', () => {
    expect(runIdOfReset(old, { auditId: '01k8z', timeMs: 1_700_000_000_000 }) > old).toBe(true);
  });
});
