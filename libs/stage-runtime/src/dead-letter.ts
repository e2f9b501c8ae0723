import {
  DEAD_LETTER_TOPICS,
  HEADERS,
  TOPICS,
  readHeader,
  textHeader,
  type Identity,
  type RecordHeaders,
  type StageName,
} from '@docstream/contracts';
import {
  DEAD_LETTER_HEADERS,
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
  HEADERS.blob,
  HEADERS.documentId,
  HEADERS.run,
  HEADERS.tenant,
]);

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
 * so. Where the original no longer fits, its value goes to the blob store and a header names it: nothing is lost.
 */
export async function buildDeadLetter(
  record: ConsumedRecord,
  facts: DeadLetterFacts,
  tools: DeadLetterTools,
): Promise<readonly OutgoingRecord[]> {
  const topic = DEAD_LETTER_TOPICS[facts.stage];
  const headers = [...record.headers.filter(([name]) => !OURS.has(name)), ...reasonHeaders(record, facts)];
  let letter: OutgoingRecord = { topic: topic.name, key: record.key, value: record.value, headers };
  if (record.value !== null && outgoingBytes(letter) > topic.maxRecordBytes) {
    const { sha256 } = await tools.blobStore.deposit(
      facts.identity.tenant,
      record.value,
      'application/octet-stream',
    );
    letter = { ...letter, value: null, headers: [...headers, textHeader(HEADERS.blob, sha256)] };
  }
  return [letter, await buildEvent(record, facts, topic.name, tools)];
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
    fileName: readHeader(record.headers, HEADERS.fileName) ?? null,
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
