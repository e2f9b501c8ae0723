import {
  DEAD_LETTER_TOPICS,
  HEADERS,
  TOPICS,
  readHeader,
  textHeader,
  type Identity,
  type RecordHeaders,
  type StageName,
  type TopicContract,
} from '@docstream/contracts';
import {
  DEAD_LETTER_HEADERS,
  DependencyError,
  PoisonError,
  buildEventHeaders,
  deadLetterHeaders,
  type BlobStore,
  type Clock,
  type ConsumedRecord,
  type EventCodec,
  type Failure,
  type OutgoingRecord,
} from '@docstream/core';
import { outgoingBytes } from './record-size.js';

const OURS: ReadonlySet<string> = new Set([
  ...DEAD_LETTER_HEADERS,
  HEADERS.documentId,
  HEADERS.run,
  HEADERS.tenant,
]);

/** The record's value alone. */
const VALUE_TYPE = 'application/octet-stream';
/** JSON `{value, headers: [[name, value]…]}`, values in base64 or null: where the headers are too large themselves. */
const RECORD_TYPE = 'application/vnd.docstream.dead-letter+json';

/** A dead letter says what happened in these many characters; the whole stands in the log. */
const MAX_MESSAGE_CHARACTERS = 2_000;
const MAX_NAME_CHARACTERS = 1_000;

export interface DeadLetterFacts {
  readonly stage: StageName;
  readonly group: string;
  readonly identity: Identity;
  readonly failure: Failure;
  readonly attempts: number;
}

export interface DeadLetterTools {
  readonly codec: EventCodec;
  readonly blobStore: BlobStore;
  readonly clock: Clock;
}

/**
 * The two records of a dead letter: the original one byte for byte with the reason beside it, and the event that says
 * so. What of the original no longer fits goes to the blob store, and a header names it: nothing is lost.
 */
export async function buildDeadLetter(
  record: ConsumedRecord,
  facts: DeadLetterFacts,
  tools: DeadLetterTools,
): Promise<readonly OutgoingRecord[]> {
  const { failure } = facts;
  const short = {
    ...facts,
    failure: { ...failure, message: failure.message.slice(0, MAX_MESSAGE_CHARACTERS) },
  };
  const topic = DEAD_LETTER_TOPICS[facts.stage];
  const letter = await fitLetter(record, short, topic, tools);
  return [letter, await buildEvent(record, short, topic.name, tools)];
}

async function fitLetter(
  record: ConsumedRecord,
  facts: DeadLetterFacts,
  topic: TopicContract<null>,
  { blobStore }: DeadLetterTools,
): Promise<OutgoingRecord> {
  const { tenant } = facts.identity;
  const fits = (letter: OutgoingRecord): boolean => outgoingBytes(letter) <= topic.maxRecordBytes;
  const reason = reasonHeaders(record, facts);
  const headers = [...record.headers.filter(([name]) => !OURS.has(name)), ...reason];
  const whole: OutgoingRecord = { topic: topic.name, key: record.key, value: record.value, headers };
  if (fits(whole)) return whole;
  const spill = async (bytes: Uint8Array, type: string): Promise<RecordHeaders> => {
    const { sha256 } = await depositSpilled(blobStore, tenant, bytes, type);
    return [
      textHeader(HEADERS.blob, sha256),
      textHeader(HEADERS.blobType, type),
      textHeader(HEADERS.blobBytes, String(bytes.byteLength)),
    ];
  };
  if (record.value !== null && fits({ ...whole, value: null })) {
    return { ...whole, value: null, headers: [...headers, ...(await spill(record.value, VALUE_TYPE))] };
  }
  return { ...whole, value: null, headers: [...reason, ...(await spill(asJson(record), RECORD_TYPE))] };
}

/** There is no dead letter of a dead letter: what refuses it is the store's trouble, and the record waits for it. */
async function depositSpilled(blobStore: BlobStore, tenant: string, bytes: Uint8Array, type: string) {
  try {
    return await blobStore.deposit(tenant, bytes, type);
  } catch (cause) {
    if (!(cause instanceof PoisonError)) throw cause;
    throw new DependencyError(
      'BLOB_STORE_UNAVAILABLE',
      'blob-store',
      `A dead letter of ${bytes.byteLength} bytes fits into no record: ${cause.message}`,
      { cause },
    );
  }
}

function asJson({ value, headers }: ConsumedRecord): Uint8Array {
  const base64 = (bytes: Uint8Array | null): string | null =>
    bytes === null ? null : Buffer.from(bytes).toString('base64');
  const record = { value: base64(value), headers: headers.map(([name, bytes]) => [name, base64(bytes)]) };
  return new TextEncoder().encode(JSON.stringify(record));
}

async function buildEvent(
  record: ConsumedRecord,
  { stage, identity, failure, attempts }: DeadLetterFacts,
  deadLetterTopic: string,
  { codec, clock }: DeadLetterTools,
): Promise<OutgoingRecord> {
  const timeMs = clock.nowMs();
  const value = await codec.encode(TOPICS.deadLettered, {
    stage,
    code: failure.code,
    message: failure.message,
    attempts,
    fileName: readHeader(record.headers, HEADERS.fileName)?.slice(0, MAX_NAME_CHARACTERS) ?? null,
    originalTopic: record.topic,
    originalPartition: record.partition,
    originalOffset: Number(record.offset),
    deadLetterTopic,
    occurredAt: timeMs,
  });
  return {
    topic: TOPICS.deadLettered.name,
    key: new TextEncoder().encode(identity.documentId),
    value,
    headers: buildEventHeaders({
      identity,
      publisher: stage,
      event: 'DocumentDeadLettered',
      timeMs,
      source: record,
    }),
  };
}

function reasonHeaders(record: ConsumedRecord, facts: DeadLetterFacts): RecordHeaders {
  const { identity } = facts;
  return [
    textHeader(HEADERS.documentId, identity.documentId),
    textHeader(HEADERS.run, identity.run),
    textHeader(HEADERS.tenant, identity.tenant),
    ...deadLetterHeaders(record, facts),
  ];
}
