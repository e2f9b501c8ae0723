import { HeadBucketCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DocstreamError, FatalError, PoisonError } from '@docstream/core';
import { BLOB_STORE, unavailable } from './errors.js';
import { describeFailure, isAboutCredentials, isAboutRegion, isPassing } from './s3-failure.js';

export interface S3Settings {
  readonly bucket: string;
  /** Without slashes at its ends; may be empty. */
  readonly prefix: string;
  readonly region: string;
  /** Address of an S3-compatible store; AWS when absent. */
  readonly endpoint?: string;
  /** Limit for connecting, for a silent socket, and for a whole answer that carries no content. */
  readonly timeoutMs: number;
}

export type Missing = { readonly missing: true };
const MISSING: Missing = { missing: true };

export function isMissing(answer: unknown): answer is Missing {
  return answer === MISSING;
}

interface Question {
  /** Of the content that travels: it gets time for them. */
  readonly bytes?: number;
  /** What is asked of the whole bucket can't be refused for one object. */
  readonly isOfBucket?: boolean;
}

/** A connection may be slow as long as it moves at all; slower than this it counts as hanging. */
const SLOWEST_BYTES_PER_MS = 262;
const silent = (): void => undefined;
const SILENT = { trace: silent, debug: silent, info: silent, warn: silent, error: silent };
/** No tenant's name: it begins with a dot. */
const PROBE = '.probe';

/** One bucket, asked within limits; what it answers as errors of ours. */
export class S3Connection {
  readonly #settings: S3Settings;
  readonly client: S3Client;

  constructor(settings: S3Settings) {
    this.#settings = settings;
    const { region, endpoint, timeoutMs } = settings;
    this.client = new S3Client({
      region,
      ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
      // Repeating is the runtime's; one repetition covers a connection that had gone stale.
      maxAttempts: 2,
      // The hash is sent with what is deposited and verified at every load; trailing checksums some stores refuse.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      // Stores that ignore it would cost seconds with every larger deposit, and each would open a connection of its own.
      expectContinueHeader: false,
      // No requestTimeout: it counts from the first byte sent, and a large deposit on a slow line is no failure.
      requestHandler: { connectionTimeout: timeoutMs, socketTimeout: timeoutMs },
      // What it would write to the console, our errors say.
      logger: SILENT,
    });
  }

  at(key: string): { readonly Bucket: string; readonly Key: string } {
    const { bucket } = this.#settings;
    return { Bucket: bucket, Key: `${this.prefix}${key}` };
  }

  /** What all our keys begin with; empty, or ends with a slash. */
  get prefix(): string {
    const { prefix } = this.#settings;
    return prefix === '' ? '' : `${prefix}/`;
  }

  get bucket(): string {
    return this.#settings.bucket;
  }

  get name(): string {
    return `s3://${this.#settings.bucket}`;
  }

  /** The answer, or that there is no such object. Resolves or rejects within the limit for so many bytes. */
  async ask<Answer>(
    question: (options: { readonly abortSignal: AbortSignal }) => Promise<Answer>,
    { bytes = 0, isOfBucket = false }: Question = {},
  ): Promise<Answer | Missing> {
    const limitMs = Math.ceil(this.#settings.timeoutMs + bytes / SLOWEST_BYTES_PER_MS);
    const beganMs = performance.now();
    try {
      return await question({ abortSignal: AbortSignal.timeout(limitMs) });
    } catch (thrown) {
      if (thrown instanceof DocstreamError) throw thrown;
      const { name, status } = describeFailure(thrown);
      if (name === 'NoSuchBucket') throw this.noBucket(thrown);
      if (status === 404) return MISSING;
      if (status === undefined) {
        if (isAboutCredentials(name)) throw this.#notAllowed(name, thrown);
        const waitedMs = Math.round(performance.now() - beganMs);
        throw unavailable(`Blob store, ${this.name}: no answer after ${waitedMs} ms (${name}).`, thrown);
      }
      if (isAboutRegion(name, status)) {
        throw new FatalError(
          'CONFIGURATION_INVALID',
          `DOCSTREAM_BLOB_STORE_URL: ${this.name} lies in another region (${name}): set ?region=.`,
          { cause: thrown },
        );
      }
      if (status === 401 || isAboutCredentials(name)) throw this.#notAllowed(name, thrown);
      if (status < 400 || status >= 500 || isPassing(name, status)) {
        throw unavailable(`Blob store, ${this.name}: answered with status ${status} (${name}).`, thrown);
      }
      if (isOfBucket && status === 403) throw this.#notAllowed(name, thrown);
      if (isOfBucket) throw unavailable(`Blob store, ${this.name}: refuses (${name}, ${status}).`, thrown);
      return await this.#judge(name, status, thrown);
    }
  }

  /** Refused: is it us, or the store as a whole, or this one object? */
  async #judge(name: string, status: number, cause: unknown): Promise<never> {
    await this.checkBucket();
    await this.checkWriting();
    throw new PoisonError(
      'BLOB_REFUSED',
      `Blob store, ${this.name}: takes other bytes, and refuses these (${name}, status ${status}).`,
      { cause, facts: { status } },
    );
  }

  async checkBucket(): Promise<void> {
    const head = new HeadBucketCommand({ Bucket: this.bucket });
    const found = await this.ask((options) => this.client.send(head, options), { isOfBucket: true });
    if (isMissing(found)) throw this.noBucket();
  }

  /** Writes a few bytes beside the tenants and looks at them. */
  async checkWriting(): Promise<void> {
    const put = new PutObjectCommand({ ...this.at(PROBE), Body: Buffer.from('probe') });
    const done = await this.ask((options) => this.client.send(put, options), { isOfBucket: true });
    if (isMissing(done)) throw this.noBucket();
    const head = new HeadObjectCommand(this.at(PROBE));
    await this.ask((options) => this.client.send(head, options), { isOfBucket: true });
  }

  noBucket(cause?: unknown): DocstreamError {
    return unavailable(`Blob store, ${this.name}: there is no such bucket: create it.`, cause);
  }

  #notAllowed(name: string, cause: unknown): FatalError {
    return new FatalError(
      'AUTHENTICATION_REFUSED',
      `Blob store, ${this.name}: no valid credentials, or not allowed to get, put, delete and list (${name}).`,
      { cause, dependency: BLOB_STORE },
    );
  }
}
