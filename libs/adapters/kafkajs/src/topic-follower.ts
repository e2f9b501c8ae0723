import { randomUUID } from 'node:crypto';
import {
  DependencyError,
  systemClock,
  within,
  type ConsumedRecord,
  type Logger,
  type TopicFollower,
} from '@docstream/core';
import type { Consumer } from 'kafkajs';
import type { KafkaClient } from './client.js';
import { KAFKA, toDocstreamError } from './errors.js';
import { toConsumedRecord } from './records.js';

const RETRY_MS = 2_000;
const REQUEST_DEADLINE_MS = 10_000;
const CLOSE_DEADLINE_MS = 2_000;

/** What is still to be read until all that lay there at the start is handed over: end offsets by partition. */
type Missing = Map<number, bigint>;

/**
 * Consumer with a group of its own that never commits: Kafka forgets such a group when its member is gone. After a
 * failure it reads from the beginning again; what was handed over before is left out.
 */
export class KafkaTopicFollower implements TopicFollower {
  readonly #client: KafkaClient;
  readonly #topic: string;
  readonly #group: string;
  readonly #logger: Logger;
  readonly #closed = new AbortController();
  /** Next offset to be handed over, by partition. */
  readonly #next = new Map<number, bigint>();
  #life: Promise<void> = Promise.resolve();

  /** `owner` becomes part of the group's name, for people and access rules: `docstream.<owner>.follower.<random>`. */
  constructor(client: KafkaClient, topic: string, owner: string, logger: Logger) {
    this.#client = client;
    this.#topic = topic;
    this.#group = `docstream.${owner}.follower.${randomUUID()}`;
    this.#logger = logger;
  }

  async start(onRecord: (record: ConsumedRecord) => void, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    signal.addEventListener('abort', () => this.#closed.abort(), { once: true, signal: this.#closed.signal });
    const caughtUp = Promise.withResolvers<void>();
    this.#life = this.#live(onRecord, caughtUp.resolve).then(caughtUp.resolve, caughtUp.reject);
    await caughtUp.promise;
  }

  async close(deadlineMs: number): Promise<void> {
    this.#closed.abort();
    const ended = new AbortController();
    const life = this.#life.catch(() => undefined);
    await Promise.race([life, systemClock.sleep(deadlineMs, ended.signal)]);
    ended.abort();
  }

  /** Consumes again and again until it is closed. Rejects when the broker refuses us. */
  async #live(onRecord: (record: ConsumedRecord) => void, onCaughtUp: () => void): Promise<void> {
    while (!this.#closed.signal.aborted) {
      try {
        await this.#consume(onRecord, onCaughtUp);
      } catch (error) {
        const failure = toDocstreamError(error, `following ${this.#topic}`);
        if (failure.failureClass === 'fatal') throw failure;
        this.#logger.warn('cannot follow a topic now', { topic: this.#topic, reason: failure.message });
        await systemClock.sleep(RETRY_MS, this.#closed.signal);
      }
    }
  }

  /** Resolves when it is closed, rejects when the consumer broke. */
  async #consume(onRecord: (record: ConsumedRecord) => void, onCaughtUp: () => void): Promise<void> {
    const missing = await this.#measure();
    const broken = Promise.withResolvers<never>();
    const over = new AbortController();
    const consumer = this.#client.consumer({
      groupId: this.#group,
      allowAutoTopicCreation: false,
      maxWaitTimeInMs: 500,
      // Started again by us: kafkajs would also do so after it was told to disconnect.
      retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5, restartOnFailure: async () => false },
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => broken.reject(payload.error));
    // Also called for batches of markers only, which never reach eachBatch.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
      const end = missing.get(partition);
      if (end !== undefined && BigInt(lastOffset) + 1n >= end) missing.delete(partition);
      if (missing.size === 0) onCaughtUp();
    });
    // A crash before anybody waits for it.
    broken.promise.catch(() => undefined);
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [this.#topic], fromBeginning: true });
      if (missing.size === 0) onCaughtUp();
      await consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          for (const message of batch.messages) {
            this.#hand(toConsumedRecord(this.#topic, batch.partition, message), onRecord);
          }
        },
      });
      await Promise.race([broken.promise, this.#untilClosed(over.signal)]);
    } finally {
      over.abort();
      await this.#disconnect(consumer);
    }
  }

  async #measure(): Promise<Missing> {
    const admin = this.#client.admin();
    const late = (): Error =>
      new DependencyError('BROKER_UNAVAILABLE', KAFKA, `no answer within ${REQUEST_DEADLINE_MS} ms`);
    try {
      const ranges = await within(
        REQUEST_DEADLINE_MS,
        admin.connect().then(() => admin.fetchTopicOffsets(this.#topic)),
        late,
      );
      const filled = ranges.filter(({ low, high }) => BigInt(low) < BigInt(high));
      return new Map(filled.map(({ partition, high }) => [partition, BigInt(high)]));
    } finally {
      void admin.disconnect().catch(() => undefined);
    }
  }

  #hand(record: ConsumedRecord, onRecord: (record: ConsumedRecord) => void): void {
    if (this.#closed.signal.aborted || record.offset < (this.#next.get(record.partition) ?? 0n)) return;
    this.#next.set(record.partition, record.offset + 1n);
    onRecord(record);
  }

  /** Pending for ever when `over` aborts first. */
  #untilClosed(over: AbortSignal): Promise<void> {
    const { signal } = this.#closed;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true, signal: over });
    });
  }

  async #disconnect(consumer: Consumer): Promise<void> {
    const late = (): Error => new Error(`it took longer than ${CLOSE_DEADLINE_MS} ms`);
    try {
      await within(CLOSE_DEADLINE_MS, consumer.disconnect(), late);
    } catch (error) {
      this.#logger.debug('closing a follower failed', { topic: this.#topic, error: String(error) });
    }
  }
}
