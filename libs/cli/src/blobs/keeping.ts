import { DEAD_LETTER_TOPICS, TOPICS } from '@docstream/contracts';
import type { ClusterAdmin, TopicDescription } from '@docstream/core';

/** What a stage reads and puts out; each may name a blob. */
const EVENT_TOPICS = [TOPICS.ingest, TOPICS.parsed, TOPICS.classified, TOPICS.extracted].map(
  ({ name }) => name,
);
const LETTER_TOPICS = Object.values(DEAD_LETTER_TOPICS).map(({ name }) => name);
const DAY_MS = 86_400_000;
/** From a deposit to the record that names it: a stage may wait so long for a broker that is away. */
const MARGIN_MS = 7 * DAY_MS;
const DEFAULT_SEGMENT_MS = 7 * DAY_MS;

/** How long blobs are kept after their last deposit or refresh, by what the broker says now. */
export type Keeping =
  | {
      readonly kind: 'limited';
      readonly keepMs: number;
      /** The topics that decide, with how long a record can live on them. */
      readonly events: RecordLife;
      readonly letters: RecordLife;
    }
  | { readonly kind: 'for-ever'; readonly topics: readonly string[] }
  /** Another cluster, or one that is not set up: nobody knows what refers to the blobs. */
  | { readonly kind: 'unknown'; readonly missing: readonly string[] };

export interface RecordLife {
  readonly topic: string;
  readonly lifeMs: number;
}

/**
 * A blob is fresh when a record that names it is published; that record lives for its topic's retention, and as long
 * again may a dead letter with it that was written at the end of that life.
 */
export async function readKeeping(admin: Pick<ClusterAdmin, 'describeTopics'>): Promise<Keeping> {
  const topics = await admin.describeTopics([...EVENT_TOPICS, ...LETTER_TOPICS]);
  const missing = [...EVENT_TOPICS, ...LETTER_TOPICS].filter(
    (name) => !topics.some((topic) => topic.name === name),
  );
  if (missing.length > 0) return { kind: 'unknown', missing };
  const endless = topics.filter((topic) => lifeOf(topic) === Infinity);
  if (endless.length > 0) return { kind: 'for-ever', topics: endless.map(({ name }) => name) };
  const events = longest(topics.filter(({ name }) => EVENT_TOPICS.includes(name)));
  const letters = longest(topics.filter(({ name }) => LETTER_TOPICS.includes(name)));
  return { kind: 'limited', keepMs: events.lifeMs + letters.lifeMs + MARGIN_MS, events, letters };
}

/** Kafka deletes whole segments, by their newest record: the oldest one may live as long as a segment more. */
function lifeOf({ configs }: TopicDescription): number {
  const retentionMs = Number(configs['retention.ms'] ?? NaN);
  const isDeleting = (configs['cleanup.policy'] ?? 'delete').split(',').includes('delete');
  if (!isDeleting || !Number.isFinite(retentionMs) || retentionMs < 0) return Infinity;
  const segmentMs = Number(configs['segment.ms'] ?? NaN);
  return retentionMs + (Number.isFinite(segmentMs) ? segmentMs : DEFAULT_SEGMENT_MS);
}

function longest(topics: readonly TopicDescription[]): RecordLife {
  return topics
    .map((topic) => ({ topic: topic.name, lifeMs: lifeOf(topic) }))
    .reduce((one, other) => (other.lifeMs > one.lifeMs ? other : one));
}
