import {
  KafkaClusterAdmin,
  KafkaRecordProducer,
  KafkaStageBroker,
  createKafkaClient,
} from '@docstream/adapter-kafkajs';
import { TOPICS, type DocumentExtracted, type TopicContract } from '@docstream/contracts';
import { lagOf, type OutgoingRecord, type StageDefinition } from '@docstream/core';
import { StageRuntime } from '@docstream/stage-runtime';
import {
  MemoryBlobStore,
  MemoryCodec,
  eventually,
  identityOf,
  recordOf,
  silentLogger,
} from '@docstream/testing';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { identifyEvent } from './decode.js';

const brokers = (process.env['DOCSTREAM_KAFKA_BROKERS'] ?? '').split(',');
const client = createKafkaClient({ brokers, clientId: 'spec' }, silentLogger);
const broker = new KafkaStageBroker(client, silentLogger);
const admin = new KafkaClusterAdmin(client, silentLogger);
const producer = new KafkaRecordProducer(client, silentLogger);
const codec = new MemoryCodec();

jest.setTimeout(120_000);

/** One topic of four partitions, a group on it, and what its members did. */
class Group {
  readonly input: TopicContract<'DocumentClassified'> = {
    ...TOPICS.classified,
    name: `spec.${randomUUID()}`,
  };
  readonly output: TopicContract<'DocumentExtracted'> = { ...TOPICS.extracted, name: `spec.${randomUUID()}` };
  readonly id = randomUUID();
  readonly begun: string[] = [];
  readonly fatal: unknown[] = [];
  readonly members = new Set<StageRuntime<string, string, string>>();
  readonly #workMs: number;

  constructor(workMs: number) {
    this.#workMs = workMs;
  }

  async create(): Promise<void> {
    const existing = await admin.listTopics();
    await admin.createTopics(
      [this.input, this.output, TOPICS.positions]
        .filter(({ name }) => !existing.includes(name))
        .map(({ name, cleanup }) => ({
          name,
          partitions: 4,
          replicationFactor: 1,
          configs: { 'cleanup.policy': cleanup },
        })),
    );
  }

  async send(perPartition: number): Promise<readonly string[]> {
    const records = [0, 1, 2, 3].flatMap((partition) =>
      Array.from({ length: perPartition }, (_, index): OutgoingRecord => {
        const text = `${partition}-${index}`;
        return { ...recordOf(this.input, identityOf(text), Buffer.from(text)), partition };
      }),
    );
    await producer.produce(records);
    return records.map(({ value }) => Buffer.from(value ?? []).toString());
  }

  async join(): Promise<StageRuntime<string, string, string>> {
    const member = new StageRuntime({
      stage: this.#stage(),
      topic: this.input.name,
      group: this.id,
      broker,
      codec,
      blobStore: new MemoryBlobStore(),
      checks: {},
      logger: silentLogger,
      onFatal: (error) => this.fatal.push(error),
      settings: { concurrency: 16 },
    });
    this.members.add(member);
    await member.start();
    return member;
  }

  async leave(member: StageRuntime<string, string, string>): Promise<void> {
    this.members.delete(member);
    await member.stop(2_000);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.members].map((member) => this.leave(member)));
  }

  /** Texts of the committed results, in no order. */
  async results(): Promise<readonly string[]> {
    const found: string[] = [];
    const group = randomUUID();
    const ends = new Map(
      (await admin.logRanges(this.output.name)).map(({ partition, range }) => [partition, range.end]),
    );
    const reached = new Map<number, bigint>();
    const membership = await broker.join(group, [this.output.name], {
      onAssigned: () => undefined,
      onDelivery: ({ partition, records, fetchPosition }) => {
        reached.set(partition, fetchPosition);
        for (const { value } of records) {
          const decoded = codec.decode(this.output, value ?? new Uint8Array());
          void decoded.then(({ fileName }) => found.push(fileName ?? ''));
        }
      },
      onOutOfRange: () => undefined,
      onCrash: () => undefined,
    });
    for (const partition of ends.keys()) membership.start({ topic: this.output.name, partition }, 0n);
    await eventually('the output is read', () =>
      [...ends].every(([partition, end]) => end === 0n || (reached.get(partition) ?? 0n) >= end),
    );
    await membership.leave(2_000);
    return found;
  }

  async isAtRest(): Promise<boolean> {
    const committed = await admin.committedPositions(this.id, [this.input.name]);
    const ranges = await admin.logRanges(this.input.name);
    return ranges.every(({ topic, partition, range }) => {
      const at = committed.find((one) => one.partition === partition)?.offset ?? null;
      return (
        lagOf({
          group: this.id,
          topic,
          partition,
          committed: at,
          logStart: range.start,
          logEnd: range.end,
        }) === 0n
      );
    });
  }

  #stage(): StageDefinition<string, string, string> {
    return {
      name: 'extractor',
      consumes: this.input,
      retry: { maxAttempts: 3, initialDelayMs: 10, maxDelayMs: 100 },
      deadlineMs: 60_000,
      identify: identifyEvent,
      decode: async (record) => ({
        event: Buffer.from(record.value ?? []).toString(),
        identity: identifyEvent(record),
      }),
      load: async (event) => event,
      run: {
        inline: async (text) => {
          this.begun.push(text);
          await delay(this.#workMs);
          return text;
        },
      },
      save: async (text) => [{ topic: this.output, event: { ...RESULT, fileName: text } }],
    };
  }
}

const RESULT: DocumentExtracted = {
  fileName: null,
  blob: { sha256: '0'.repeat(64), bytes: 1, mediaType: 'application/pdf' },
  quality: 'complete',
  pageCount: 1,
  language: null,
  classification: { type: 'invoice', confidence: 1, margin: 1, runnerUp: null, model: '', head: '' },
  fields: [],
  extractor: '',
  runMs: 0,
};

describe('a stage over rebalances of its group', () => {
  let group: Group;

  afterEach(() => group.stop());
  afterAll(async () => {
    await Promise.all([producer.close(), broker.close(5_000), admin.close(5_000)]);
  });

  it('redoes no document of a partition that stayed when a fourth member joins three', async () => {
    group = new Group(6_000);
    await group.create();
    const members = [await group.join(), await group.join(), await group.join()];
    const taken = (): number[] => members.map((member) => member.state().taken).toSorted();
    await eventually('three share four partitions', () => taken().join() === '1,1,2');
    const sent = await group.send(3);
    await eventually('all are in work', () => group.begun.length === sent.length);
    const fourth = await group.join();
    await eventually('the fourth has one', () => fourth.state().taken === 1);
    await eventually('all is done', () => group.isAtRest(), 60_000);
    const again = group.begun.slice(sent.length);
    expect(new Set(again.map((text) => text.split('-')[0])).size).toBeLessThanOrEqual(1);
    expect((await group.results()).toSorted()).toEqual([...sent].toSorted());
    expect(group.fatal).toEqual([]);
  });

  it('finishes documents of 5 s while members come and go every 2 s', async () => {
    group = new Group(5_000);
    await group.create();
    await group.join();
    const sent = await group.send(2);
    for (let visits = 0; visits < 12 && !(await group.isAtRest()); visits += 1) {
      const visitor = await group.join();
      await delay(2_000);
      await group.leave(visitor);
      await delay(2_000);
    }
    expect(await group.isAtRest()).toBe(true);
    expect((await group.results()).toSorted()).toEqual([...sent].toSorted());
  });
});
