import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BlobRef } from '@docstream/contracts';
import { FatalError, PoisonError, systemClock, type BlobStore, type Clock } from '@docstream/core';
import type { BlobBackend } from './backend.js';
import { FolderBackend } from './folder-backend.js';
import { blobKey, checkTenant, sha256Of, verify } from './key.js';
import { S3Backend } from './s3-backend.js';
import { spool } from './spool.js';

export interface BlobStoreOptions {
  readonly clock?: Clock;
  /** Waits between looks for a blob that a healthy store does not have; default 0.5 s and 4.5 s: three looks. */
  readonly missingWaitsMs?: readonly number[];
  /** Folder store: below this much free space it counts as full; default 128 MiB. */
  readonly minFreeBytes?: number;
  /** S3: folder for streams that wait for their hash; default the system's. */
  readonly spoolFolder?: string;
  /** S3: limit for connecting and for a silent connection; default 10,000 ms. */
  readonly timeoutMs?: number;
}

const DEFAULT_MISSING_WAITS_MS = [500, 4500];
const DEFAULT_MIN_FREE_BYTES = 128 * 1_048_576;
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * BlobStore by URL: `file:///absolute/folder` (which must exist) or
 * `s3://bucket/prefix?region=…&endpoint=https://…` (credentials from the SDK's default chain, never in the URL).
 * FatalError CONFIGURATION_INVALID for any other. Does no I/O.
 */
export function createBlobStore(url: string, options: BlobStoreOptions = {}): BlobStore {
  const { clock = systemClock, missingWaitsMs = DEFAULT_MISSING_WAITS_MS } = options;
  return new ContentAddressedStore(createBackend(url, clock, options), clock, missingWaitsMs);
}

class ContentAddressedStore implements BlobStore {
  readonly #backend: BlobBackend;
  readonly #clock: Clock;
  readonly #missingWaitsMs: readonly number[];

  constructor(backend: BlobBackend, clock: Clock, missingWaitsMs: readonly number[]) {
    this.#backend = backend;
    this.#clock = clock;
    this.#missingWaitsMs = missingWaitsMs;
  }

  async deposit(tenant: string, bytes: Uint8Array, mediaType: string): Promise<BlobRef> {
    const sha256 = sha256Of(bytes);
    await this.#backend.putBytes(blobKey(tenant, sha256), bytes, sha256, mediaType);
    return { sha256, bytes: bytes.byteLength, mediaType };
  }

  async depositStream(
    tenant: string,
    pieces: AsyncIterable<Uint8Array>,
    mediaType: string,
  ): Promise<BlobRef> {
    checkTenant(tenant);
    const file = await spool(await this.#backend.spoolFolder(), pieces);
    try {
      await this.#backend.putFile(blobKey(tenant, file.sha256), file, mediaType);
    } finally {
      await rm(file.path, { force: true });
    }
    return { sha256: file.sha256, bytes: file.bytes, mediaType };
  }

  async redeem(tenant: string, reference: BlobRef): Promise<Uint8Array> {
    const key = blobKey(tenant, reference.sha256);
    for (const waitMs of [0, ...this.#missingWaitsMs]) {
      if (waitMs > 0) await this.#clock.sleep(waitMs);
      const content = await this.#backend.read(key, reference);
      if (content !== null) {
        verify(content, reference);
        return content;
      }
    }
    const looks = this.#missingWaitsMs.length + 1;
    throw new PoisonError(
      'BLOB_NOT_FOUND',
      `The blob store is healthy and does not have ${reference.sha256} (looked ${looks} times).`,
      { facts: { sha256: reference.sha256 } },
    );
  }

  async erase(tenant: string, sha256: string): Promise<boolean> {
    return await this.#backend.remove(blobKey(tenant, sha256));
  }

  checkHealth(): Promise<void> {
    return this.#backend.checkHealth();
  }
}

function createBackend(url: string, clock: Clock, options: BlobStoreOptions): BlobBackend {
  if (url.startsWith('file:')) {
    const { minFreeBytes = DEFAULT_MIN_FREE_BYTES } = options;
    return new FolderBackend({ root: folderOf(url), minFreeBytes, clock });
  }
  const parsed = URL.parse(url);
  if (parsed?.protocol !== 's3:' || parsed.host === '') throw invalid('is neither file: nor s3://bucket');
  if (parsed.username !== '') {
    throw invalid('holds credentials: give them to the SDK (AWS_ACCESS_KEY_ID, a role, …)');
  }
  const { spoolFolder = tmpdir(), timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const unknown = [...parsed.searchParams.keys()].find((name) => !['endpoint', 'region'].includes(name));
  if (unknown !== undefined) throw invalid(`has the unknown parameter ${unknown}`);
  const endpoint = parsed.searchParams.get('endpoint');
  if (endpoint !== null && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    throw invalid('has an endpoint that is no http or https URL');
  }
  return new S3Backend({
    bucket: parsed.hostname,
    prefix: decodeURIComponent(parsed.pathname).replace(/^\/+|\/+$/g, ''),
    region: parsed.searchParams.get('region') ?? 'us-east-1',
    ...(endpoint === null ? {} : { endpoint }),
    spoolFolder,
    timeoutMs,
    clock,
  });
}

function folderOf(url: string): string {
  if (!url.startsWith('file:/')) throw invalid('names a relative folder: give an absolute one (file:///…)');
  let path: string;
  try {
    path = fileURLToPath(url);
  } catch (cause) {
    throw invalid('is no file URL of this machine', cause);
  }
  if (!isAbsolute(path)) throw invalid('names a relative folder: give an absolute one (file:///…)');
  return path;
}

function invalid(what: string, cause?: unknown): FatalError {
  return new FatalError('CONFIGURATION_INVALID', `DOCSTREAM_BLOB_STORE_URL ${what}.`, { cause });
}
