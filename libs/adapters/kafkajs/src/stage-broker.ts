import {
  DependencyError,
  type CommittedPosition,
  type LogRange,
  type Logger,
  type Membership,
  type MembershipListener,
  type PartitionPublisher,
  type StageBroker,
  type TopicPartition,
} from '@docstream/core';
import type { Admin } from 'kafkajs';
import { AdminConnection } from './admin-connection.js';
import type { KafkaClient } from './client.js';
import { KAFKA } from './errors.js';
import { DEFAULT_MEMBERSHIP, KafkaMembership, type MembershipSettings } from './membership.js';
import { KafkaPartitionPublisher } from './publisher.js';

const REQUEST_DEADLINE_MS = 10_000;
const HEALTH_DEADLINE_MS = 3_000;

/** StageBroker on Apache Kafka. */
export class KafkaStageBroker implements StageBroker {
  readonly #client: KafkaClient;
  readonly #logger: Logger;
  readonly #settings: MembershipSettings;
  readonly #connection: AdminConnection;

  constructor(client: KafkaClient, logger: Logger, settings: MembershipSettings = DEFAULT_MEMBERSHIP) {
    this.#client = client;
    this.#logger = logger;
    this.#settings = settings;
    this.#connection = new AdminConnection(client, logger);
  }

  join(group: string, topics: readonly string[], listener: MembershipListener): Promise<Membership> {
    return KafkaMembership.join(this.#client, group, topics, listener, this.#logger, this.#settings);
  }

  takeOver(group: string, partition: TopicPartition): Promise<PartitionPublisher> {
    return KafkaPartitionPublisher.open(this.#client, group, partition, this.#logger);
  }

  async committed(group: string, { topic, partition }: TopicPartition): Promise<CommittedPosition | null> {
    return this.#ask(`reading the position of ${group} in ${topic}/${partition}`, async (admin) => {
      const [ofTopic] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
      const found = ofTopic?.partitions.find((entry) => entry.partition === partition);
      if (found === undefined || found.offset === '-1') return null;
      return { offset: BigInt(found.offset), metadata: found.metadata ?? '' };
    });
  }

  async logRange({ topic, partition }: TopicPartition): Promise<LogRange> {
    return this.#ask(`reading the range of ${topic}/${partition}`, async (admin) => {
      const found = (await admin.fetchTopicOffsets(topic)).find((entry) => entry.partition === partition);
      if (found === undefined)
        throw new DependencyError('BROKER_UNAVAILABLE', KAFKA, `${topic} has no partition ${partition}`);
      return { start: BigInt(found.low), end: BigInt(found.high) };
    });
  }

  /** Of an empty group only. */
  async deleteGroup(group: string): Promise<void> {
    await this.#ask(`deleting ${group}`, (admin) => admin.deleteGroups([group]));
  }

  async checkHealth(): Promise<void> {
    await this.#ask('asking Kafka for its health', (admin) => admin.describeCluster(), HEALTH_DEADLINE_MS);
  }

  close(deadlineMs: number): Promise<void> {
    return this.#connection.close(deadlineMs);
  }

  #ask<T>(
    what: string,
    question: (admin: Admin) => Promise<T>,
    deadlineMs = REQUEST_DEADLINE_MS,
  ): Promise<T> {
    return this.#connection.ask(what, deadlineMs, question);
  }
}
