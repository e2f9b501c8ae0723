import {
  CONSUMED_TOPICS,
  TOPICS,
  type DocumentClassified,
  type DocumentDeadLettered,
  type DocumentExtracted,
  type DocumentParsed,
  type DocumentReceived,
} from '@docstream/contracts';
import {
  PoisonError,
  ingestKind,
  requireReadable,
  type ConsumedRecord,
  type EventCodec,
} from '@docstream/core';

/** A record with what its value says; a submission without an event is a raw one, or unreadable. */
export type DecodedRecord =
  | { readonly kind: 'received'; readonly event: DocumentReceived | null }
  | { readonly kind: 'parsed'; readonly event: DocumentParsed }
  | { readonly kind: 'classified'; readonly event: DocumentClassified }
  | { readonly kind: 'extracted'; readonly event: DocumentExtracted }
  | { readonly kind: 'dead-lettered'; readonly event: DocumentDeadLettered };
export type RecordKind = DecodedRecord['kind'];
/** Positions are no document's events: readGap reads what matters of them. */
export type TopicKind = RecordKind | 'position';

/** Kind of the records of each topic that the store reads. */
export const STORE_TOPICS: Readonly<Record<string, TopicKind>> = {
  [TOPICS.ingest.name]: 'received',
  [TOPICS.parsed.name]: 'parsed',
  [TOPICS.classified.name]: 'classified',
  [TOPICS.extracted.name]: 'extracted',
  [TOPICS.deadLettered.name]: 'dead-lettered',
  [TOPICS.positions.name]: 'position',
};

if (CONSUMED_TOPICS.store.some((topic) => STORE_TOPICS[topic] === undefined)) {
  throw new TypeError('the store consumes a topic whose records it cannot read');
}

/**
 * Errors: those of the codec; EMPTY_RECORD. An unreadable submission is none of them: the parser reads the same record
 * and dead-letters it, the store only notes that it came.
 */
export async function decodeRecord(
  codec: EventCodec,
  record: ConsumedRecord,
  topics: Readonly<Record<string, TopicKind>> = STORE_TOPICS,
): Promise<DecodedRecord> {
  const kind = topics[record.topic];
  if (kind === undefined || kind === 'position')
    throw new PoisonError('UNDECODABLE', `the store does not read ${record.topic}`);
  if (kind === 'received') return { kind, event: await decodeSubmission(codec, record) };
  requireReadable(record);
  const { value } = record;
  if (value === null || value.byteLength === 0)
    throw new PoisonError('EMPTY_RECORD', 'the event has no value');
  switch (kind) {
    case 'parsed':
      return { kind, event: await codec.decode(TOPICS.parsed, value) };
    case 'classified':
      return { kind, event: await codec.decode(TOPICS.classified, value) };
    case 'extracted':
      return { kind, event: await codec.decode(TOPICS.extracted, value) };
    case 'dead-lettered':
      return { kind, event: await codec.decode(TOPICS.deadLettered, value) };
  }
}

async function decodeSubmission(codec: EventCodec, record: ConsumedRecord): Promise<DocumentReceived | null> {
  const { value } = record;
  if (value === null || ingestKind(value) !== 'avro') return null;
  try {
    requireReadable(record);
    return await codec.decode(TOPICS.ingest, value);
  } catch (error) {
    if (error instanceof PoisonError) return null;
    throw error;
  }
}
