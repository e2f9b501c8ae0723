import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BlobInventory, BlobStore, Clock, UnfinishedDeposit } from '@docstream/core';
import { describeBlobStore } from '@docstream/testing';
import { createBlobInventory } from './blob-inventory.js';
import { createBlobStore } from './blob-store.js';
import { explain } from './spool.js';

const bytes = Buffer.from('%PDF-1.7 of no consequence');
const sha256 = createHash('sha256').update(bytes).digest('hex');
const reference = { sha256, bytes: bytes.byteLength, mediaType: 'application/pdf' };
const nowMs = Date.UTC(2026, 10, 23);
const clock: Clock = { nowMs: () => nowMs, sleep: () => Promise.resolve() };

const shared = mkdtempSync(join(tmpdir(), 'docstream-blobs-'));
afterAll(() => rm(shared, { recursive: true, force: true }));

describeBlobStore('a folder', {
  open: (suiteClock) => createBlobStore(pathToFileURL(shared).href, { clock: suiteClock }),
  inventory: () => createBlobInventory(pathToFileURL(shared).href),
  damage: (key, content) => writeFile(join(shared, key), content),
});

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

describe('what a killed process leaves in the folder', () => {
  let root = '';
  let store: BlobStore;
  let inventory: BlobInventory;
  const path = () => join(root, 'default', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  const unfinished = async () => {
    const found: UnfinishedDeposit[] = [];
    for await (const deposit of inventory.listUnfinished()) found.push(deposit);
    return found;
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'docstream-blobs-'));
    const url = pathToFileURL(root).href;
    store = createBlobStore(url, { clock });
    inventory = createBlobInventory(url, { clock });
    await store.deposit('default', bytes, 'application/pdf');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('is listed, with its time, and can be discarded once', async () => {
    const part = join(root, '.incoming', 'docstream-0.part');
    await writeFile(part, 'half of it');
    await utimes(part, 1, 1);
    await writeFile(join(root, '.incoming', 'somebody-elses'), '');
    const [found, ...more] = await unfinished();
    expect(more).toEqual([]);
    expect(found).toEqual({ name: part, bytes: 10, timeMs: 1_000 });
    if (found === undefined) return;
    expect(await inventory.discard(found)).toBe(true);
    expect(await inventory.discard(found)).toBe(false);
  });

  it('never names a file elsewhere', async () => {
    expect(await inventory.discard({ name: path(), bytes: null, timeMs: 0 })).toBe(false);
    expect(Buffer.from(await store.redeem('default', reference))).toEqual(bytes);
  });

  it('goes back to its place when it was a blob that was being removed', async () => {
    await rename(path(), join(root, '.incoming', `default.${sha256}.collected`));
    for (const deposit of await unfinished()) expect(await inventory.discard(deposit)).toBe(true);
    expect(Buffer.from(await store.redeem('default', reference))).toEqual(bytes);
    expect(await unfinished()).toEqual([]);
  });

  it('never replaces a blob that was deposited since', async () => {
    const aside = join(root, '.incoming', `default.${sha256}.collected`);
    await writeFile(aside, 'older bytes');
    for (const deposit of await unfinished()) expect(await inventory.discard(deposit)).toBe(true);
    expect(Buffer.from(await store.redeem('default', reference))).toEqual(bytes);
    expect(await unfinished()).toEqual([]);
  });

  it('loses no deposit that comes while a blob is removed', async () => {
    const blob = { tenant: 'default', sha256, bytes: bytes.byteLength, timeMs: 1_000 };
    let removed = 0;
    for (let round = 0; round < 100; round += 1) {
      await utimes(path(), 1, 1);
      const removal = inventory.remove(blob, 1_000);
      // Some of them begin while the removal is under way.
      await Promise.all(Array.from({ length: round % 4 }, () => stat(path()).catch(() => null)));
      await store.deposit('default', bytes, 'application/pdf');
      if ((await removal) === 'removed') removed += 1;
      expect(Buffer.from(await store.redeem('default', reference))).toEqual(bytes);
    }
    expect(removed).toBeGreaterThan(0);
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
