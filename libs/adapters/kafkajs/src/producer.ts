import {
  DependencyError,
  within,
  type Logger,
  type OutgoingRecord,
  type RecordProducer,
} from '@docstream/core';
import type { Producer } from 'kafkajs';
import type { KafkaClient } from './client.js';
import { KAFKA, toDocstreamError } from './errors.js';
import { javaPartitioner } from './partitioner.js';
import { cutSends } from './publisher.js';

export interface ProducerSettings {
  /** After this long `produce` fails, with the outcome unknown: safe to repeat, as every submission is. */
  readonly deadlineMs: number;
}

/** Idempotent producer, acks=all. A producer that failed is thrown away: its sequence numbers may be wrong. */
export class KafkaRecordProducer implements RecordProducer {
  readonly #client: KafkaClient;
  readonly #logger: Logger;
  readonly #deadlineMs: number;
  #producer: Promise<Producer> | undefined;

  constructor(client: KafkaClient, logger: Logger, { deadlineMs }: ProducerSettings = { deadlineMs: 8_000 }) {
    this.#client = client;
    this.#logger = logger;
    this.#deadlineMs = deadlineMs;
  }

  async produce(
    records: readonly OutgoingRecord[],
  ): Promise<readonly { readonly topic: string; readonly partition: number; readonly offset: bigint }[]> {
    const late = (): Error =>
      new DependencyError(
        'BROKER_UNAVAILABLE',
        KAFKA,
        `Kafka did not acknowledge within ${this.#deadlineMs} ms`,
      );
    try {
      return await within(this.#deadlineMs, this.#send(records), late);
    } catch (error) {
      await this.#discard();
      throw toDocstreamError(error, 'producing');
    }
  }

  async close(): Promise<void> {
    await this.#discard();
  }

  async #send(records: readonly OutgoingRecord[]) {
    const producer = await this.#connectedProducer();
    const acknowledged = [];
    for (const topicMessages of cutSends(records)) {
      acknowledged.push(...(await producer.sendBatch({ topicMessages, acks: -1 })));
    }
    return acknowledged.map(({ topicName, partition, baseOffset }) => ({
      topic: topicName,
      partition,
      offset: BigInt(baseOffset ?? '-1'),
    }));
  }

  #connectedProducer(): Promise<Producer> {
    this.#producer ??= (async () => {
      const producer = this.#client.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        createPartitioner: javaPartitioner,
      });
      await producer.connect();
      return producer;
    })();
    return this.#producer;
  }

  async #discard(): Promise<void> {
    const opened = this.#producer;
    this.#producer = undefined;
    if (opened === undefined) return;
    try {
      await within(
        2_000,
        opened.then((producer) => producer.disconnect()),
        () => new Error('closing took too long'),
      );
    } catch (error) {
      this.#logger.debug('closing a producer failed', { error: String(error) });
    }
  }
}
