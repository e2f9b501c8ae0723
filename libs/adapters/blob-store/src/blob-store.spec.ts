import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BlobStore, Clock } from '@docstream/core';
import { createBlobStore } from './blob-store.js';

const PDF = 'application/pdf';
const bytes = Buffer.from('%PDF-1.7 of no consequence');
const sha256 = createHash('sha256').update(bytes).digest('hex');
const reference = { sha256, bytes: bytes.byteLength, mediaType: PDF };
const slept: number[] = [];
const clock: Clock = {
  nowMs: () => Date.UTC(2026, 10, 23),
  sleep: (ms) => {
    slept.push(ms);
    return Promise.resolve();
  },
};

/** Objects over HTTP as S3 answers, as far as the adapter asks. */
class FakeS3 {
  readonly objects = new Map<string, Buffer>();
  readonly asked: string[] = [];
  trouble: { readonly status: number; readonly code: string } | null = null;
  hangs = false;
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
    for await (const piece of request) pieces.push(piece as Buffer);
    const path = decodeURIComponent(new URL(request.url ?? '/', this.#url).pathname);
    const copy = request.headers['x-amz-copy-source'];
    this.asked.push(`${copy === undefined ? request.method : 'COPY'} ${path}`);
    if (this.hangs) return;
    if (this.trouble !== null) return this.#refuse(response, this.trouble.status, this.trouble.code);
    const found = this.objects.get(path);
    if (request.method === 'PUT' && copy !== undefined) {
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

  #refuse(response: ServerResponse, status: number, code: string): void {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
  }
}

interface Target {
  open(): Promise<BlobStore>;
  /** Overwrites what lies under the key of `sha256`. */
  damage(content: Buffer): Promise<void>;
  close(): Promise<void>;
}

function folderTarget(): Target {
  let root = '';
  return {
    open: async () => {
      root = await mkdtemp(join(tmpdir(), 'docstream-blobs-'));
      return createBlobStore(pathToFileURL(root).href, { clock });
    },
    damage: async (content) => {
      await writeFile(join(root, 'default', sha256.slice(0, 2), sha256.slice(2, 4), sha256), content);
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
}

let s3: FakeS3;
let spoolFolder = '';
const openS3 = (): BlobStore => createBlobStore(s3.storeUrl, { clock, spoolFolder, timeoutMs: 2000 });
const objectPath = `/bucket/some/prefix/default/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`;

function s3Target(): Target {
  return {
    open: async () => {
      s3 = new FakeS3();
      await s3.start();
      return openS3();
    },
    damage: (content) => {
      s3.objects.set(objectPath, content);
      return Promise.resolve();
    },
    close: () => s3.stop(),
  };
}

const environment = { ...process.env };
beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' });
  spoolFolder = await mkdtemp(join(tmpdir(), 'docstream-spool-'));
});
afterAll(async () => {
  process.env = environment;
  await rm(spoolFolder, { recursive: true, force: true });
});
beforeEach(() => void slept.splice(0));

describe.each([
  ['folder', folderTarget],
  ['s3', s3Target],
])('blob store conformance: %s', (_, makeTarget) => {
  const target = makeTarget();
  let store: BlobStore;

  beforeEach(async () => {
    store = await target.open();
  });
  afterEach(() => target.close());

  it('gives back what was deposited', async () => {
    expect(await store.deposit('default', bytes, PDF)).toEqual(reference);
    expect(Buffer.from(await store.redeem('default', reference))).toEqual(bytes);
  });

  it('gives the same claim check for a stream as for its bytes', async () => {
    async function* pieces() {
      for (const byte of bytes) yield Buffer.from([byte]);
    }
    expect(await store.depositStream('default', pieces(), PDF)).toEqual(reference);
    expect(Buffer.from(await store.redeem('default', reference))).toEqual(bytes);
  });

  it('takes the same bytes again, and side by side', async () => {
    const deposits = Array.from({ length: 5 }, () => store.deposit('default', bytes, PDF));
    expect(await Promise.all(deposits)).toEqual(Array(5).fill(reference));
    expect(await store.deposit('default', bytes, PDF)).toEqual(reference);
    expect(Buffer.from(await store.redeem('default', reference))).toEqual(bytes);
  });

  it('stores no bytes at all as a blob of length 0', async () => {
    const empty = await store.deposit('default', new Uint8Array(), PDF);
    expect(await store.redeem('default', empty)).toHaveLength(0);
  });

  it('keeps nothing of a stream whose source throws', async () => {
    async function* broken() {
      yield bytes;
      throw new RangeError('upload broke off');
    }
    await expect(store.depositStream('default', broken(), PDF)).rejects.toThrow('upload broke off');
    await expect(store.redeem('default', reference)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
  });

  it('separates tenants', async () => {
    await store.deposit('default', bytes, PDF);
    await expect(store.redeem('other', reference)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
  });

  it('looks three times for a missing blob before it is poison', async () => {
    await expect(store.redeem('default', reference)).rejects.toMatchObject({
      code: 'BLOB_NOT_FOUND',
      failureClass: 'poison',
    });
    expect(slept).toEqual([500, 4500]);
  });

  it('erases once', async () => {
    await store.deposit('default', bytes, PDF);
    expect(await store.erase('default', sha256)).toBe(true);
    expect(await store.erase('default', sha256)).toBe(false);
    await expect(store.redeem('default', reference)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
  });

  it.each([
    ['other bytes of the same length', Buffer.alloc(bytes.byteLength)],
    ['fewer bytes', bytes.subarray(1)],
  ])('calls %s corrupt', async (__, content) => {
    await store.deposit('default', bytes, PDF);
    await target.damage(content);
    await expect(store.redeem('default', reference)).rejects.toMatchObject({ code: 'BLOB_CORRUPT' });
  });

  it('calls a claim check with a wrong length corrupt', async () => {
    await store.deposit('default', bytes, PDF);
    await expect(store.redeem('default', { ...reference, bytes: 5 })).rejects.toMatchObject({
      code: 'BLOB_CORRUPT',
    });
  });

  it.each([
    ['a path as tenant', '../../etc', sha256],
    ['a path as hash', 'default', '../../../../etc/passwd'],
    ['a hash in upper case', 'default', sha256.toUpperCase()],
    ['an absolute path as tenant', '/etc', sha256],
  ])('refuses %s', async (__, tenant, hash) => {
    const refused = { code: 'BLOB_NOT_FOUND' };
    await expect(store.redeem(tenant, { ...reference, sha256: hash })).rejects.toMatchObject(refused);
    await expect(store.erase(tenant, hash)).rejects.toMatchObject(refused);
  });

  it('is healthy', async () => {
    await expect(store.checkHealth()).resolves.toBeUndefined();
  });
});

describe('s3 blob store', () => {
  let store: BlobStore;

  beforeEach(async () => {
    s3 = new FakeS3();
    await s3.start();
    store = openS3();
  });
  afterEach(() => s3.stop());

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
