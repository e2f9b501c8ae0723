import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { BlobRef } from '@docstream/contracts';
import { DocstreamError, FatalError, type Clock } from '@docstream/core';
import type { BlobBackend, Spooled } from './backend.js';
import { BLOB_STORE, unavailable } from './errors.js';
import { checkLength } from './key.js';

export interface S3Settings {
  readonly bucket: string;
  /** Without slashes at its ends; may be empty. */
  readonly prefix: string;
  readonly region: string;
  /** Address of an S3-compatible store; AWS when absent. */
  readonly endpoint?: string;
  /** Folder for streams that wait for their hash. */
  readonly spoolFolder: string;
  /** Limit for connecting, and for a silent socket. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

type Missing = { readonly missing: true };
const MISSING: Missing = { missing: true };

/**
 * Blobs as objects, credentials from the SDK's default chain. Needs s3:GetObject, PutObject, DeleteObject and ListBucket:
 * without the last S3 answers 403 instead of 404, which reads as refused credentials. Streams are spooled to a file first,
 * because their key is their hash; memory stays bounded.
 */
export class S3Backend implements BlobBackend {
  readonly #settings: S3Settings;
  readonly #client: S3Client;

  constructor(settings: S3Settings) {
    this.#settings = settings;
    const { region, endpoint, timeoutMs } = settings;
    this.#client = new S3Client({
      region,
      ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
      // Repeating is the runtime's; one repetition covers a connection that had gone stale.
      maxAttempts: 2,
      // The hash in the key is verified at every load; trailing checksums are refused by some compatible stores.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        connectionTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        requestTimeout: timeoutMs,
        throwOnRequestTimeout: true,
      },
    });
  }

  async putBytes(key: string, bytes: Uint8Array, _sha256: string, mediaType: string): Promise<void> {
    if (await this.#refresh(key, bytes.byteLength, mediaType)) return;
    await this.#put(key, bytes, bytes.byteLength, mediaType);
  }

  async putFile(key: string, file: Spooled, mediaType: string): Promise<void> {
    try {
      if (await this.#refresh(key, file.bytes, mediaType)) return;
      const body = createReadStream(file.path);
      try {
        await this.#put(key, body, file.bytes, mediaType);
      } finally {
        body.destroy();
      }
    } finally {
      await rm(file.path, { force: true });
    }
  }

  spoolFolder(): Promise<string> {
    return Promise.resolve(this.#settings.spoolFolder);
  }

  async read(key: string, reference: BlobRef): Promise<Uint8Array | null> {
    const content = await this.#ask(async () => {
      const { Body, ContentLength } = await this.#client.send(new GetObjectCommand(this.#at(key)));
      if (Body === undefined) throw unavailable(`Blob store, ${this.#name()}: answered without a body.`);
      try {
        checkLength(ContentLength ?? reference.bytes, reference);
      } catch (error) {
        await Body.transformToWebStream().cancel();
        throw error;
      }
      return Body.transformToByteArray();
    });
    return isMissing(content) ? null : content;
  }

  async remove(key: string): Promise<boolean> {
    const found = await this.#ask(() => this.#client.send(new HeadObjectCommand(this.#at(key))));
    if (isMissing(found)) return false;
    await this.#ask(() => this.#client.send(new DeleteObjectCommand(this.#at(key))));
    return true;
  }

  async checkHealth(): Promise<void> {
    const { bucket, timeoutMs } = this.#settings;
    const abortSignal = AbortSignal.timeout(timeoutMs);
    const found = await this.#ask(() =>
      this.#client.send(new HeadBucketCommand({ Bucket: bucket }), { abortSignal }),
    );
    if (isMissing(found)) throw this.#noBucket();
  }

  /** True when an object of that length lies there: a copy onto itself renews its time, so that collection spares it. */
  async #refresh(key: string, bytes: number, mediaType: string): Promise<boolean> {
    const found = await this.#ask(() => this.#client.send(new HeadObjectCommand(this.#at(key))));
    if (isMissing(found) || found.ContentLength !== bytes) return false;
    const { Bucket, Key } = this.#at(key);
    const copied = await this.#ask(() =>
      this.#client.send(
        new CopyObjectCommand({
          Bucket,
          Key,
          CopySource: `${Bucket}/${Key.split('/').map(encodeURIComponent).join('/')}`,
          MetadataDirective: 'REPLACE',
          // Some stores refuse a copy onto itself that changes nothing.
          Metadata: { 'deposited-at': new Date(this.#settings.clock.nowMs()).toISOString() },
          ContentType: mediaType,
        }),
      ),
    );
    return !isMissing(copied);
  }

  async #put(
    key: string,
    body: Uint8Array | ReturnType<typeof createReadStream>,
    bytes: number,
    mediaType: string,
  ): Promise<void> {
    const done = await this.#ask(() =>
      this.#client.send(
        new PutObjectCommand({ ...this.#at(key), Body: body, ContentLength: bytes, ContentType: mediaType }),
      ),
    );
    if (isMissing(done)) throw this.#noBucket();
  }

  #at(key: string): { readonly Bucket: string; readonly Key: string } {
    const { bucket, prefix } = this.#settings;
    return { Bucket: bucket, Key: prefix === '' ? key : `${prefix}/${key}` };
  }

  #name(): string {
    return `s3://${this.#settings.bucket}`;
  }

  #noBucket(): DocstreamError {
    return unavailable(`Blob store, ${this.#name()}: there is no such bucket: create it.`);
  }

  async #ask<Answer>(question: () => Promise<Answer>): Promise<Answer | Missing> {
    try {
      return await question();
    } catch (thrown) {
      if (thrown instanceof DocstreamError) throw thrown;
      const { name, status } = describeFailure(thrown);
      if (name === 'NoSuchBucket') throw this.#noBucket();
      if (status === 404) return MISSING;
      if (status === 401 || status === 403 || name === 'CredentialsProviderError') {
        throw new FatalError(
          'AUTHENTICATION_REFUSED',
          `Blob store, ${this.#name()}: no valid credentials, or not allowed to get, put, delete and list (${name}).`,
          { cause: thrown, dependency: BLOB_STORE },
        );
      }
      throw unavailable(
        `Blob store, ${this.#name()}: ${status === undefined ? 'did not answer' : `answered with status ${status}`} (${name}).`,
        thrown,
      );
    }
  }
}

function isMissing(answer: unknown): answer is Missing {
  return answer === MISSING;
}

function describeFailure(thrown: unknown): { readonly name: string; readonly status: number | undefined } {
  if (typeof thrown !== 'object' || thrown === null) return { name: typeof thrown, status: undefined };
  const name = 'name' in thrown && typeof thrown.name === 'string' ? thrown.name : 'Error';
  const metadata = '$metadata' in thrown ? thrown.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) {
    return { name, status: undefined };
  }
  const { httpStatusCode } = metadata;
  return { name, status: typeof httpStatusCode === 'number' ? httpStatusCode : undefined };
}
