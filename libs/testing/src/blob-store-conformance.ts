import { createHash, randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { BlobInventory, BlobStore, Clock, StoredBlob } from '@docstream/core';

const PDF = 'application/pdf';
const bytes = Buffer.from('%PDF-1.7 of no consequence');
const sha256 = createHash('sha256').update(bytes).digest('hex');
const reference = { sha256, bytes: bytes.byteLength, mediaType: PDF };
const DAY_MS = 86_400_000;

/** A store that the suite may fill; each test takes a tenant of its own in it. */
export interface BlobStoreTarget {
  /** Made anew for each test; the clock is the suite's. */
  open(clock: Clock): BlobStore | Promise<BlobStore>;
  inventory(): BlobInventory;
  /** Overwrites what lies under that key. */
  damage(key: string, content: Buffer): Promise<void>;
}

/** Every backend of the port BlobStore keeps these promises. */
export function describeBlobStore(name: string, target: BlobStoreTarget): void {
  const slept: number[] = [];
  let aheadMs = 0;
  const clock: Clock = {
    nowMs: () => Date.now() + aheadMs,
    sleep: (ms) => {
      slept.push(ms);
      return Promise.resolve();
    },
  };
  let store: BlobStore;
  let tenant: string;

  const find = async (inventory: BlobInventory): Promise<StoredBlob | undefined> => {
    for await (const blob of inventory.list()) if (blob.tenant === tenant) return blob;
    return undefined;
  };
  async function* inPieces(content: Buffer, length: number): AsyncIterable<Uint8Array> {
    for (let at = 0; at < content.byteLength; at += length) yield content.subarray(at, at + length);
  }

  describe(`${name} as a blob store`, () => {
    beforeEach(async () => {
      slept.length = 0;
      aheadMs = 0;
      tenant = `t-${randomUUID()}`;
      store = await target.open(clock);
    });

    it('gives back what was deposited', async () => {
      expect(await store.deposit(tenant, bytes, PDF)).toEqual(reference);
      expect(Buffer.from(await store.redeem(tenant, reference))).toEqual(bytes);
    });

    it('gives the same claim check for a stream as for its bytes', async () => {
      expect(await store.depositStream(tenant, inPieces(bytes, 1), PDF)).toEqual(reference);
      expect(Buffer.from(await store.redeem(tenant, reference))).toEqual(bytes);
    });

    it('takes a stream of many megabytes', async () => {
      const large = Buffer.alloc(20 * 1_048_576, randomUUID());
      const deposited = await store.depositStream(tenant, inPieces(large, 65_536), PDF);
      expect(deposited.bytes).toBe(large.byteLength);
      expect(Buffer.compare(await store.redeem(tenant, deposited), large)).toBe(0);
    });

    it('takes the same bytes again, and side by side', async () => {
      const deposits = Array.from({ length: 5 }, () => store.deposit(tenant, bytes, PDF));
      expect(await Promise.all(deposits)).toEqual(Array(5).fill(reference));
      expect(await store.depositStream(tenant, inPieces(bytes, 5), PDF)).toEqual(reference);
      expect(Buffer.from(await store.redeem(tenant, reference))).toEqual(bytes);
    });

    it('stores no bytes at all as a blob of length 0', async () => {
      const empty = await store.deposit(tenant, new Uint8Array(), PDF);
      expect(await store.redeem(tenant, empty)).toHaveLength(0);
    });

    it('keeps nothing of a stream whose source throws', async () => {
      async function* broken() {
        yield bytes;
        throw new RangeError('upload broke off');
      }
      await expect(store.depositStream(tenant, broken(), PDF)).rejects.toThrow('upload broke off');
      await expect(store.redeem(tenant, reference)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
    });

    it('separates tenants', async () => {
      await store.deposit(tenant, bytes, PDF);
      await expect(store.redeem('other', reference)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
    });

    it('looks three times for a missing blob before it is poison', async () => {
      await expect(store.redeem(tenant, reference)).rejects.toMatchObject({
        code: 'BLOB_NOT_FOUND',
        failureClass: 'poison',
      });
      expect(slept).toEqual([500, 4500]);
    });

    it('erases once', async () => {
      await store.deposit(tenant, bytes, PDF);
      expect(await store.erase(tenant, sha256)).toBe(true);
      expect(await store.erase(tenant, sha256)).toBe(false);
      await expect(store.redeem(tenant, reference)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
    });

    it.each([
      ['other bytes of the same length', Buffer.alloc(bytes.byteLength)],
      ['fewer bytes', bytes.subarray(1)],
      ['more bytes', Buffer.concat([bytes, Buffer.alloc(1_048_576)])],
    ])('calls %s corrupt', async (_, content) => {
      await store.deposit(tenant, bytes, PDF);
      await target.damage(`${tenant}/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`, content);
      await expect(store.redeem(tenant, reference)).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
    });

    it('calls a claim check with a wrong length corrupt', async () => {
      await store.deposit(tenant, bytes, PDF);
      await expect(store.redeem(tenant, { ...reference, bytes: 5 })).rejects.toMatchObject({
        code: 'BLOB_CORRUPT',
      });
    });

    it.each([
      ['a path as tenant', '../../etc', sha256],
      ['a path as hash', 'default', '../../../../etc/passwd'],
      ['a hash in upper case', 'default', sha256.toUpperCase()],
      ['an absolute path as tenant', '/etc', sha256],
      ['a hidden folder as tenant', '.incoming', sha256],
    ])('refuses %s', async (_, whose, hash) => {
      const refused = { code: 'BLOB_NOT_FOUND' };
      await expect(store.redeem(whose, { ...reference, sha256: hash })).rejects.toMatchObject(refused);
      await expect(store.refresh(whose, { ...reference, sha256: hash })).rejects.toMatchObject(refused);
      await expect(store.erase(whose, hash)).rejects.toMatchObject(refused);
    });

    it('is healthy', async () => {
      await expect(store.checkHealth()).resolves.toBeUndefined();
    });
  });

  describe(`${name} as an inventory of blobs`, () => {
    let inventory: BlobInventory;

    beforeEach(async () => {
      aheadMs = 0;
      tenant = `t-${randomUUID()}`;
      store = await target.open(clock);
      inventory = target.inventory();
      await store.deposit(tenant, bytes, PDF);
    });

    it('lists a blob with length and time', async () => {
      const blob = await find(inventory);
      expect(blob).toMatchObject({ tenant, sha256, bytes: bytes.byteLength });
      expect(Math.abs((blob?.timeMs ?? 0) - Date.now())).toBeLessThan(60_000);
    });

    it('removes what is as old as it must be, and says what is gone', async () => {
      const blob = await find(inventory);
      if (blob === undefined) throw new Error('nothing is listed');
      expect(await inventory.remove(blob, blob.timeMs - 1_000)).toBe('refreshed');
      expect(await find(inventory)).toBeDefined();
      expect(await inventory.remove(blob, blob.timeMs)).toBe('removed');
      expect(await inventory.remove(blob, blob.timeMs)).toBe('gone');
      expect(await find(inventory)).toBeUndefined();
    });

    it('spares what was deposited again after it was listed', async () => {
      const listed = await find(inventory);
      if (listed === undefined) throw new Error('nothing is listed');
      // S3 tells times in seconds.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await store.deposit(tenant, bytes, PDF);
      expect(await inventory.remove(listed, listed.timeMs)).toBe('refreshed');
      expect(Buffer.from(await store.redeem(tenant, reference))).toEqual(bytes);
    });

    it('leaves the time of what is younger than a day, and renews that of what is older', async () => {
      const listed = await find(inventory);
      if (listed === undefined) throw new Error('nothing is listed');
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      aheadMs = DAY_MS + 60_000;
      expect(await store.refresh(tenant, reference)).toBe(true);
      expect(await inventory.remove(listed, listed.timeMs)).toBe('refreshed');
      expect(Buffer.from(await store.redeem(tenant, reference))).toEqual(bytes);
      await store.erase(tenant, sha256);
      aheadMs = 0;
      await store.deposit(tenant, bytes, PDF);
      const anew = await find(inventory);
      if (anew === undefined) throw new Error('nothing is listed');
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      expect(await store.refresh(tenant, reference)).toBe(true);
      expect(await inventory.remove(anew, anew.timeMs)).toBe('removed');
    });

    it('refreshes nothing that is not there, or has another length', async () => {
      expect(await store.refresh('other', reference)).toBe(false);
      expect(await store.refresh(tenant, { ...reference, bytes: 5 })).toBe(false);
    });
  });
}
