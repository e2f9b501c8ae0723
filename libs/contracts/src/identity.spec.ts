import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { base32 } from '@scure/base';
import fc from 'fast-check';
import { documentIdHasher, documentIdOf } from './identity.js';

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
