import { EventEmitter } from 'node:events';
import type { Delivery, MembershipListener } from '@docstream/core';
import { silentLogger } from '@docstream/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ConsumerConfig, ConsumerRunConfig, EachBatchPayload, RetryOptions } from 'kafkajs';
import Batch from 'kafkajs/src/consumer/batch.js';
import type { KafkaClient } from './client.js';
import { KafkaMembership } from './membership.js';

const AT = { topic: 't', partition: 0 };
const EVENTS = ['GROUP_JOIN', 'HEARTBEAT', 'FETCH', 'STOP', 'CRASH', 'END_BATCH_PROCESS'] as const;

/** As much of kafkajs's consumer as a membership touches; like it, it throws when it is told something while stopped. */
class FakeConsumer {
  readonly events = Object.fromEntries(EVENTS.map((name) => [name, name]));
  readonly told: string[] = [];
  readonly #emitter = new EventEmitter();
  isRunning = false;
  retry: RetryOptions | undefined;
  readonly pausedPartitions: number[] = [];
  #eachBatch: ConsumerRunConfig['eachBatch'];

  on(event: string, listener: (event: unknown) => void): void {
    this.#emitter.on(event, listener);
  }

  emit(event: (typeof EVENTS)[number], payload: unknown): void {
    this.#emitter.emit(event, { payload });
  }

  async connect(): Promise<void> {
    this.told.push('connect');
  }
  async subscribe(): Promise<void> {
    this.told.push('subscribe');
  }
  async run({ eachBatch }: ConsumerRunConfig): Promise<void> {
    this.#eachBatch = eachBatch;
    this.join();
  }
  async disconnect(): Promise<void> {
    this.stop();
    this.told.push('disconnect');
  }

  seek = ({ offset }: { readonly offset: string }): void => this.#tell(`seek ${offset}`);
  pause = (): void => this.#tell('pause');
  resume = (): void => this.#tell('resume');
  paused = () => [{ topic: AT.topic, partitions: this.pausedPartitions }];

  /** As kafkajs does with a fetch: markers only are resolved before the event is emitted. */
  async fetch(fetchedOffset: string, offsets: readonly number[], isControlRecord = false): Promise<void> {
    const messages = offsets.map((offset) => ({
      offset: String(offset),
      key: null,
      value: null,
      isControlRecord,
      batchContext: { producerId: '1', inTransaction: false },
    }));
    const batch = new Batch(AT.topic, fetchedOffset, { partition: 0, messages, abortedTransactions: [] });
    if (batch.messages.length > 0) {
      const payload = { batch, resolveOffset: () => undefined, isStale: () => false };
      return this.#eachBatch?.(payload as unknown as EachBatchPayload);
    }
    const [firstOffset, lastOffset] = [batch.firstOffset(), batch.lastOffset()];
    this.emit('END_BATCH_PROCESS', { ...AT, batchSize: 0, firstOffset, lastOffset });
  }

  join(): void {
    this.isRunning = true;
    this.emit('GROUP_JOIN', { memberId: 'm', memberAssignment: { t: [0] } });
  }

  stop(): void {
    this.isRunning = false;
    this.emit('STOP', null);
  }

  #tell(what: string): void {
    if (!this.isRunning)
      throw new Error('Consumer group was not initialized, consumer#run must be called first');
    this.told.push(what);
  }
}

let consumer: FakeConsumer;
let assignments: number;
let delivered: string[];
let membership: KafkaMembership;

beforeEach(async () => {
  consumer = new FakeConsumer();
  assignments = 0;
  delivered = [];
  const listener: MembershipListener = {
    onAssigned: () => void (assignments += 1),
    onDelivery: ({ records, fetchPosition }: Delivery) =>
      void delivered.push(`${records.map(({ offset }) => offset).join()} → ${fetchPosition}`),
    onOutOfRange: () => undefined,
    onCrash: () => undefined,
  };
  const client = {
    consumer: (config: ConsumerConfig) => {
      consumer.retry = config.retry;
      return consumer;
    },
  } as unknown as KafkaClient;
  membership = await KafkaMembership.join(client, 'g', ['t'], listener, silentLogger);
  consumer.told.length = 0;
});

describe('KafkaMembership', () => {
  it('pauses what it is assigned and tells the listener', () => {
    consumer.join();
    expect(consumer.told).toEqual(['pause']);
    expect(assignments).toBe(2);
  });

  it('takes orders while kafkajs has stopped its consumer, and is asked again when it has joined anew', () => {
    consumer.stop();
    membership.pause(AT);
    membership.resume(AT);
    membership.start(AT, 5n);
    expect(consumer.told).toEqual([]);
    consumer.join();
    membership.start(AT, 5n);
    expect(consumer.told).toEqual(['pause', 'seek 5', 'resume']);
  });

  it('is not started again by kafkajs once it has left', async () => {
    const mayRestart = consumer.retry?.restartOnFailure;
    expect(await mayRestart?.(new Error('a crash'))).toBe(true);
    await membership.leave(1_000);
    expect(await mayRestart?.(new Error('a crash'))).toBe(false);
    consumer.told.length = 0;
    consumer.join();
    membership.start(AT, 5n);
    expect(consumer.told).toEqual([]);
    expect(assignments).toBe(1);
  });

  it('fails the join that kafkajs had under way when it left, and which nothing else stops', async () => {
    consumer.stop();
    await membership.leave(1_000);
    expect(() => consumer.join()).toThrow('we left before we had joined');
    expect(assignments).toBe(1);
  });

  it('leaves once, within its deadline also when kafkajs never answers', async () => {
    let calls = 0;
    consumer.disconnect = () => {
      calls += 1;
      return new Promise(() => undefined);
    };
    await Promise.all([membership.leave(20), membership.leave(20)]);
    expect(calls).toBe(1);
  });

  it('goes on behind markers whose records compaction has removed, though a gap lies before them', async () => {
    membership.start(AT, 100n);
    await consumer.fetch('100', [101, 103], true);
    await consumer.fetch('104', [104, 106]);
    expect(delivered).toEqual([' → 104', '104,106 → 107']);
  });

  it('goes one on where nothing that was fetched lies at or behind the fetched offset', async () => {
    membership.start(AT, 100n);
    await consumer.fetch('100', [98]);
    await consumer.fetch('101', [101]);
    expect(delivered).toEqual([' → 101', '101 → 102']);
  });

  it('keeps step with kafkajs where a batch of markers was resolved and the partition paused since', async () => {
    membership.start(AT, 100n);
    consumer.pausedPartitions.push(0);
    await consumer.fetch('100', [100], true);
    consumer.pausedPartitions.pop();
    await consumer.fetch('101', [101]);
    expect(delivered).toEqual([' → 101', '101 → 102']);
  });

  it('drops what was fetched further on before a seek, and seeks again: kafkajs may have resolved it since', async () => {
    membership.start(AT, 100n);
    consumer.told.length = 0;
    await consumer.fetch('150', [150], true);
    await consumer.fetch('151', [151]);
    expect(delivered).toEqual([]);
    expect(consumer.told).toEqual(['seek 100', 'seek 100']);
  });
});
