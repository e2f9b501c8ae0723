import {
  CONSUMED_TOPICS,
  SCHEMAS,
  SERVICES,
  TOPICS,
  groupOf,
  schemaTopics,
  subjectOf,
  type EventName,
  type ServiceName,
  type TopicContract,
} from '@docstream/contracts';
import type { ClusterAdmin, Compatibility, PartitionRange, SubjectRegistry } from '@docstream/core';
import { planTopics, type TopicAction, type TopicOptions } from './topic-plan.js';

/** Level of every subject: any version can read any other. */
export const COMPATIBILITY: Compatibility = 'FULL_TRANSITIVE';

export interface Applied {
  readonly kind: 'topic' | 'subject' | 'offsets';
  readonly name: string;
  readonly result: 'created' | 'changed' | 'unchanged' | 'left';
  readonly detail: string;
}

/**
 * Makes topics, subjects and each group's first offsets as the contracts say; safe to repeat, changes nothing that is
 * right already. `onApplied` is called for each as it is done.
 */
export async function applyTopics(
  admin: ClusterAdmin,
  subjects: SubjectRegistry,
  options: TopicOptions,
  onApplied: (applied: Applied) => void,
): Promise<void> {
  const { brokers } = await admin.describeCluster();
  const existing = await admin.describeTopics(Object.values(TOPICS).map(({ name }) => name));
  for (const action of planTopics(existing, brokers.length, options))
    onApplied(await applyTopic(admin, action));
  for (const topic of schemaTopics()) onApplied(await applySubject(subjects, topic));
  const ranges = await readRanges(admin);
  for (const service of SERVICES) onApplied(await bootstrapOffsets(admin, service, ranges));
}

async function applyTopic(admin: ClusterAdmin, action: TopicAction): Promise<Applied> {
  switch (action.kind) {
    case 'create': {
      const { name, partitions, replicationFactor } = action.topic;
      await admin.createTopics([action.topic]);
      const detail = `${partitions} partitions, replication factor ${replicationFactor}`;
      return { kind: 'topic', name, result: 'created', detail };
    }
    case 'alter': {
      const { name, configs, partitions, notes } = action;
      if (Object.keys(configs).length > 0) await admin.alterTopicConfigs(name, configs);
      if (partitions !== null) await admin.addPartitions(name, partitions);
      const changes = [
        ...Object.entries(configs).map(([config, value]) => `${config}=${value}`),
        ...(partitions === null ? [] : [`${partitions} partitions`]),
        ...notes,
      ];
      return { kind: 'topic', name, result: 'changed', detail: changes.join(', ') };
    }
    case 'keep':
      return { kind: 'topic', name: action.name, result: 'unchanged', detail: action.notes.join(', ') };
  }
}

async function applySubject(subjects: SubjectRegistry, topic: TopicContract<EventName>): Promise<Applied> {
  const name = subjectOf(topic);
  const schema = SCHEMAS[topic.event];
  const level = await subjects.compatibilityOf(name);
  // Before the first version: a level that is set later has let an incompatible second one in.
  if (level !== COMPATIBILITY) await subjects.setCompatibility(name, COMPATIBILITY);
  const known = await subjects.lookup(name, schema);
  if (known !== null && level === COMPATIBILITY) {
    return { kind: 'subject', name, result: 'unchanged', detail: `version ${known.version}, id ${known.id}` };
  }
  const { version, id } = known ?? (await subjects.register(name, schema));
  return {
    kind: 'subject',
    name,
    result: known === null && version === 1 ? 'created' : 'changed',
    detail: `${topic.event}, version ${version}, id ${id}, ${COMPATIBILITY}`,
  };
}

type Ranges = ReadonlyMap<string, readonly PartitionRange[]>;

async function readRanges(admin: ClusterAdmin): Promise<Ranges> {
  const topics = new Set(Object.values(CONSUMED_TOPICS).flat());
  const ranges = new Map<string, readonly PartitionRange[]>();
  for (const topic of topics) ranges.set(topic, await admin.logRanges(topic));
  return ranges;
}

/**
 * Without a committed offset clients begin at `latest` and autoscalers do not see the lag. A partition that has
 * records while positions were mirrored already is left alone: its offset may have expired. Its service restores it from
 * the mirror; the log's start would repeat everything.
 */
async function bootstrapOffsets(admin: ClusterAdmin, service: ServiceName, ranges: Ranges): Promise<Applied> {
  const group = groupOf(service);
  const topics = CONSUMED_TOPICS[service];
  const positionsExist = (ranges.get(TOPICS.positions.name) ?? []).some(
    ({ range }) => range.end > range.start,
  );
  const committed = new Set(
    (await admin.committedPositions(group, topics)).map(({ topic, partition }) => `${topic}/${partition}`),
  );
  let created = 0;
  const left: string[] = [];
  for (const { topic, partition, range } of topics.flatMap((name) => ranges.get(name) ?? [])) {
    if (committed.has(`${topic}/${partition}`)) continue;
    // Reading the positions from their beginning repeats nothing: gaps are written down once.
    const mayRepeat = topic !== TOPICS.positions.name;
    if (mayRepeat && positionsExist && range.end > 0n) left.push(`${topic}/${partition}`);
    else if (await admin.commitFirstPosition(group, { topic, partition }, range.start)) created += 1;
  }
  if (left.length > 0) {
    const detail = `no offset in ${left.join(', ')}: it has expired or was never there; the service finds its position by itself when it starts`;
    return { kind: 'offsets', name: group, result: 'left', detail };
  }
  if (created === 0)
    return { kind: 'offsets', name: group, result: 'unchanged', detail: `${committed.size} partitions` };
  return {
    kind: 'offsets',
    name: group,
    result: 'created',
    detail: `${created} partitions at the log's start`,
  };
}
