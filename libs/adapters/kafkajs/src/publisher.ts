import {
  OwnershipLostError,
  type CommittedPosition,
  type Logger,
  type OutgoingRecord,
  type PartitionPublisher,
  type TopicPartition,
} from '@docstream/core';
import type { Producer, TopicMessages, Transaction } from 'kafkajs';
import type { KafkaClient } from './client.js';
import { protocolErrorType, toDocstreamError } from './errors.js';
import { javaPartitioner } from './partitioner.js';
import { recordBytes, toKafkaMessage } from './records.js';

/** One send is one batch per partition and is never split: more would be refused as too large. */
const MAX_SEND_RECORDS = 900;
const MAX_SEND_BYTES = 4 * 1_048_576;
/** A producer that dies inside a transaction blocks read-committed readers for this long. */
const TRANSACTION_TIMEOUT_MS = 10_000;
const CONCURRENT_RETRIES = 100;

/**
 * The transactional producer of one (group, topic, partition). kafkajs speaks no KIP-447, so the transactional id is
 * per partition: whoever opens it fences its predecessor.
 */
export class KafkaPartitionPublisher implements PartitionPublisher {
  readonly #producer: Producer;
  readonly #group: string;
  readonly #partition: TopicPartition;
  readonly #logger: Logger;
  #isDead = false;
  #inFlight: Promise<void> = Promise.resolve();

  private constructor(producer: Producer, group: string, partition: TopicPartition, logger: Logger) {
    this.#producer = producer;
    this.#group = group;
    this.#partition = partition;
    this.#logger = logger;
  }

  /** Fences every earlier owner and ends its open transaction. */
  static async open(
    client: KafkaClient,
    group: string,
    partition: TopicPartition,
    logger: Logger,
  ): Promise<KafkaPartitionPublisher> {
    const producer = client.producer({
      transactionalId: `${group}/${partition.topic}/${partition.partition}`,
      // Sends of a transaction are idempotent all the same. Repeated by kafkajs they are not safe where several brokers
      // lead: it repeats what one has written when another refuses, and leaves out what moves to one that has answered
      // [tried]. A send that fails ends the tenure instead.
      idempotent: false,
      retry: { retries: 0 },
      maxInFlightRequests: 1,
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      createPartitioner: javaPartitioner,
    });
    const publisher = new KafkaPartitionPublisher(producer, group, partition, logger);
    try {
      await producer.connect();
      // connect() does not fence: only the first transaction() asks for a producer id [tried].
      const empty = await producer.transaction();
      await empty.abort();
      return publisher;
    } catch (error) {
      await publisher.close();
      throw toDocstreamError(error, `taking over ${partition.topic}/${partition.partition}`);
    }
  }

  async publish(records: readonly OutgoingRecord[], position: CommittedPosition): Promise<void> {
    if (this.#isDead) throw new OwnershipLostError('the publisher was closed or fenced');
    const work = this.#publish(records, position);
    this.#inFlight = work.then(noop, noop);
    await work;
  }

  async close(): Promise<void> {
    this.#isDead = true;
    // disconnect() during a flush leaks a socket each time [tried].
    await this.#inFlight;
    try {
      await this.#producer.disconnect();
    } catch (error) {
      this.#logger.debug('closing a producer failed', { error: String(error) });
    }
  }

  async #publish(records: readonly OutgoingRecord[], position: CommittedPosition): Promise<void> {
    try {
      const transaction = await this.#producer.transaction();
      // Offsets first: the coordinator answers CONCURRENT_TRANSACTIONS while it still ends the previous one, and here,
      // with nothing sent, the request can simply be repeated within the same transaction [tried].
      await this.#sendPosition(transaction, position);
      for (const topicMessages of cutSends(records)) {
        await transaction.sendBatch({ topicMessages, acks: -1 });
      }
      await transaction.commit();
    } catch (error) {
      // Between begin and commit every outcome is possible, and kafkajs's producer may report success on a dead
      // epoch afterwards: it is thrown away, and what is committed decides at the next take-over.
      this.#isDead = true;
      const known = toDocstreamError(
        error,
        `publishing for ${this.#partition.topic}/${this.#partition.partition}`,
      );
      if (known.failureClass === 'fatal') throw known;
      throw new OwnershipLostError(known.message, { cause: known });
    }
  }

  async #sendPosition(transaction: Transaction, { offset, metadata }: CommittedPosition): Promise<void> {
    const { topic, partition } = this.#partition;
    const committed = { partition, offset: offset.toString(), metadata };
    for (let attempt = 1; ; attempt += 1) {
      try {
        await transaction.sendOffsets({
          consumerGroupId: this.#group,
          topics: [{ topic, partitions: [committed] }],
        });
        return;
      } catch (error) {
        if (protocolErrorType(error) !== 'CONCURRENT_TRANSACTIONS' || attempt >= CONCURRENT_RETRIES)
          throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.min(2 * attempt, 20)));
      }
    }
  }
}

function noop(): void {
  // The caller of publish() has the error already.
}

/** Groups records by topic into sends of bounded count and bytes, in order. */
export function cutSends(records: readonly OutgoingRecord[]): TopicMessages[][] {
  const sends: TopicMessages[][] = [];
  let current = new Map<string, TopicMessages>();
  let count = 0;
  let bytes = 0;
  for (const record of records) {
    const size = recordBytes(record);
    if (count > 0 && (count >= MAX_SEND_RECORDS || bytes + size > MAX_SEND_BYTES)) {
      sends.push([...current.values()]);
      current = new Map();
      count = 0;
      bytes = 0;
    }
    const ofTopic = current.get(record.topic) ?? { topic: record.topic, messages: [] };
    ofTopic.messages.push(toKafkaMessage(record));
    current.set(record.topic, ofTopic);
    count += 1;
    bytes += size;
  }
  if (count > 0) sends.push([...current.values()]);
  return sends;
}
