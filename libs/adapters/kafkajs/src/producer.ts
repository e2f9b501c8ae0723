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
  /** Resolves when the calls so far are over. */
  #turn: Promise<void> = Promise.resolve();

  constructor(client: KafkaClient, logger: Logger, { deadlineMs }: ProducerSettings = { deadlineMs: 8_000 }) {
    this.#client = client;
    this.#logger = logger;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * One call after the other: side by side, kafkajs gives the sequence of a batch whose answer was lost to the next one,
   * which the broker then takes for the first [tried: acknowledged, and not in the log].
   */
  async produce(
    records: readonly OutgoingRecord[],
  ): Promise<readonly { readonly topic: string; readonly partition: number; readonly offset: bigint }[]> {
    const late = new AbortController();
    const work = this.#turn.then(() => this.#send(records, late.signal));
    const turn = this.#settle(within(this.#deadlineMs, work, () => this.#late(late)));
    this.#turn = turn.then(noop, noop);
    return turn;
  }

  async close(): Promise<void> {
    await this.#discard();
  }

  async #settle<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      await this.#discard();
      throw toDocstreamError(error, 'producing');
    }
  }

  #late(late: AbortController): DependencyError {
    late.abort();
    const reason = `Kafka did not acknowledge within ${this.#deadlineMs} ms`;
    return new DependencyError('BROKER_UNAVAILABLE', KAFKA, reason);
  }

  async #send(records: readonly OutgoingRecord[], late: AbortSignal) {
    const acknowledged = [];
    for (const group of groupByPartition(records)) {
      for (const topicMessages of cutSends(group)) {
        // Nobody waits any more: what was not sent is not sent behind the caller's back.
        if (late.aborted) return [];
        const producer = await this.#connectedProducer();
        acknowledged.push(...(await producer.sendBatch({ topicMessages, acks: -1 })));
      }
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
        // Without an end, kafkajs goes on connecting for a producer that was thrown away long ago.
        retry: { retries: 8 },
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

/**
 * Records of one partition together, those without a partition alone: a request that goes to several brokers is not
 * repeated safely by kafkajs when one of them refuses.
 */
function groupByPartition(records: readonly OutgoingRecord[]): readonly OutgoingRecord[][] {
  const groups: OutgoingRecord[][] = [];
  for (const record of records) {
    const last = groups.at(-1);
    const [first] = last ?? [];
    const isSame = first?.partition !== undefined && first.partition === record.partition;
    if (isSame && first.topic === record.topic) last?.push(record);
    else groups.push([record]);
  }
  return groups;
}

function noop(): void {
  // Whoever called produce() has the error.
}
