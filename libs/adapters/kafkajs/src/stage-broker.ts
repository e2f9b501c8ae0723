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
import kafkajs, { type Admin } from 'kafkajs';
import { AdminConnection } from './admin-connection.js';
import type { KafkaClient } from './client.js';
import { readLogRange } from './log-range.js';
import { DEFAULT_MEMBERSHIP, KafkaMembership, type MembershipSettings } from './membership.js';
import { KafkaPartitionPublisher } from './publisher.js';
import { KafkaRecordReader } from './record-reader.js';

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

  async newestOf(topic: string, key: Uint8Array, signal?: AbortSignal): Promise<ConsumedRecord | null> {
    const partition = await this.#ask(`looking at ${topic}`, (admin) => partitionOf(admin, topic, key));
    let newest: ConsumedRecord | null = null;
    const reader = new KafkaRecordReader(this.#client, this.#logger);
    const stop = (): void => void reader.close(1_000);
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted === true) stop();
    try {
      const range = await this.logRange({ topic, partition });
      for await (const record of reader.read({ topic, partition }, range)) {
        if (record.key !== null && Buffer.compare(record.key, key) === 0) newest = record;
      }
      return newest;
    } finally {
      signal?.removeEventListener('abort', stop);
      await reader.close(1_000);
    }
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

/** The partition that our producers (and Java's) choose for the key. */
async function partitionOf(admin: Admin, topic: string, key: Uint8Array): Promise<number> {
  // Not fetchTopicMetadata: it makes kafkajs forget the topics that others ask about through the same connection.
  const partitions = await admin.fetchTopicOffsets(topic);
  const partitionMetadata = partitions.map(({ partition: partitionId }) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  const message = { key: Buffer.from(key), value: null };
  return kafkajs.Partitioners.DefaultPartitioner()({ topic, partitionMetadata, message });
}
