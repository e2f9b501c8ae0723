import { TOPICS, type TopicContract } from '@docstream/contracts';
import type { NewTopic, TopicDescription } from '@docstream/core';

export interface TopicOptions {
  /** Undefined: 4 for new topics, existing ones stay as they are. */
  readonly partitions?: number | undefined;
  /** Undefined: 3 where there are as many brokers, else 1. */
  readonly replicationFactor?: number | undefined;
}

export type TopicAction =
  | { readonly kind: 'create'; readonly topic: NewTopic }
  | {
      readonly kind: 'alter';
      readonly name: string;
      /** Configs that differ, with what they shall be. */
      readonly configs: Readonly<Record<string, string>>;
      /** Partitions that there shall be; null: as many as there are. */
      readonly partitions: number | null;
      readonly notes: readonly string[];
    }
  | { readonly kind: 'keep'; readonly name: string; readonly notes: readonly string[] };

const DEFAULT_PARTITIONS = 4;
/** Only closed segments are compacted, and whoever restores a position reads all that is kept. */
const COMPACTED_SEGMENT_BYTES = 64 * 1_048_576;

/** Configs that Docstream needs on a topic; everything else is the operator's. */
export function configsOf(topic: TopicContract, replicationFactor: number): Record<string, string> {
  return {
    // A producer's old CreateTime would delete its record at once and falsify the time lag.
    'message.timestamp.type': 'LogAppendTime',
    'cleanup.policy': topic.cleanup,
    'retention.ms': String(topic.retentionMs),
    'max.message.bytes': String(topic.maxRecordBytes),
    ...(topic.cleanup === 'compact' ? { 'segment.bytes': String(COMPACTED_SEGMENT_BYTES) } : {}),
    ...(replicationFactor >= 3 ? { 'min.insync.replicas': '2' } : {}),
  };
}

/** What has to happen so that every topic of Docstream is as it should be. Never fewer partitions. */
export function planTopics(
  existing: readonly TopicDescription[],
  brokers: number,
  options: TopicOptions,
): readonly TopicAction[] {
  return Object.values(TOPICS).map((topic) => {
    const found = existing.find(({ name }) => name === topic.name);
    return found === undefined ? createAction(topic, brokers, options) : changeAction(topic, found, options);
  });
}

function createAction(topic: TopicContract, brokers: number, options: TopicOptions): TopicAction {
  const replicationFactor = options.replicationFactor ?? (brokers >= 3 ? 3 : 1);
  const partitions = topic.cleanup === 'compact' ? 1 : (options.partitions ?? DEFAULT_PARTITIONS);
  const configs = configsOf(topic, replicationFactor);
  return { kind: 'create', topic: { name: topic.name, partitions, replicationFactor, configs } };
}

function changeAction(topic: TopicContract, found: TopicDescription, options: TopicOptions): TopicAction {
  const wanted = configsOf(topic, found.replicationFactor);
  const configs = Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => found.configs[name] !== value),
  );
  const notes: string[] = [];
  // A compacted topic's keys would move to other partitions: it stays as it is.
  const asked = topic.cleanup === 'compact' ? undefined : options.partitions;
  if (asked !== undefined && asked < found.partitions) notes.push(`keeps its ${found.partitions} partitions`);
  if (options.replicationFactor !== undefined && options.replicationFactor !== found.replicationFactor) {
    notes.push(
      `keeps replication factor ${found.replicationFactor}: change it with kafka-reassign-partitions`,
    );
  }
  const partitions = asked !== undefined && asked > found.partitions ? asked : null;
  if (partitions === null && Object.keys(configs).length === 0)
    return { kind: 'keep', name: topic.name, notes };
  return { kind: 'alter', name: topic.name, configs, partitions, notes };
}
