import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BlobStore, Clock } from '@docstream/core';
import { createBlobStore } from './blob-store.js';

const PDF = 'application/pdf';
const bytes = Buffer.from('%PDF-1.7 of no consequence');
const sha256 = createHash('sha256').update(bytes).digest('hex');
const reference = { sha256, bytes: bytes.byteLength, mediaType: PDF };
const clock: Clock = { nowMs: () => Date.UTC(2026, 10, 23), sleep: () => Promise.resolve() };

/** Objects over HTTP as S3 answers, as far as the adapter asks. */
class FakeS3 {
  readonly objects = new Map<string, Buffer>();
  readonly asked: string[] = [];
  trouble: { readonly status: number; readonly code: string } | null = null;
  hangs = false;
  /** PUTs to these keys are answered with `refusal`; all others are taken. */
  refusesKeys: RegExp | null = null;
  refusal = { status: 403, code: 'AccessDenied' };
  /** So many PUTs end with a broken connection. */
  breaksPuts = 0;
  putDelayMs = 0;
  /** Waits so long after each piece that it reads. */
  trickleMs = 0;
  /** GET: sends a byte now and then, for ever. */
  endless = false;
  /** GET: sends megabytes without saying how many. */
  flood = false;
  readonly checksums: unknown[] = [];
  #url = '';
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.#url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  get storeUrl(): string {
    return `s3://bucket/some/prefix?region=eu-central-1&endpoint=${encodeURIComponent(this.#url)}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    try {
      for await (const piece of request) {
        pieces.push(piece as Buffer);
        if (this.trickleMs > 0) await delay(this.trickleMs);
      }
    } catch {
      // The client has given up.
      return;
    }
    this.checksums.push(request.headers['x-amz-checksum-sha256']);
    const path = decodeURIComponent(new URL(request.url ?? '/', this.#url).pathname);
    const copy = request.headers['x-amz-copy-source'];
    this.asked.push(`${copy === undefined ? request.method : 'COPY'} ${path}`);
    if (this.hangs) return;
    if (request.method === 'PUT' && this.breaksPuts > 0) {
      this.breaksPuts -= 1;
      request.socket.resetAndDestroy();
      return;
    }
    if (request.method === 'PUT' && this.putDelayMs > 0) await delay(this.putDelayMs);
    if (this.trouble !== null) return this.#refuse(response, this.trouble.status, this.trouble.code);
    if (request.method === 'PUT' && this.refusesKeys?.test(path) === true) {
      return this.#refuse(response, this.refusal.status, this.refusal.code);
    }
    const found = this.objects.get(path);
    if (request.method === 'GET' && this.endless) return this.#trickle(response);
    if (request.method === 'GET' && this.flood) {
      response.writeHead(200);
      response.end(Buffer.alloc(4 * 1_048_576));
    } else if (request.method === 'PUT' && copy !== undefined) {
      response.end('<CopyObjectResult><ETag>"x"</ETag></CopyObjectResult>');
    } else if (request.method === 'PUT') {
      this.objects.set(path, Buffer.concat(pieces));
      response.end();
    } else if (request.method === 'DELETE') {
      this.objects.delete(path);
      response.writeHead(204).end();
    } else if (path === '/bucket' || path === '/bucket/') {
      response.end();
    } else if (found === undefined) {
      this.#refuse(response, 404, 'NoSuchKey');
    } else {
      response.writeHead(200, { 'content-length': String(found.byteLength) });
      response.end(request.method === 'HEAD' ? undefined : found);
    }
  }

  #trickle(response: ServerResponse): void {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'), 100);
    response.on('close', () => clearInterval(timer));
  }

  #refuse(response: ServerResponse, status: number, code: string): void {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
  }
}

let s3: FakeS3;
let spoolFolder = '';
const openS3 = (): BlobStore => createBlobStore(s3.storeUrl, { clock, spoolFolder, timeoutMs: 2000 });
const objectPath = `/bucket/some/prefix/default/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`;

const environment = { ...process.env };
beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' });
  spoolFolder = await mkdtemp(join(tmpdir(), 'docstream-spool-'));
});
afterAll(async () => {
  process.env = environment;
  await rm(spoolFolder, { recursive: true, force: true });
});

describe('s3 blob store', () => {
  let store: BlobStore;

  beforeEach(async () => {
    s3 = new FakeS3();
    await s3.start();
    store = openS3();
  });
  afterEach(() => s3.stop());

  it('asks for a bucket that takes bytes once, and again after a deposit that failed', async () => {
    const probing = ['HEAD /bucket/', 'PUT /bucket/some/prefix/.probe', 'HEAD /bucket/some/prefix/.probe'];
    await store.checkHealth();
    expect(s3.asked).toEqual(probing);
    await store.checkHealth();
    expect(s3.asked.slice(3)).toEqual(['HEAD /bucket/']);
    s3.trouble = { status: 503, code: 'SlowDown' };
    await expect(store.deposit('default', bytes, PDF)).rejects.toMatchObject({
      code: 'BLOB_STORE_UNAVAILABLE',
    });
    s3.trouble = null;
    s3.refusesKeys = /[0-9a-f]{64}$/;
    await expect(store.deposit('default', bytes, PDF)).rejects.toMatchObject({ code: 'BLOB_REFUSED' });
    s3.asked.splice(0);
    await store.checkHealth();
    expect(s3.asked).toEqual(probing);
  });

  it.each([
    [403, 'AccessDenied'],
    [400, 'EntityTooLarge'],
  ])('calls it poison when a healthy store refuses these bytes with %i %s', async (status, code) => {
    s3.refusesKeys = /[0-9a-f]{64}$/;
    s3.refusal = { status, code };
    const refused = { code: 'BLOB_REFUSED', failureClass: 'poison', message: expect.stringContaining(code) };
    await expect(store.deposit('default', bytes, PDF)).rejects.toMatchObject(refused);
  });

  it('is fatal when it may read and not write', async () => {
    s3.refusesKeys = /./;
    await expect(store.deposit('default', bytes, PDF)).rejects.toMatchObject({
      code: 'AUTHENTICATION_REFUSED',
    });
    await expect(store.checkHealth()).rejects.toMatchObject({ code: 'AUTHENTICATION_REFUSED' });
  });

  it('is full when a healthy bucket takes no bytes', async () => {
    s3.refusesKeys = /./;
    s3.refusal = { status: 507, code: 'StorageFull' };
    const full = { code: 'BLOB_STORE_UNAVAILABLE', message: expect.stringContaining('507') };
    await expect(store.deposit('default', bytes, PDF)).rejects.toMatchObject(full);
    await expect(store.checkHealth()).rejects.toMatchObject(full);
  });

  it('says where the region is to be set', async () => {
    s3.trouble = { status: 301, code: 'PermanentRedirect' };
    await expect(store.redeem('default', reference)).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('?region='),
    });
  });

  it('opens a stream anew when a connection that was idle turns out to be broken', async () => {
    async function* pieces() {
      yield bytes;
    }
    s3.breaksPuts = 1;
    expect(await store.depositStream('default', pieces(), PDF)).toEqual(reference);
    expect(s3.objects.get(objectPath)).toEqual(bytes);
  });

  it('gives a large deposit the time that a slow line needs', async () => {
    const hasty = createBlobStore(s3.storeUrl, { clock, spoolFolder, timeoutMs: 300 });
    s3.putDelayMs = 600;
    const large = Buffer.alloc(1_048_576, 'x');
    await expect(hasty.deposit('default', large, PDF)).rejects.toMatchObject({
      code: 'BLOB_STORE_UNAVAILABLE',
    });
    s3.putDelayMs = 0;
    s3.trickleMs = 60;
    expect(await hasty.deposit('default', large, PDF)).toMatchObject({ bytes: large.byteLength });
  });

  it('gives up on an answer that never ends', async () => {
    const hasty = createBlobStore(s3.storeUrl, { clock, spoolFolder, timeoutMs: 300 });
    await hasty.deposit('default', bytes, PDF);
    s3.endless = true;
    await expect(hasty.redeem('default', reference)).rejects.toMatchObject({
      code: 'BLOB_STORE_UNAVAILABLE',
    });
  });

  it('reads no more than the claim check names, also when the store does not say how much there is', async () => {
    await store.deposit('default', bytes, PDF);
    s3.flood = true;
    await expect(store.redeem('default', reference)).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
  });

  it('sends the hash, so that the store can compare', async () => {
    await store.deposit('default', bytes, PDF);
    expect(s3.checksums).toContain(createHash('sha256').update(bytes).digest('base64'));
  });

  it('erases nothing silently in a bucket that is not there', async () => {
    s3.trouble = { status: 404, code: 'NotFound' };
    await expect(store.erase('default', sha256)).rejects.toMatchObject({
      code: 'BLOB_STORE_UNAVAILABLE',
      message: expect.stringContaining('no such bucket'),
    });
  });

  it('puts the object under prefix, tenant and hash', async () => {
    await store.deposit('default', bytes, PDF);
    expect(s3.asked).toEqual([`HEAD ${objectPath}`, `PUT ${objectPath}`]);
  });

  it('copies an object onto itself when it is deposited again', async () => {
    await store.deposit('default', bytes, PDF);
    s3.asked.splice(0);
    await store.deposit('default', bytes, PDF);
    expect(s3.asked).toEqual([`HEAD ${objectPath}`, `COPY ${objectPath}`]);
  });

  it('leaves no spooled file behind', async () => {
    async function* pieces() {
      yield bytes;
    }
    await store.depositStream('default', pieces(), PDF);
    s3.trouble = { status: 503, code: 'SlowDown' };
    await expect(store.depositStream('default', pieces(), PDF)).rejects.toMatchObject({
      code: 'BLOB_STORE_UNAVAILABLE',
    });
    expect(await readdir(spoolFolder)).toEqual([]);
  });

  it.each([500, 503])('is unavailable when the store answers %i', async (status) => {
    s3.trouble = { status, code: 'InternalError' };
    const away = { code: 'BLOB_STORE_UNAVAILABLE', dependency: 'blob-store' };
    await expect(store.redeem('default', reference)).rejects.toMatchObject(away);
    await expect(store.deposit('default', bytes, PDF)).rejects.toMatchObject(away);
    await expect(store.checkHealth()).rejects.toMatchObject(away);
  });

  it('is unavailable when nobody listens or nobody answers', async () => {
    s3.hangs = true;
    const impatient = createBlobStore(s3.storeUrl, { clock, spoolFolder, timeoutMs: 50 });
    const away = { code: 'BLOB_STORE_UNAVAILABLE' };
    await expect(impatient.redeem('default', reference)).rejects.toMatchObject(away);
    await expect(impatient.checkHealth()).rejects.toMatchObject(away);
    await s3.stop();
    await expect(store.redeem('default', reference)).rejects.toMatchObject(away);
  });

  it('is fatal when the credentials are refused', async () => {
    s3.trouble = { status: 403, code: 'InvalidAccessKeyId' };
    const refused = { code: 'AUTHENTICATION_REFUSED', failureClass: 'fatal' };
    await expect(store.redeem('default', reference)).rejects.toMatchObject(refused);
    await expect(store.checkHealth()).rejects.toMatchObject(refused);
  });

  it('says that the bucket is missing', async () => {
    s3.trouble = { status: 404, code: 'NoSuchBucket' };
    await expect(store.redeem('default', reference)).rejects.toMatchObject({
      code: 'BLOB_STORE_UNAVAILABLE',
      message: expect.stringContaining('no such bucket'),
    });
    await expect(store.checkHealth()).rejects.toMatchObject({ code: 'BLOB_STORE_UNAVAILABLE' });
  });
});

describe('createBlobStore', () => {
  it.each([
    ['http://example.org/blobs', 'neither file: nor s3://'],
    ['file:blobs', 'relative'],
    ['file://host/blobs', 'file URL of this machine'],
    ['s3://', 'neither file: nor s3://'],
    ['s3://id:secret@bucket/prefix', 'holds credentials'],
    ['s3://bucket?endpoint=ftp://x', 'endpoint'],
    ['s3://bucket?retries=5', 'unknown parameter retries'],
  ])('refuses %s', (url, reason) => {
    expect(() => createBlobStore(url)).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID', message: expect.stringContaining(reason) }),
    );
  });
});
