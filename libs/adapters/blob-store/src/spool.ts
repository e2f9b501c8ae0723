import { createHash, randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode, unavailable } from './errors.js';
import type { Spooled } from './backend.js';

/** Writes the pieces to a new file, hashing them on the way; durable when it resolves, gone when it rejects. */
export async function spool(
  folder: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<Spooled> {
  const path = join(folder, `${randomUUID()}.part`);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const file = await storing(path, () => open(path, 'wx'));
    try {
      for await (const piece of pieces) {
        hash.update(piece);
        bytes += piece.byteLength;
        await storing(path, () => file.writeFile(piece));
      }
      await storing(path, () => file.sync());
    } finally {
      await file.close();
    }
    return { path, sha256: hash.digest('hex'), bytes };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** Errors of the source pass; those of the disk become BLOB_STORE_UNAVAILABLE. */
export async function storing<Result>(path: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw explain(path, error);
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room',
  EDQUOT: 'the quota is used up: make room',
  EROFS: 'the file system is read-only: mount it for writing',
  EACCES: 'access is denied: give this user read and write rights',
  EPERM: 'access is denied: give this user read and write rights',
  ENOENT: 'it does not exist: create it, or mount the volume',
  ENOTDIR: 'it is not a folder: set DOCSTREAM_BLOB_STORE_URL to one',
  EIO: 'the disk reports an error: check it',
  ESTALE: 'the network file system lost it: mount it again',
};

/** A system error as BLOB_STORE_UNAVAILABLE with path and remedy; anything else as it is. */
export function explain(path: string, error: unknown): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  return unavailable(`Blob store, ${path}: ${ADVICE[code] ?? 'cannot be used'} (${code}).`, error);
}
