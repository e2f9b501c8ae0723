import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type HeadObjectCommandOutput,
} from '@aws-sdk/client-s3';
import type { BlobRef } from '@docstream/contracts';
import {
  DependencyError,
  type BlobRemoval,
  type Clock,
  type StoredBlob,
  type UnfinishedDeposit,
} from '@docstream/core';
import type { BlobBackend, Spooled } from './backend.js';
import { unavailable } from './errors.js';
import { checkLength } from './key.js';
import { isMissing, type S3Connection } from './s3-connection.js';
import { isBrokenConnection } from './s3-failure.js';
import { discardUpload, listObjects, listUploads } from './s3-listing.js';
import { discardSpooled, listSpooled, spool } from './spool.js';

/** Each call opens it anew, because the SDK does not repeat what it can't rewind. */
type Body = () => Uint8Array | ReturnType<typeof createReadStream>;

const OWNER_ONLY = 0o600;

/**
 * Blobs as objects, credentials from the SDK's default chain. Needs s3:GetObject, PutObject, DeleteObject and ListBucket.
 * Streams are spooled to a file first, because their key is their hash; then each is one PUT, which is there as a whole
 * or not at all (S3 takes 5 GiB in one, uploads may have 2).
 */
export class S3Backend implements BlobBackend {
  readonly #connection: S3Connection;
  readonly #spoolFolder: string;
  readonly #clock: Clock;
  /** The last PUT was taken: then nobody has to try one for the health check. */
  #hasWritten = false;

  constructor(
    connection: S3Connection,
    { spoolFolder, clock }: { readonly spoolFolder: string; readonly clock: Clock },
  ) {
    this.#connection = connection;
    this.#spoolFolder = spoolFolder;
    this.#clock = clock;
  }

  async putBytes(key: string, bytes: Uint8Array, sha256: string, mediaType: string): Promise<void> {
    const reference = { sha256, bytes: bytes.byteLength, mediaType };
    if (!(await this.refresh(key, reference, 0))) await this.#put(key, () => bytes, reference);
  }

  async putFile(key: string, { path, bytes, sha256 }: Spooled, mediaType: string): Promise<void> {
    const reference = { sha256, bytes, mediaType };
    try {
      if (await this.refresh(key, reference, 0)) return;
      await this.#put(key, () => createReadStream(path), reference);
    } finally {
      await rm(path, { force: true });
    }
  }

  spool(pieces: AsyncIterable<Uint8Array>): Promise<Spooled> {
    return spool(this.#spoolFolder, pieces, OWNER_ONLY);
  }

  /** A copy onto itself renews an object's time. */
  async refresh(key: string, { bytes, mediaType }: BlobRef, maxAgeMs: number): Promise<boolean> {
    const found = await this.#head(key);
    if (found === null || found.ContentLength !== bytes) return false;
    const nowMs = this.#clock.nowMs();
    if (maxAgeMs > 0 && nowMs - timeOf(found) <= maxAgeMs) return true;
    const { Bucket, Key } = this.#connection.at(key);
    const copy = new CopyObjectCommand({
      Bucket,
      Key,
      CopySource: `${Bucket}/${Key.split('/').map(encodeURIComponent).join('/')}`,
      MetadataDirective: 'REPLACE',
      // Some stores refuse a copy onto itself that changes nothing.
      Metadata: { 'deposited-at': new Date(nowMs).toISOString() },
      ContentType: mediaType,
    });
    // The store copies inside: that may take as long as the bytes would.
    const copied = await this.#connection.ask((options) => this.#connection.client.send(copy, options), {
      bytes,
    });
    return !isMissing(copied);
  }

  async read(key: string, reference: BlobRef): Promise<Uint8Array | null> {
    const get = new GetObjectCommand(this.#connection.at(key));
    const content = await this.#connection.ask(
      async (options) => {
        const { Body, ContentLength } = await this.#connection.client.send(get, options);
        if (Body === undefined) {
          throw unavailable(`Blob store, ${this.#connection.name}: answered without a body.`);
        }
        // Left early, by an error, it closes its connection.
        return await collect(Body as AsyncIterable<Uint8Array>, ContentLength, reference);
      },
      { bytes: reference.bytes },
    );
    return isMissing(content) ? null : content;
  }

  async remove(key: string): Promise<boolean> {
    if ((await this.#head(key)) === null) {
      // Whoever erases must not hear "nothing there" of a bucket that is not there.
      await this.#connection.checkBucket();
      return false;
    }
    await this.#delete(key);
    return true;
  }

  async checkHealth(): Promise<void> {
    await this.#connection.checkBucket();
    if (this.#hasWritten) return;
    await this.#connection.checkWriting();
    this.#hasWritten = true;
  }

  list(): AsyncIterable<StoredBlob> {
    return listObjects(this.#connection);
  }

  async *listUnfinished(): AsyncIterable<UnfinishedDeposit> {
    yield* listUploads(this.#connection);
    yield* listSpooled(this.#spoolFolder);
  }

  async removeOld(key: string, beforeMs: number): Promise<BlobRemoval> {
    const found = await this.#head(key);
    if (found === null) return 'gone';
    if (timeOf(found) > beforeMs) return 'refreshed';
    await this.#delete(key);
    return 'removed';
  }

  async discard(deposit: UnfinishedDeposit): Promise<boolean> {
    return (
      (await discardUpload(this.#connection, deposit)) ?? (await discardSpooled(this.#spoolFolder, deposit))
    );
  }

  async #put(key: string, open: Body, reference: BlobRef): Promise<void> {
    this.#hasWritten = false;
    try {
      await this.#putOnce(key, open, reference);
    } catch (error) {
      if (!(error instanceof DependencyError && isBrokenConnection(error.cause))) throw error;
      await this.#putOnce(key, open, reference);
    }
    this.#hasWritten = true;
  }

  async #putOnce(key: string, open: Body, { sha256, bytes, mediaType }: BlobRef): Promise<void> {
    const body = open();
    const put = new PutObjectCommand({
      ...this.#connection.at(key),
      Body: body,
      ContentLength: bytes,
      ContentType: mediaType,
      // The store compares: what was damaged on the way is not kept.
      ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
    });
    try {
      const done = await this.#connection.ask((options) => this.#connection.client.send(put, options), {
        bytes,
      });
      if (isMissing(done)) throw this.#connection.noBucket();
    } finally {
      if (!(body instanceof Uint8Array)) body.destroy();
    }
  }

  async #head(key: string): Promise<HeadObjectCommandOutput | null> {
    const head = new HeadObjectCommand(this.#connection.at(key));
    const found = await this.#connection.ask((options) => this.#connection.client.send(head, options));
    return isMissing(found) ? null : found;
  }

  async #delete(key: string): Promise<void> {
    const removal = new DeleteObjectCommand(this.#connection.at(key));
    await this.#connection.ask((options) => this.#connection.client.send(removal, options));
  }
}

function timeOf({ LastModified }: HeadObjectCommandOutput): number {
  // Without a time it counts as new: nothing is removed that might be.
  return LastModified?.getTime() ?? Infinity;
}

/** At most the bytes that the claim check names, and one piece. */
async function collect(
  body: AsyncIterable<Uint8Array>,
  length: number | undefined,
  reference: BlobRef,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    if (length !== undefined) checkLength(length, reference);
    bytes += piece.byteLength;
    if (bytes > reference.bytes) checkLength(bytes, reference);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
