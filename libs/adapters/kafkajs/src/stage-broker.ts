import type {
  CommittedPosition,
  ConsumedRecord,
  LogRange,
  Logger,
  Membership,
  MembershipListener,
  PartitionPublisher,
  StageBroker,
  TopicPartition,
} from '@docstream/core';
import type { Admin } from 'kafkajs';
import { AdminConnection } from './admin-connection.js';
import type { KafkaClient } from './client.js';
import { readLogRange } from './log-range.js';
import { DEFAULT_MEMBERSHIP, KafkaMembership, type MembershipSettings } from './membership.js';
import { readNewest } from './newest-of.js';
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

  logRange(partition: TopicPartition): Promise<LogRange> {
    return readLogRange(this.#connection, partition);
  }

  newestOf(topic: string, key: Uint8Array, signal?: AbortSignal): Promise<ConsumedRecord | null> {
    return readNewest(this.#client, this.#connection, this.#logger, { topic, key }, signal);
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
