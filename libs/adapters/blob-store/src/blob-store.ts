import { rm } from 'node:fs/promises';
import type { BlobRef } from '@docstream/contracts';
import { PoisonError, systemClock, type BlobStore, type Clock } from '@docstream/core';
import type { BlobBackend } from './backend.js';
import { blobKey, checkTenant, sha256Of, verify } from './key.js';
import { openBackend, type BlobStoreOptions } from './open-backend.js';

const DEFAULT_MISSING_WAITS_MS = [500, 4500];
/** A refresh of what is younger would only cost a request: collection waits for a week longer than it must. */
const MAX_AGE_MS = 86_400_000;

/**
 * BlobStore by URL: `file:///absolute/folder` (which must exist) or
 * `s3://bucket/prefix?region=…&endpoint=https://…` (credentials from the SDK's default chain, never in the URL).
 * FatalError CONFIGURATION_INVALID for any other. Does no I/O.
 */
export function createBlobStore(url: string, options: BlobStoreOptions = {}): BlobStore {
  const { clock = systemClock, missingWaitsMs = DEFAULT_MISSING_WAITS_MS } = options;
  return new ContentAddressedStore(openBackend(url, options), clock, missingWaitsMs);
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
    const file = await this.#backend.spool(pieces);
    try {
      await this.#backend.putFile(blobKey(tenant, file.sha256), file, mediaType);
    } finally {
      await rm(file.path, { force: true });
    }
    return { sha256: file.sha256, bytes: file.bytes, mediaType };
  }

  async refresh(tenant: string, reference: BlobRef): Promise<boolean> {
    return await this.#backend.refresh(blobKey(tenant, reference.sha256), reference, MAX_AGE_MS);
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
