import {
  KafkaClusterAdmin,
  KafkaRecordProducer,
  KafkaStageBroker,
  KafkaTopicFollower,
  createKafkaClient,
} from '@docstream/adapter-kafkajs';
import { HEADERS, TOPICS, readHeader, type DocumentExtracted } from '@docstream/contracts';
import {
  within,
  type ConsumedRecord,
  type OutgoingRecord,
  type StageDefinition,
  type Timed,
} from '@docstream/core';
import { StageRuntime, silentObserver } from '@docstream/stage-runtime';
import {
  MemoryBlobStore,
  MemoryCodec,
  eventually,
  identityOf,
  recordOf,
  silentLogger,
} from '@docstream/testing';
import { createWorkerPool } from '@docstream/worker-pool';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { identifyEvent } from './decode.js';

jest.setTimeout(180_000);

const addresses = process.env['DOCSTREAM_KAFKA_BROKERS'] ?? '';
const client = createKafkaClient({ brokers: addresses.split(','), clientId: 'spec' }, silentLogger);
const admin = new KafkaClusterAdmin(client, silentLogger);
const producer = new KafkaRecordProducer(client, silentLogger);
const codec = new MemoryCodec();
const FUNCTION = { module: new URL('./fixtures/fragile.mjs', import.meta.url), export: 'sleep' };
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

type Member = StageRuntime<string, string, string>;
type Execute = (text: string) => Promise<Timed<string>>;

/** Topics and a group of their own, and what its members did. */
class Group {
  readonly input = `spec.${randomUUID()}`;
  readonly output = `spec.${randomUUID()}`;
  readonly id = randomUUID();
  readonly members = new Map<Member, KafkaStageBroker>();
  readonly fatal: unknown[] = [];
  takeOvers = 0;

  async create(partitions: number): Promise<void> {
    const existing = await admin.listTopics();
    await admin.createTopics(
      [
        this.input,
        this.output,
        TOPICS.positions.name,
        TOPICS.deadLettered.name,
        TOPICS.extractorDeadLetter.name,
      ]
        .filter((name) => !existing.includes(name))
        .map((name) => ({ name, partitions, replicationFactor: 1, configs: {} })),
    );
  }

  async send(...texts: readonly string[]): Promise<void> {
    const topic = { ...TOPICS.classified, name: this.input };
    await producer.produce(
      texts.map((text): OutgoingRecord => recordOf(topic, identityOf(text), Buffer.from(text))),
    );
  }

  async join(execute: Execute, sessionTimeoutMs = 10_000): Promise<Member> {
    const settings = {
      sessionTimeoutMs,
      rebalanceTimeoutMs: 6_000,
      maxWaitMs: 100,
      maxBytesPerPartition: 1_048_576,
    };
    const broker = new KafkaStageBroker(client, silentLogger, settings);
    const member = new StageRuntime({
      stage: this.#stage(),
      execute,
      topic: this.input,
      group: this.id,
      broker,
      codec,
      blobStore: new MemoryBlobStore(),
      checks: {},
      logger: silentLogger,
      onFatal: (error) => this.fatal.push(error),
      observer: { ...silentObserver, onTakeOver: () => (this.takeOvers += 1) },
      settings: { concurrency: 8 },
    });
    this.members.set(member, broker);
    await member.start();
    return member;
  }

  async leave(member: Member, deadlineMs: number): Promise<void> {
    const broker = this.members.get(member);
    this.members.delete(member);
    await within(deadlineMs, member.stop(deadlineMs), () => new Error('it stopped too late'));
    await broker?.close(2_000);
  }

  /** Names of the committed results, as often as they are there. */
  async results(): Promise<readonly string[]> {
    const records = await readAll(this.output);
    const topic = { ...TOPICS.extracted, name: this.output };
    const events = records.map(({ value }) => codec.decode(topic, value ?? new Uint8Array()));
    return (await Promise.all(events)).map(({ fileName }) => fileName ?? '');
  }

  /** Everything is read and committed. */
  async isAtRest(): Promise<boolean> {
    const committed = await admin.committedPositions(this.id, [this.input]);
    const ranges = await admin.logRanges(this.input);
    return ranges.every(
      ({ partition, range }) =>
        range.end === 0n || committed.find((one) => one.partition === partition)?.offset === range.end,
    );
  }

  #stage(): StageDefinition<string, string, string> {
    return {
      name: 'extractor',
      consumes: { ...TOPICS.classified, name: this.input },
      retry: { maxAttempts: 3, initialDelayMs: 10, maxDelayMs: 100 },
      deadlineMs: 60_000,
      identify: identifyEvent,
      decode: async (record) => ({
        event: Buffer.from(record.value ?? []).toString(),
        identity: identifyEvent(record),
      }),
      load: async (event) => event,
      run: FUNCTION,
      save: async (fileName) => [
        { topic: { ...TOPICS.extracted, name: this.output }, event: { ...RESULT, fileName } },
      ],
    };
  }
}

async function readAll(topic: string): Promise<readonly ConsumedRecord[]> {
  const records: ConsumedRecord[] = [];
  const follower = new KafkaTopicFollower(client, topic, 'spec', silentLogger);
  await follower.start((record) => void records.push(record), new AbortController().signal);
  await follower.close(5_000);
  return records;
}

const copyIn =
  (ms: number): Execute =>
  async (value) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return { value, runMs: ms };
  };

describe('the life of a member', () => {
  let group = new Group();

  afterEach(async () => {
    await Promise.all([...group.members.keys()].map((member) => group.leave(member, 10_000)));
    expect(group.fatal).toEqual([]);
    group = new Group();
  });
  afterAll(async () => {
    await Promise.all([producer.close(), admin.close(5_000)]);
  });

  it('keeps its partitions over a document that takes four times its session, and does it once', async () => {
    await group.create(2);
    let calls = 0;
    const pool = createWorkerPool<string, string>({
      function: FUNCTION,
      size: 2,
      limits: { memoryMb: 512, outputBytes: 1_000 },
    });
    const member = await group.join((text) => {
      calls += 1;
      return pool.run(text, { documentId: '', run: '', attempt: 1, deadlineMs: 60_000 });
    }, 6_000);
    await eventually('both partitions are taken', () => member.state().taken === 2);
    await group.send('25000');
    await eventually('the document is done', () => group.isAtRest(), 60_000);
    expect({ calls, takeOvers: group.takeOvers }).toEqual({ calls: 1, takeOvers: 2 });
    expect(await group.results()).toEqual(['25000']);
    await pool.close();
  });

  it('is replaced under load, one after the other, and nothing is lost or done twice', async () => {
    await group.create(4);
    const sent = Array.from({ length: 600 }, (_, index) => `d${index}`);
    const old = [await group.join(copyIn(150)), await group.join(copyIn(150)), await group.join(copyIn(150))];
    await group.send(...sent.slice(0, 300));
    for (const [index, member] of old.entries()) {
      await eventually('it has work', () => member.state().admission.inWork > 0 || member.state().taken > 0);
      await group.join(copyIn(150));
      await group.leave(member, 10_000);
      await group.send(...sent.slice(300 + 100 * index, 400 + 100 * index));
    }
    await eventually('all is done', () => group.isAtRest(), 90_000);
    expect((await group.results()).toSorted()).toEqual(sent.toSorted());
  });

  it('is killed by a record again and again, until that one is a dead letter and the others are done', async () => {
    await group.create(1);
    await group.send('before', 'killer', 'after');
    const script = fileURLToPath(new URL('./fixtures/member.mjs', import.meta.url));
    let deaths = 0;
    let begun = 0;
    for (let isDone = false; !isDone && deaths < 20;) {
      const child = fork(script, [addresses, group.id, group.input, group.output], { execArgv: [] });
      const exit = once(child, 'exit');
      child.on('message', (text) => (begun += text === 'killer' ? 1 : 0));
      await eventually('it is killed, or all is done', async () => {
        isDone = await group.isAtRest();
        return isDone || child.exitCode !== null || child.signalCode !== null;
      });
      if (isDone) child.kill('SIGKILL');
      else deaths += 1;
      await exit;
    }
    expect(await group.isAtRest()).toBe(true);
    expect(begun).toBeLessThanOrEqual(7);
    expect((await group.results()).toSorted()).toEqual(['after', 'before']);
    const { documentId } = identityOf('killer');
    const letters = (await readAll(TOPICS.extractorDeadLetter.name)).filter(
      ({ headers }) =>
        readHeader(headers, HEADERS.documentId) === documentId &&
        readHeader(headers, HEADERS.source)?.startsWith(group.input),
    );
    expect(letters.map(({ headers }) => readHeader(headers, HEADERS.code))).toEqual(['WORKER_CRASHED']);
    expect(letters.map(({ headers }) => readHeader(headers, HEADERS.attempts))).toEqual(['3']);
  });
});
