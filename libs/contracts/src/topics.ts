import type { EventName } from './generated/events.js';
import type { GapState } from './outcomes.js';

/** Stages in their order; the store comes last and applies what the others emit. */
export const STAGES = ['parser', 'classifier', 'extractor'] as const;
export type StageName = (typeof STAGES)[number];
export const SERVICES = [...STAGES, 'store'] as const;
export type ServiceName = (typeof SERVICES)[number];

export interface TopicContract<Name extends EventName | null = EventName | null> {
  readonly name: string;
  /** Schema of the value; null where the value is whatever the input was (dead letters). */
  readonly event: Name;
  readonly cleanup: 'delete' | 'compact';
  readonly retentionMs: number;
  readonly maxRecordBytes: number;
  readonly keyDoc: string;
  readonly valueDoc: string;
}

const DAY_MS = 86_400_000;
const MEBIBYTE = 1_048_576;

/** Largest record on a topic; topics and clients agree on it, `docstream doctor` compares with the broker. */
export const MAX_RECORD_BYTES = 10 * MEBIBYTE;
/** Dead letters carry the original record and our headers: 2 MiB more [10 MiB + headers was refused]. */
export const MAX_DEAD_LETTER_BYTES = MAX_RECORD_BYTES + 2 * MEBIBYTE;
/** Bytes up to this size travel inline in an event, larger ones as a claim check. */
export const INLINE_LIMIT_BYTES = 256 * 1024;

function eventTopic<Name extends EventName>(name: string, event: Name): TopicContract<Name> {
  return {
    name,
    event,
    cleanup: 'delete',
    retentionMs: 30 * DAY_MS,
    maxRecordBytes: MAX_RECORD_BYTES,
    keyDoc: 'document id',
    valueDoc: `\`${event}\` (Avro)`,
  };
}

function deadLetterTopic(service: ServiceName): TopicContract<null> {
  return {
    name: `docstream.${service}.dead-letter.v1`,
    event: null,
    cleanup: 'delete',
    retentionMs: 90 * DAY_MS,
    maxRecordBytes: MAX_DEAD_LETTER_BYTES,
    keyDoc: 'as the original record',
    valueDoc: 'the original record, byte for byte',
  };
}

function compactedTopic<Name extends EventName | null>(
  name: string,
  event: Name,
  keyDoc: string,
  valueDoc: string,
): TopicContract<Name> {
  return { name, event, cleanup: 'compact', retentionMs: -1, maxRecordBytes: MEBIBYTE, keyDoc, valueDoc };
}

/** Every topic of Docstream. `docstream topics apply` creates them; nothing else does. */
export const TOPICS = {
  ingest: {
    ...eventTopic('docstream.ingest.v1', 'DocumentReceived'),
    keyDoc: 'any or none',
    valueDoc: '`DocumentReceived` (Avro) or the bytes of a PDF',
  },
  parsed: eventTopic('docstream.parsed.v1', 'DocumentParsed'),
  classified: eventTopic('docstream.classified.v1', 'DocumentClassified'),
  extracted: eventTopic('docstream.extracted.v1', 'DocumentExtracted'),
  deadLettered: eventTopic('docstream.dead-lettered.v1', 'DocumentDeadLettered'),
  parserDeadLetter: deadLetterTopic('parser'),
  classifierDeadLetter: deadLetterTopic('classifier'),
  extractorDeadLetter: deadLetterTopic('extractor'),
  storeDeadLetter: deadLetterTopic('store'),
  positions: compactedTopic(
    'docstream.positions.v1',
    'Position',
    '`group/topic/partition`; for a gap `group/topic/partition/lost/from` or `…/skipped/from`',
    '`Position` (Avro)',
  ),
  control: compactedTopic(
    'docstream.control.v1',
    null,
    'stage; with `/breaker` for a breaker',
    'JSON: pause and resume, by an operator or a breaker',
  ),
} as const;

export const DEAD_LETTER_TOPICS: Readonly<Record<ServiceName, TopicContract<null>>> = {
  parser: TOPICS.parserDeadLetter,
  classifier: TOPICS.classifierDeadLetter,
  extractor: TOPICS.extractorDeadLetter,
  store: TOPICS.storeDeadLetter,
};

/** Consumer group of a service. */
export function groupOf(service: ServiceName): string {
  return `docstream.${service}.v1`;
}

/** What each group reads: the source of `topics apply`'s offset bootstrap and of the lag that the gateway exports. */
export const CONSUMED_TOPICS: Readonly<Record<ServiceName, readonly string[]>> = {
  parser: [TOPICS.ingest.name],
  classifier: [TOPICS.parsed.name],
  extractor: [TOPICS.classified.name],
  store: [
    TOPICS.ingest.name,
    TOPICS.parsed.name,
    TOPICS.classified.name,
    TOPICS.extracted.name,
    TOPICS.deadLettered.name,
    TOPICS.positions.name,
  ],
};

/**
 * Key of the `Position` that says which range of a stage's input is never read: `lost` to retention, or `skipped` by an
 * operator's reset (then with its audit id). A key of its own, so that compaction keeps it.
 */
export function gapKey(
  group: string,
  topic: string,
  partition: number,
  state: GapState,
  from: bigint,
): string {
  return `${group}/${topic}/${partition}/${state}/${from}`;
}

/** The ordinary positions' keys end with the partition. */
const GAP_KEY = /\/(lost|skipped)\/\d{1,19}$/;

/** Which gap the record of that key on the positions topic tells of; null for an ordinary position. */
export function gapStateOfKey(key: Uint8Array | null): GapState | null {
  const state = key === null ? undefined : GAP_KEY.exec(new TextDecoder().decode(key))?.[1];
  return state === 'lost' || state === 'skipped' ? state : null;
}

/** Registry subject of a topic's value (TopicNameStrategy). */
export function subjectOf(topic: TopicContract): string {
  return `${topic.name}-value`;
}

/** Topics whose values have a schema. */
export function schemaTopics(): readonly TopicContract<EventName>[] {
  return Object.values(TOPICS).filter(
    (topic): topic is TopicContract<EventName> & typeof topic => topic.event !== null,
  );
}
