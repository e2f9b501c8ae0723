import { createHash, randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { open, opendir, rm, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { UnfinishedDeposit } from '@docstream/core';
import { systemCode, unavailable } from './errors.js';
import type { Spooled } from './backend.js';

/** Names of spooled files: told apart from what others lay into the system's folder for temporary files. */
const SPOOLED = /^docstream-[0-9a-f-]{36}\.part$/;

/**
 * Writes the pieces to a new file, hashing them on the way; durable when it resolves, gone when it rejects. `mode` as
 * open(2) has it.
 */
export async function spool(
  folder: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  mode = 0o666,
): Promise<Spooled> {
  const path = join(folder, `docstream-${randomUUID()}.part`);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const file = await storing(path, () => open(path, 'wx', mode));
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

/** Spooled files that lie in a folder; those of running deposits, too. */
export async function* listSpooled(folder: string): AsyncIterable<UnfinishedDeposit> {
  for await (const { name } of entriesOf(folder)) {
    if (!SPOOLED.test(name)) continue;
    const path = join(folder, name);
    const found = await ifThere(path, () => stat(path));
    if (found !== null) yield { name: path, bytes: found.size, timeMs: found.mtimeMs };
  }
}

/** False when it was gone already. */
export async function discardSpooled(folder: string, { name }: UnfinishedDeposit): Promise<boolean> {
  if (dirname(name) !== folder || !SPOOLED.test(basename(name))) return false;
  return (await ifThere(name, () => unlink(name).then(() => true))) ?? false;
}

/** The entries of a folder one by one; none when it is not there. */
export async function* entriesOf(folder: string): AsyncIterable<Dirent> {
  const opened = await ifThere(folder, () => opendir(folder));
  if (opened === null) return;
  try {
    yield* opened;
  } catch (error) {
    throw explain(folder, error);
  }
}

/** Null for what is not there (any more); other errors of the disk as in `storing`. */
export async function ifThere<Result>(path: string, act: () => Promise<Result>): Promise<Result | null> {
  try {
    return await act();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw explain(path, error);
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
