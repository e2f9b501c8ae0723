import {
  TOPICS,
  type BlobRef,
  type EventName,
  type EventTypes,
  type Identity,
  type TopicContract,
} from '@docstream/contracts';
import { buildEventHeaders, type ConsumedRecord } from '@docstream/core';
import { MemoryCodec } from './builders.js';

/** Events that the store reads, in the order of the stages. */
export const JOURNEY = ['received', 'parsed', 'classified', 'extracted', 'dead-lettered'] as const;
export type JourneyStep = (typeof JOURNEY)[number];

export interface JourneyPlace {
  readonly partition?: number;
  readonly offset: bigint;
  readonly timestampMs?: number;
  /** Distinguishes what two records of the same step say. */
  readonly variant?: string;
  /** Claim check of the parsed text; inline without it. */
  readonly parsedBlob?: BlobRef;
}

const codec = new MemoryCodec();

/** The record that a step of a document's journey leaves on its topic, as MemoryCodec writes it. */
export async function journeyRecord(
  step: JourneyStep,
  identity: Identity,
  { partition = 0, offset, timestampMs = 1_700_000_000_000, variant = '', parsedBlob }: JourneyPlace,
): Promise<ConsumedRecord> {
  const fileName = `file${variant}.pdf`;
  const blob = { sha256: 'ab'.repeat(32), bytes: 1_234, mediaType: 'application/pdf' };
  const read = { fileName, blob, quality: 'complete', pageCount: 2, language: 'en', runMs: 12 };
  const classification = {
    type: `invoice${variant}`,
    confidence: 0.9,
    margin: 0.5,
    runnerUp: 'receipt',
    model: 'model 1',
    head: 'head 1',
  };
  const make = async <Name extends EventName>(
    topic: TopicContract<Name>,
    publisher: string,
    event: EventTypes[Name],
  ): Promise<ConsumedRecord> => ({
    topic: topic.name,
    partition,
    offset,
    timestampMs,
    key: Buffer.from(identity.documentId),
    value: await codec.encode(topic, event),
    headers: buildEventHeaders({ identity, publisher, event: topic.event, timeMs: timestampMs }),
  });
  const parsed =
    parsedBlob === undefined
      ? { parsed: Buffer.from('text'), parsedBlob: null }
      : { parsed: null, parsedBlob };
  switch (step) {
    case 'received':
      return make(TOPICS.ingest, 'gateway', {
        fileName,
        mediaType: 'application/pdf',
        content: null,
        blob,
        receivedAt: timestampMs,
      });
    case 'parsed':
      return make(TOPICS.parsed, 'parser', {
        ...read,
        ...parsed,
        pagesWithText: 2,
        pagesFailed: 0,
        title: null,
        parser: 'p',
      });
    case 'classified':
      return make(TOPICS.classified, 'classifier', { ...read, ...parsed, classification });
    case 'extracted':
      return make(TOPICS.extracted, 'extractor', {
        ...read,
        classification,
        extractor: 'e',
        fields: ['12.50', '12.05'].map((raw, index) => ({
          name: 'total',
          value: raw,
          page: 1,
          box: [1, 2, 3, 4],
          confidence: 0.9 - index / 10,
          raw,
          rule: `rule${variant}`,
          conflict: null,
        })),
      });
    case 'dead-lettered':
      return make(TOPICS.deadLettered, 'classifier', {
        stage: 'classifier',
        code: 'WORK_TIMEOUT',
        message: `took too long${variant}`,
        attempts: 2,
        fileName: null,
        originalTopic: TOPICS.parsed.name,
        originalPartition: 0,
        originalOffset: 3,
        deadLetterTopic: TOPICS.classifierDeadLetter.name,
        occurredAt: timestampMs,
      });
  }
}
