import {
  INLINE_LIMIT_BYTES,
  TOPICS,
  documentIdOf,
  runIdFrom,
  type DocumentId,
  type DocumentReceived,
  type ErrorCode,
  type RunId,
} from '@docstream/contracts';
import {
  DocstreamError,
  buildEventHeaders,
  isPdf,
  type BlobStore,
  type Clock,
  type EventCodec,
  type OutgoingRecord,
  type RecordProducer,
} from '@docstream/core';
import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileErrorOf } from './file-errors.js';

export interface ProduceSettings {
  readonly tenant: string;
  readonly uploadLimitBytes: number;
  readonly clock: Clock;
}

export interface ProducePorts {
  readonly blobStore: BlobStore;
  readonly codec: EventCodec;
  readonly producer: RecordProducer;
}

/** What became of one file. `failed`: a dependency was away; sending it again is safe. */
export type Produced =
  | {
      readonly path: string;
      readonly state: 'accepted';
      readonly documentId: DocumentId;
      readonly run: RunId;
    }
  | {
      readonly path: string;
      readonly state: 'rejected' | 'failed';
      readonly error: { readonly code: ErrorCode; readonly message: string; readonly remedy: string };
    };

interface Prepared {
  readonly path: string;
  readonly documentId: DocumentId;
  readonly run: RunId;
  readonly record: OutgoingRecord;
}

const MEDIA_TYPE = 'application/pdf';
/** Files whose bytes are in memory at the same time. */
const BATCH = 4;

/**
 * Deposits each file's bytes, then publishes its DocumentReceived: what is `accepted` is durable. A dependency that is
 * away ends it: the files after that are `failed`, none is missing from the answer.
 */
export async function* produceFiles(
  files: readonly string[],
  ports: ProducePorts,
  settings: ProduceSettings,
): AsyncGenerator<Produced> {
  for (let start = 0; start < files.length; start += BATCH) {
    const batch = files.slice(start, start + BATCH);
    const prepared = await Promise.all(batch.map((path) => prepare(path, ports, settings)));
    const ready = prepared.filter((one): one is Prepared => 'record' in one);
    const refused = prepared.filter((one): one is Produced => !('record' in one));
    const failure = await publish(ready, ports.producer);
    yield* refused;
    for (const { path, documentId, run } of ready) {
      yield failure === null ? { path, state: 'accepted', documentId, run } : failed(path, failure);
    }
    const away = failure ?? refused.find((one): one is Refusal => one.state === 'failed');
    if (away === undefined) continue;
    for (const path of files.slice(start + BATCH)) yield failed(path, away);
    return;
  }
}

type Refusal = Exclude<Produced, { state: 'accepted' }>;

function failed(path: string, { error }: Pick<Refusal, 'error'>): Refusal {
  return { path, state: 'failed', error };
}

async function publish(
  ready: readonly Prepared[],
  producer: RecordProducer,
): Promise<Pick<Refusal, 'error'> | null> {
  if (ready.length === 0) return null;
  try {
    await producer.produce(ready.map(({ record }) => record));
    return null;
  } catch (error) {
    return describeTransient(error);
  }
}

async function prepare(
  path: string,
  { blobStore, codec }: ProducePorts,
  { tenant, uploadLimitBytes, clock }: ProduceSettings,
): Promise<Prepared | Produced> {
  const read = await readBounded(path, uploadLimitBytes);
  if (!('bytes' in read)) return read;
  const { bytes } = read;
  if (!isPdf(bytes)) {
    return rejected(
      path,
      'NOT_A_PDF',
      'there is no %PDF- within its first 1,024 bytes',
      'Send a PDF; convert other formats first.',
    );
  }
  try {
    const blob = await blobStore.deposit(tenant, bytes, MEDIA_TYPE);
    const timeMs = clock.nowMs();
    const identity = {
      documentId: documentIdOf(tenant, bytes),
      run: runIdFrom(timeMs, randomBytes(10)),
      tenant,
    };
    const event: DocumentReceived = {
      fileName: basename(path).toWellFormed(),
      mediaType: MEDIA_TYPE,
      content: bytes.byteLength <= INLINE_LIMIT_BYTES ? bytes : null,
      blob,
      receivedAt: timeMs,
    };
    const record = {
      topic: TOPICS.ingest.name,
      key: new TextEncoder().encode(identity.documentId),
      value: await codec.encode(TOPICS.ingest, event),
      headers: buildEventHeaders({ identity, publisher: 'cli', event: 'DocumentReceived', timeMs }),
    };
    return { path, documentId: identity.documentId, run: identity.run, record };
  } catch (error) {
    return failed(path, describeTransient(error));
  }
}

function rejected(path: string, code: ErrorCode, message: string, remedy: string): Refusal {
  return { path, state: 'rejected', error: { code, message, remedy } };
}

/** Rethrows what waiting and trying again would not heal. */
function describeTransient(error: unknown): Pick<Refusal, 'error'> {
  if (!(error instanceof DocstreamError) || error.failureClass !== 'transient') throw error;
  return { error: { code: error.code, message: error.message, remedy: error.remedy } };
}

async function readBounded(path: string, limit: number): Promise<{ readonly bytes: Uint8Array } | Refusal> {
  try {
    const { size } = await stat(path);
    if (size <= limit) return { bytes: await readFile(path) };
    const remedy = 'Split it, or raise DOCSTREAM_UPLOAD_LIMIT_BYTES.';
    return rejected(path, 'PDF_TOO_LARGE', `${size} bytes are more than the limit of ${limit}`, remedy);
  } catch (error) {
    const refusal = fileErrorOf(error);
    if (refusal === null) throw error;
    const remedy = 'Check the path and its permissions.';
    return rejected(path, 'INVALID_REQUEST', `it cannot be read: ${refusal.reason}`, remedy);
  }
}
