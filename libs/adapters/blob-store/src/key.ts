import { createHash } from 'node:crypto';
import { isTenant, type BlobRef } from '@docstream/contracts';
import { PoisonError } from '@docstream/core';

const SHA256 = /^[0-9a-f]{64}$/;

/**
 * `<tenant>/<2>/<2>/<sha256>`. Both parts are checked, so that what a hostile producer writes into a claim check never
 * becomes a path of its own: PoisonError BLOB_NOT_FOUND.
 */
export function blobKey(tenant: string, sha256: string): string {
  checkTenant(tenant);
  if (!SHA256.test(sha256)) {
    throw new PoisonError('BLOB_NOT_FOUND', 'The claim check holds no SHA-256 of 64 lower-case hex digits.');
  }
  return `${tenant}/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`;
}

/** The tenant and hash that a key names; null for what is no key of ours. */
export function parseKey(key: string): { readonly tenant: string; readonly sha256: string } | null {
  const [tenant = '', , , sha256 = '', ...more] = key.split('/');
  if (more.length > 0 || !isTenant(tenant) || !SHA256.test(sha256)) return null;
  return blobKey(tenant, sha256) === key ? { tenant, sha256 } : null;
}

export function checkTenant(tenant: string): void {
  if (isTenant(tenant)) return;
  throw new PoisonError('BLOB_NOT_FOUND', 'The tenant of the claim check is no lower-case DNS label.');
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** PoisonError BLOB_CORRUPT when the store's bytes have another length than the claim check says. */
export function checkLength(actual: number, { bytes, sha256 }: BlobRef): void {
  if (actual === bytes) return;
  throw new PoisonError(
    'BLOB_CORRUPT',
    `Blob ${sha256} has ${actual} bytes, the claim check says ${bytes}.`,
    {
      facts: { sha256, actualBytes: actual, statedBytes: bytes },
    },
  );
}

/** PoisonError BLOB_CORRUPT when bytes and claim check differ. */
export function verify(content: Uint8Array, reference: BlobRef): void {
  checkLength(content.byteLength, reference);
  const actual = sha256Of(content);
  if (actual === reference.sha256) return;
  throw new PoisonError('BLOB_CORRUPT', `Blob ${reference.sha256} has the hash ${actual}.`, {
    facts: { sha256: reference.sha256, actualSha256: actual },
  });
}
