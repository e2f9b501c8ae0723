import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BlobStore, Clock } from '@docstream/core';
import { createBlobStore } from './blob-store.js';
import { explain } from './spool.js';

const bytes = Buffer.from('%PDF-1.7 of no consequence');
const sha256 = createHash('sha256').update(bytes).digest('hex');
const reference = { sha256, bytes: bytes.byteLength, mediaType: 'application/pdf' };
const nowMs = Date.UTC(2026, 10, 23);
const clock: Clock = { nowMs: () => nowMs, sleep: () => Promise.resolve() };

describe('folder blob store', () => {
  let root = '';
  let store: BlobStore;
  const path = () => join(root, 'default', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  const deposit = () => store.deposit('default', bytes, 'application/pdf');

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'docstream-blobs-'));
    store = createBlobStore(pathToFileURL(root).href, { clock });
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('lays a blob under tenant, two and two digits, and its hash', async () => {
    await deposit();
    expect(await readFile(path())).toEqual(bytes);
  });

  it('leaves no file aside, neither of deposits nor of streams that broke', async () => {
    await deposit();
    await deposit();
    async function* broken() {
      yield bytes;
      throw new RangeError('upload broke off');
    }
    await expect(store.depositStream('default', broken(), 'application/pdf')).rejects.toThrow(RangeError);
    await store.checkHealth();
    expect(await readdir(join(root, '.incoming'))).toEqual([]);
  });

  it('renews the time of a blob that is deposited again', async () => {
    await deposit();
    await utimes(path(), 1, 1);
    await deposit();
    expect((await stat(path())).mtimeMs).toBe(nowMs);
  });

  it('mends a damaged blob when it is deposited again', async () => {
    await deposit();
    await writeFile(path(), Buffer.alloc(bytes.byteLength));
    await deposit();
    expect(Buffer.from(await store.redeem('default', reference))).toEqual(bytes);
  });

  it('is unavailable while its root is missing, and never creates it', async () => {
    await rm(root, { recursive: true });
    const away = {
      code: 'BLOB_STORE_UNAVAILABLE',
      dependency: 'blob-store',
      message: expect.stringContaining(root),
    };
    await expect(deposit()).rejects.toMatchObject(away);
    await expect(store.redeem('default', reference)).rejects.toMatchObject(away);
    await expect(store.erase('default', sha256)).rejects.toMatchObject(away);
    await expect(store.checkHealth()).rejects.toMatchObject(away);
    await expect(stat(root)).rejects.toThrow('ENOENT');
  });

  it('is unavailable when its root is a file', async () => {
    await rm(root, { recursive: true });
    await writeFile(root, '');
    await expect(deposit()).rejects.toMatchObject({ code: 'BLOB_STORE_UNAVAILABLE' });
    await expect(store.checkHealth()).rejects.toMatchObject({ code: 'BLOB_STORE_UNAVAILABLE' });
  });

  it('is unavailable when a folder lies where the blob should', async () => {
    await mkdir(path(), { recursive: true });
    await expect(store.redeem('default', reference)).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
    await expect(deposit()).rejects.toMatchObject({ code: 'BLOB_STORE_UNAVAILABLE' });
  });

  it('counts as full below the free space that it must keep', async () => {
    const full = createBlobStore(pathToFileURL(root).href, { clock, minFreeBytes: Number.MAX_SAFE_INTEGER });
    await expect(full.checkHealth()).rejects.toMatchObject({
      code: 'BLOB_STORE_UNAVAILABLE',
      message: expect.stringContaining('make room'),
    });
  });
});

describe('explain', () => {
  it.each([
    ['ENOSPC', 'make room'],
    ['EACCES', 'read and write rights'],
    ['EROFS', 'read-only'],
    ['EIO', 'reports an error'],
    ['EMFILE', 'cannot be used'],
  ])('names path and remedy for %s', (code, remedy) => {
    const error = Object.assign(new Error(code), { code, syscall: 'write' });
    expect(explain('/blobs', error)).toMatchObject({
      code: 'BLOB_STORE_UNAVAILABLE',
      message: expect.stringMatching(new RegExp(`/blobs: .*${remedy}.*${code}`)),
    });
  });

  it('passes on what is not of the system', () => {
    const error = new RangeError('a bug');
    expect(explain('/blobs', error)).toBe(error);
  });
});
