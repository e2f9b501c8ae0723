import { CONSUMED_TOPICS, SERVICES, groupOf } from '@docstream/contracts';
import {
  systemClock,
  within,
  type ClusterAdmin,
  type ClusterDescription,
  type CommittedPosition,
  type ConsumedRecord,
  type GroupPosition,
  type Logger,
  type NewTopic,
  type PartitionLag,
  type PartitionRange,
  type PositionChange,
  type TopicDescription,
  type TopicPartition,
} from '@docstream/core';
import kafkajs, { type Admin, type ITopicMetadata } from 'kafkajs';
import { AdminConnection, MOVING_PAUSE_MS, late } from './admin-connection.js';
import type { KafkaClient } from './client.js';
import { protocolErrorType } from './errors.js';
import { readNewest } from './newest-of.js';
import { KafkaPartitionPublisher } from './publisher.js';

export interface ClusterAdminSettings {
  /** Longest time of one request, connecting included. */
  readonly deadlineMs: number;
}

/** Where a config was set on the topic itself (DescribeConfigs, KIP-226). */
const SET_ON_TOPIC = 1;
const READ_BACK_PAUSE_MS = 20;

/** ClusterAdmin on Apache Kafka. Connects at the first request. */
export class KafkaClusterAdmin implements ClusterAdmin {
  readonly #client: KafkaClient;
  readonly #logger: Logger;
  readonly #deadlineMs: number;
  readonly #connection: AdminConnection;

  constructor(
    client: KafkaClient,
    logger: Logger,
    { deadlineMs }: ClusterAdminSettings = { deadlineMs: 10_000 },
  ) {
    this.#client = client;
    this.#logger = logger;
    this.#deadlineMs = deadlineMs;
    this.#connection = new AdminConnection(client, logger);
  }

  describeCluster(): Promise<ClusterDescription> {
    return this.#ask('describing the cluster', async (admin) => {
      const { clusterId, brokers, controller } = await admin.describeCluster();
      return {
        clusterId,
        controller,
        brokers: brokers.map(({ nodeId, host, port }) => ({ id: nodeId, address: `${host}:${port}` })),
      };
    });
  }

  listTopics(): Promise<readonly string[]> {
    return this.#ask('listing topics', (admin) => admin.listTopics());
  }

  describeTopics(names: readonly string[]): Promise<readonly TopicDescription[]> {
    return this.#ask('describing topics', async (admin) => {
      // Asked for by name, one missing topic fails them all.
      const { topics } = await admin.fetchTopicMetadata();
      const found = topics.filter(({ name }) => names.includes(name));
      if (found.length === 0) return [];
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: found.map(({ name }) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
      });
      return found.map((topic) => {
        const entries =
          resources.find(({ resourceName }) => resourceName === topic.name)?.configEntries ?? [];
        return describeTopic(topic, toRecord(entries));
      });
    });
  }

  async createTopics(topics: readonly NewTopic[]): Promise<void> {
    if (topics.length === 0) return;
    await this.#ask('creating topics', async (admin) => {
      await admin.createTopics({
        waitForLeaders: true,
        topics: topics.map(({ name, partitions, replicationFactor, configs }) => ({
          topic: name,
          numPartitions: partitions,
          replicationFactor,
          configEntries: toEntries(configs),
        })),
      });
      for (const { name } of topics) await untilKnown(admin, name);
    });
  }

  async alterTopicConfigs(topic: string, configs: Readonly<Record<string, string>>): Promise<void> {
    await this.#ask(`changing ${topic}`, async (admin) => {
      // kafkajs speaks AlterConfigs only, which takes back whatever is not named: what was set is sent along.
      const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic };
      const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [resource] });
      const ownEntries = (resources[0]?.configEntries ?? []).filter(
        ({ configSource, isSensitive }) => Number(configSource) === SET_ON_TOPIC && !isSensitive,
      );
      await admin.alterConfigs({
        validateOnly: false,
        resources: [{ ...resource, configEntries: toEntries({ ...toRecord(ownEntries), ...configs }) }],
      });
    });
  }

  async addPartitions(topic: string, total: number): Promise<void> {
    await this.#ask(`adding partitions to ${topic}`, (admin) =>
      admin.createPartitions({ topicPartitions: [{ topic, count: total }] }),
    );
  }

  describeBroker(id: number): Promise<Readonly<Record<string, string>>> {
    return this.#ask(`describing broker ${id}`, async (admin) => {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: kafkajs.ConfigResourceTypes.BROKER, name: String(id) }],
      });
      return toRecord(resources[0]?.configEntries ?? []);
    });
  }

  logRanges(topic: string): Promise<readonly PartitionRange[]> {
    return this.#ask(`reading the range of ${topic}`, async (admin) =>
      (await admin.fetchTopicOffsets(topic))
        .map(({ partition, low, high }) => ({
          topic,
          partition,
          range: { start: BigInt(low), end: BigInt(high) },
        }))
        .sort((a, b) => a.partition - b.partition),
    );
  }

  committedPositions(group: string, topics: readonly string[]): Promise<readonly GroupPosition[]> {
    return this.#ask(`reading the offsets of ${group}`, async (admin) => {
      const found = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
      return found.flatMap(({ topic, partitions }) =>
        partitions
          .filter(({ offset }) => offset !== '-1')
          .map(({ partition, offset, metadata }) => ({
            topic,
            partition,
            offset: BigInt(offset),
            metadata: metadata ?? '',
          })),
      );
    });
  }

  countMembers(group: string): Promise<number> {
    return this.#ask(`describing ${group}`, async (admin) => {
      try {
        const { groups } = await admin.describeGroups([group]);
        return groups[0]?.members.length ?? 0;
      } catch (error) {
        // Since Kafka 4.0 a group that never was is an error instead of an empty answer.
        if (protocolErrorType(error) === 'GROUP_ID_NOT_FOUND') return 0;
        throw error;
      }
    });
  }

  /** Of an empty group only: its offsets go with it, as after `offsets.retention.minutes`. */
  deleteGroup(group: string): Promise<void> {
    return this.#ask(`deleting ${group}`, async (admin) => {
      await admin.deleteGroups([group]);
    });
  }

  async commitFirstPosition(group: string, partition: TopicPartition, offset: bigint): Promise<boolean> {
    if ((await this.#committed(group, partition)) !== null) return false;
    // Our metadata from the first commit on: a position without it was moved by somebody else.
    const first = { position: { offset, metadata: 'v1' }, records: [] };
    return this.movePosition(group, partition, async (committed) => (committed === null ? first : null));
  }

  async movePosition(
    group: string,
    partition: TopicPartition,
    decide: (committed: CommittedPosition | null) => Promise<PositionChange | null>,
  ): Promise<boolean> {
    const where = `${partition.topic}/${partition.partition}`;
    const publisher = await within(
      this.#deadlineMs,
      KafkaPartitionPublisher.open(this.#client, group, partition, this.#logger),
      () => late(`taking over ${where}`, this.#deadlineMs),
    );
    try {
      const before = await this.#committed(group, partition);
      const change = await decide(before);
      if (change === null) return false;
      await within(this.#deadlineMs, publisher.publish(change.records, change.position), () =>
        late(`moving the position of ${group} in ${where}`, this.#deadlineMs),
      );
      if (!isSame(before, change.position)) await this.#readBack(group, partition, before);
      return true;
    } finally {
      await publisher.close();
    }
  }

  offsetsAt(topic: string, timeMs: number): Promise<ReadonlyMap<number, bigint>> {
    return this.#ask(`looking for a time in ${topic}`, async (admin) => {
      const found = await admin.fetchTopicOffsetsByTimestamp(topic, timeMs);
      return new Map(found.map(({ partition, offset }) => [partition, BigInt(offset)]));
    });
  }

  newestOf(topic: string, key: Uint8Array): Promise<ConsumedRecord | null> {
    return readNewest(this.#client, this.#connection, this.#logger, { topic, key });
  }

  /** Whoever wrote before us is fenced: what is there instead of the old position is ours, or a successor's of ours. */
  async #readBack(group: string, partition: TopicPartition, before: CommittedPosition | null): Promise<void> {
    const what = `reading back the position of ${group} in ${partition.topic}/${partition.partition}`;
    const deadlineMs = systemClock.nowMs() + this.#deadlineMs;
    // Right after a commit the coordinator may still answer with the position before [tried].
    while (isSame(before, await this.#committed(group, partition))) {
      if (systemClock.nowMs() > deadlineMs) throw late(what, this.#deadlineMs);
      await systemClock.sleep(READ_BACK_PAUSE_MS);
    }
  }

  async #committed(group: string, { topic, partition }: TopicPartition): Promise<CommittedPosition | null> {
    const found = (await this.committedPositions(group, [topic])).find((one) => one.partition === partition);
    return found === undefined ? null : { offset: found.offset, metadata: found.metadata };
  }

  async readLag(): Promise<readonly PartitionLag[]> {
    const existing = new Set(await this.listTopics());
    const topics = [...new Set(Object.values(CONSUMED_TOPICS).flat())].filter((topic) => existing.has(topic));
    const ranges = new Map(
      await Promise.all(topics.map(async (topic) => [topic, await this.logRanges(topic)] as const)),
    );
    const lags = await Promise.all(
      SERVICES.map(async (service) => {
        const group = groupOf(service);
        const read = CONSUMED_TOPICS[service].filter((topic) => existing.has(topic));
        if (read.length === 0) return [];
        const committed = new Map(
          (await this.committedPositions(group, read)).map((position) => [
            `${position.topic}/${position.partition}`,
            position.offset,
          ]),
        );
        return read
          .flatMap((topic) => ranges.get(topic) ?? [])
          .map(({ topic, partition, range }) => ({
            group,
            topic,
            partition,
            committed: committed.get(`${topic}/${partition}`) ?? null,
            logStart: range.start,
            logEnd: range.end,
          }));
      }),
    );
    return lags.flat();
  }

  close(deadlineMs: number): Promise<void> {
    return this.#connection.close(deadlineMs);
  }

  #ask<T>(what: string, question: (admin: Admin) => Promise<T>): Promise<T> {
    return this.#connection.ask(what, this.#deadlineMs, question);
  }
}

/** The controller has made it; the broker that is asked next may hear of it a moment later. */
async function untilKnown(admin: Admin, topic: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (protocolErrorType(error) !== 'UNKNOWN_TOPIC_OR_PARTITION' || attempt === 100) throw error;
      await systemClock.sleep(MOVING_PAUSE_MS);
    }
  }
}

function isSame(one: CommittedPosition | null, other: CommittedPosition | null): boolean {
  return one?.offset === other?.offset && one?.metadata === other?.metadata;
}

function describeTopic(
  { name, partitions }: ITopicMetadata,
  configs: Readonly<Record<string, string>>,
): TopicDescription {
  return {
    name,
    partitions: partitions.length,
    replicationFactor: partitions[0]?.replicas.length ?? 0,
    configs,
  };
}

function toRecord(
  entries: readonly { readonly configName: string; readonly configValue: string }[],
): Record<string, string> {
  return Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]));
}

function toEntries(configs: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(configs).map(([name, value]) => ({ name, value }));
}
