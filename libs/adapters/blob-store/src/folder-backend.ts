import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, statfs, unlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobRef } from '@docstream/contracts';
import type { BlobRemoval, Clock, StoredBlob, UnfinishedDeposit } from '@docstream/core';
import type { BlobBackend, Spooled } from './backend.js';
import { systemCode, unavailable } from './errors.js';
import { checkLength } from './key.js';
import { discardInFolder, listFolder, listIncoming, removeIfOld } from './folder-collection.js';
import { explain, ifThere, spool, storing } from './spool.js';

export interface FolderSettings {
  readonly root: string;
  /** Below this much free space the store counts as full. */
  readonly minFreeBytes: number;
  readonly clock: Clock;
}

/** Not a tenant's name (it begins with a dot), so that it never meets a key. */
const INCOMING = '.incoming';

/**
 * Blobs as files. The root is never created here: a volume that is not mounted must show, not be replaced by an empty
 * folder. A file appears under its key only when it is whole and on disk (write aside, fsync, rename, fsync of the folders).
 */
export class FolderBackend implements BlobBackend {
  readonly #settings: FolderSettings;

  constructor(settings: FolderSettings) {
    this.#settings = settings;
  }

  async putBytes(key: string, bytes: Uint8Array, sha256: string): Promise<void> {
    if (await this.#refreshSame(key, sha256, bytes.byteLength)) return;
    const file = await spool(await this.#incoming(), [bytes]);
    await this.#adopt(key, file);
  }

  async putFile(key: string, file: Spooled): Promise<void> {
    if (await this.#refreshSame(key, file.sha256, file.bytes)) return;
    await this.#adopt(key, file);
  }

  async spool(pieces: AsyncIterable<Uint8Array>): Promise<Spooled> {
    return spool(await this.#incoming(), pieces);
  }

  async refresh(key: string, { bytes }: BlobRef, maxAgeMs: number): Promise<boolean> {
    const path = this.#path(key);
    const nowMs = this.#settings.clock.nowMs();
    const isFresh = await ifThere(path, async () => {
      const { size, mtimeMs } = await stat(path);
      if (size !== bytes) return false;
      if (nowMs - mtimeMs > maxAgeMs) await utimes(path, nowMs / 1000, nowMs / 1000);
      return true;
    });
    if (isFresh === null) await this.#checkRoot();
    return isFresh ?? false;
  }

  async read(key: string, reference: BlobRef): Promise<Uint8Array | null> {
    const path = this.#path(key);
    try {
      const file = await open(path, 'r');
      try {
        checkLength((await file.stat()).size, reference);
        return await file.readFile();
      } finally {
        await file.close();
      }
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw explain(path, error);
      await this.#checkRoot();
      return null;
    }
  }

  async remove(key: string): Promise<boolean> {
    const path = this.#path(key);
    try {
      await unlink(path);
      await syncFolder(dirname(path));
      return true;
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw explain(path, error);
      await this.#checkRoot();
      return false;
    }
  }

  async checkHealth(): Promise<void> {
    const { root, minFreeBytes } = this.#settings;
    await this.#checkRoot();
    const { bavail, bsize } = await storing(root, () => statfs(root));
    if (bavail * bsize < minFreeBytes) {
      throw unavailable(`Blob store, ${root}: less than ${minFreeBytes} bytes are free: make room.`);
    }
    const probe = join(await this.#incoming(), `${randomUUID()}.probe`);
    await storing(root, async () => {
      await writeFile(probe, 'probe');
      await unlink(probe);
    });
  }

  async *list(): AsyncIterable<StoredBlob> {
    await this.#checkRoot();
    yield* listFolder(this.#settings.root);
  }

  async *listUnfinished(): AsyncIterable<UnfinishedDeposit> {
    await this.#checkRoot();
    yield* listIncoming(join(this.#settings.root, INCOMING));
  }

  async removeOld(key: string, beforeMs: number): Promise<BlobRemoval> {
    return removeIfOld(this.#settings.root, await this.#incoming(), key, beforeMs);
  }

  discard(deposit: UnfinishedDeposit): Promise<boolean> {
    return discardInFolder(this.#settings.root, join(this.#settings.root, INCOMING), deposit);
  }

  async #incoming(): Promise<string> {
    const folder = join(this.#settings.root, INCOMING);
    try {
      await mkdir(folder);
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw explain(this.#settings.root, error);
    }
    return folder;
  }

  #path(key: string): string {
    return join(this.#settings.root, key);
  }

  async #checkRoot(): Promise<void> {
    const { root } = this.#settings;
    const found = await storing(root, () => stat(root));
    if (!found.isDirectory()) throw unavailable(`Blob store, ${root}: it is not a folder.`);
  }

  /** True when the same bytes lie there already; a damaged file is not the same and will be replaced. */
  async #refreshSame(key: string, sha256: string, bytes: number): Promise<boolean> {
    const path = this.#path(key);
    try {
      const { size } = await stat(path);
      if (size !== bytes || (await hashFile(path)) !== sha256) return false;
      const now = this.#settings.clock.nowMs() / 1000;
      await utimes(path, now, now);
      await syncFolder(dirname(path));
      return true;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false;
      throw explain(path, error);
    }
  }

  async #adopt(key: string, file: Spooled): Promise<void> {
    const path = this.#path(key);
    const folder = dirname(path);
    try {
      const firstMade = await mkdir(folder, { recursive: true });
      await rename(file.path, path);
      await syncFolder(folder);
      if (firstMade !== undefined) await syncUpTo(folder, dirname(firstMade));
    } catch (error) {
      await rm(file.path, { force: true });
      throw explain(path, error);
    }
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  return hash.digest('hex');
}

/** New names in a folder last only when the folder itself is on disk. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function syncUpTo(folder: string, top: string): Promise<void> {
  for (let at = folder; at !== top && at.startsWith(top);) {
    at = dirname(at);
    await syncFolder(at);
  }
}
