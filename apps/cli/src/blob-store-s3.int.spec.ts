import { PutObjectCommand, S3Client, CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import { createBlobInventory, createBlobStore } from '@docstream/adapter-blob-store';
import type { BlobStore, Clock, UnfinishedDeposit } from '@docstream/core';
import { defaultCacheDir, startS3Mock, type S3Mock } from '@docstream/platform';
import { describeBlobStore } from '@docstream/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'docstream-s3-'));
const spoolFolder = join(folder, 'spool');
const environment = { ...process.env };
const TIMEOUT_MS = 3_000;
const bytes = Buffer.from('%PDF-1.7 for a real store');
const sha256 = createHash('sha256').update(bytes).digest('hex');
const reference = { sha256, bytes: bytes.byteLength, mediaType: 'application/pdf' };
let s3mock: S3Mock;
let client: S3Client;

const start = (port?: number) =>
  startS3Mock({
    dataDir: folder,
    cacheDir: defaultCacheDir(process.env),
    env: environment,
    buckets: ['documents'],
    ...(port === undefined ? {} : { port }),
  });
const urlOf = (bucket: string): string =>
  `s3://${bucket}/a/prefix?endpoint=${encodeURIComponent(s3mock.endpoint)}`;
const open = (clock?: Clock, bucket = 'documents', timeoutMs = 20_000): BlobStore =>
  createBlobStore(urlOf(bucket), {
    spoolFolder,
    timeoutMs,
    missingWaitsMs: clock === undefined ? [] : [500, 4500],
    ...(clock === undefined ? {} : { clock }),
  });

beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' });
  mkdirSync(spoolFolder);
  s3mock = await start();
  client = new S3Client({ region: 'us-east-1', endpoint: s3mock.endpoint, forcePathStyle: true });
});
afterAll(async () => {
  client.destroy();
  await s3mock.process.stop();
  process.env = environment;
  rmSync(folder, { recursive: true });
});

describeBlobStore('S3', {
  open: (clock) => open(clock),
  inventory: () => createBlobInventory(urlOf('documents'), { spoolFolder }),
  damage: async (key, content) => {
    await client.send(new PutObjectCommand({ Bucket: 'documents', Key: `a/prefix/${key}`, Body: content }));
  },
});

describe('a blob store in S3', () => {
  it('takes 100 MiB in one piece and gives them back', async () => {
    const piece = Buffer.alloc(1_048_576, 'docstream');
    async function* pieces() {
      for (let sent = 0; sent < 100; sent += 1) yield piece;
    }
    const deposited = await open().depositStream('large', pieces(), 'application/pdf');
    expect(deposited.bytes).toBe(100 * piece.byteLength);
    expect(await open().redeem('large', deposited)).toHaveLength(deposited.bytes);
    expect(readdirSync(spoolFolder)).toEqual([]);
  });

  it('lists more objects than fit on a page, and leaves out what is not ours', async () => {
    const store = open();
    for (let at = 0; at < 1_010; at += 10) {
      const some = Array.from({ length: 10 }, (_, index) => Buffer.from(`number ${at + index}`));
      await Promise.all(some.map((one) => store.deposit('many', one, 'text/plain')));
    }
    await client.send(
      new PutObjectCommand({ Bucket: 'documents', Key: 'a/prefix/many/readme.txt', Body: 'by somebody' }),
    );
    const seen = new Set<string>();
    const inventory = createBlobInventory(urlOf('documents'), { spoolFolder });
    for await (const { tenant, sha256: hash } of inventory.list()) if (tenant === 'many') seen.add(hash);
    expect(seen.size).toBe(1_010);
  });

  it('lists uploads of several parts that nobody ended, and discards them', async () => {
    const Key = `a/prefix/parts/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`;
    await client.send(new CreateMultipartUploadCommand({ Bucket: 'documents', Key }));
    const inventory = createBlobInventory(urlOf('documents'), { spoolFolder });
    const list = async () => {
      const found: UnfinishedDeposit[] = [];
      for await (const deposit of inventory.listUnfinished()) found.push(deposit);
      return found;
    };
    const [upload, ...more] = await list();
    expect(more).toEqual([]);
    expect(upload?.name).toContain(sha256);
    expect(Math.abs((upload?.timeMs ?? 0) - Date.now())).toBeLessThan(60_000);
    if (upload !== undefined) expect(await inventory.discard(upload)).toBe(true);
    expect(await list()).toEqual([]);
  });

  it('says that the bucket is not there', async () => {
    const store = open(undefined, 'no-such-bucket');
    const missing = { code: 'BLOB_STORE_UNAVAILABLE', message: expect.stringContaining('create it') };
    await expect(store.deposit('t', bytes, 'application/pdf')).rejects.toMatchObject(missing);
    await expect(store.redeem('t', reference)).rejects.toMatchObject(missing);
    await expect(store.erase('t', sha256)).rejects.toMatchObject(missing);
    await expect(store.checkHealth()).rejects.toMatchObject(missing);
  });

  it('is unavailable within its limit while the store is stopped or killed, and goes on when it is back', async () => {
    const store = open(undefined, 'documents', TIMEOUT_MS);
    await store.deposit('t', bytes, 'application/pdf');
    const away = { code: 'BLOB_STORE_UNAVAILABLE', dependency: 'blob-store' };
    const within = async (work: Promise<unknown>) => {
      const began = performance.now();
      await expect(work).rejects.toMatchObject(away);
      expect(performance.now() - began).toBeLessThan(TIMEOUT_MS + 1_500);
    };
    process.kill(s3mock.process.pid, 'SIGSTOP');
    await within(store.redeem('t', reference));
    await within(store.checkHealth());
    process.kill(s3mock.process.pid, 'SIGCONT');
    process.kill(s3mock.process.pid, 'SIGKILL');
    await s3mock.process.exited;
    await within(store.deposit('t', bytes, 'application/pdf'));
    await within(store.redeem('t', reference));
    await within(store.checkHealth());
    s3mock = await start(s3mock.port);
    expect(Buffer.from(await store.redeem('t', reference))).toEqual(bytes);
    await store.checkHealth();
  });
});
