import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  KafkaClusterAdmin,
  KafkaRecordProducer,
  KafkaStageBroker,
  createKafkaClient,
} from '@docstream/adapter-kafkajs';
import {
  createDatabase,
  createDocumentRepository,
  createResetLog,
  createSinkDatabase,
  migrateDatabase,
  type Database,
} from '@docstream/adapter-postgres';
import { HEADERS, readHeader, type Identity } from '@docstream/contracts';
import {
  OwnershipLostError,
  type ConsumedRecord,
  type DocumentRepository,
  type Membership,
  type OutgoingRecord,
} from '@docstream/core';
import { SinkRuntime } from '@docstream/sink-runtime';
import { createStoreSink, type RecordKind } from '@docstream/store';
import {
  MemoryCodec,
  createTestDatabase,
  eventually,
  identityOf,
  journeyRecord,
  silentLogger,
  type JourneyStep,
  type TestDatabase,
} from '@docstream/testing';
import { randomUUID } from 'node:crypto';

jest.setTimeout(90_000);

const PARTITIONS = 2;
const STEPS: readonly JourneyStep[] = ['received', 'parsed', 'classified', 'extracted'];

const client = createKafkaClient(
  { brokers: (process.env['DOCSTREAM_KAFKA_BROKERS'] ?? '').split(','), clientId: 'store-spec' },
  silentLogger,
);
const admin = new KafkaClusterAdmin(client, silentLogger);
const broker = new KafkaStageBroker(client, silentLogger);
const producer = new KafkaRecordProducer(client, silentLogger);
const codec = new MemoryCodec();

let home: TestDatabase;
let database: Database;
let repository: DocumentRepository;
let suffix: string;
let runtimes: SinkRuntime<never>[];
let fatal: unknown[];

beforeAll(async () => {
  home = await createTestDatabase();
  await migrateDatabase(home.url);
  database = createDatabase(home.url, { maxConnections: 12 });
  repository = createDocumentRepository(database);
});

afterAll(async () => {
  await producer.close();
  await Promise.all([admin.close(2_000), broker.close(2_000)]);
  await database.close();
  await home.drop();
});

beforeEach(async () => {
  suffix = randomUUID();
  runtimes = [];
  fatal = [];
  const names = [...STEPS, 'dead-lettered', 'dead'].map(topicOf);
  await admin.createTopics(
    names.map((name) => ({
      name,
      partitions: PARTITIONS,
      replicationFactor: 1,
      configs: { 'message.timestamp.type': 'LogAppendTime' },
    })),
  );
  await eventually('the topics', async () => {
    const found = await admin.describeTopics(names);
    return found.length === names.length && found.every(({ partitions }) => partitions === PARTITIONS);
  });
});

afterEach(async () => {
  await Promise.all(runtimes.map((runtime) => runtime.stop(5_000)));
  expect(fatal).toEqual([]);
});

function topicOf(step: string): string {
  return `spec.${step}.${suffix}`;
}

function group(): string {
  return `store.${suffix}`;
}

async function startStore(): Promise<SinkRuntime<never>> {
  const topics = Object.fromEntries(
    [...STEPS, 'dead-lettered' as const].map((step): [string, RecordKind] => [topicOf(step), step]),
  );
  const runtime = new SinkRuntime({
    sink: createStoreSink({ codec, topics, group: group(), deadLetterTopic: topicOf('dead') }),
    broker: new KafkaStageBroker(client, silentLogger),
    database: createSinkDatabase(database),
    producer,
    checks: { kafka: () => broker.checkHealth() },
    logger: silentLogger,
    onFatal: (error) => void fatal.push(error),
  }) as unknown as SinkRuntime<never>;
  runtimes.push(runtime);
  await runtime.start();
  return runtime;
}

async function recordsOf(step: JourneyStep, documents: readonly Identity[]): Promise<OutgoingRecord[]> {
  return Promise.all(
    documents.map(async (identity) => {
      const { key, value, headers } = await journeyRecord(step, identity, { offset: 0n });
      return { topic: topicOf(step), key, value, headers };
    }),
  );
}

/** Each record in a transaction of its own, as an idle stage publishes: a marker behind every record. */
async function publishAlone(step: JourneyStep, records: readonly OutgoingRecord[]): Promise<void> {
  const open = () => broker.takeOver(`${group()}.${step}`, { topic: topicOf(step), partition: 0 });
  let publisher = await open();
  for (const record of records) {
    await eventually('the transaction', async () => {
      try {
        await publisher.publish([record], { offset: 0n, metadata: '' });
        return true;
      } catch (error) {
        if (!(error instanceof OwnershipLostError)) throw error;
        await publisher.close();
        publisher = await open();
        return false;
      }
    });
  }
  await publisher.close();
}

function documentsOf(count: number): Identity[] {
  return Array.from({ length: count }, (_, index) => identityOf(`${suffix} ${index}`));
}

async function countStored(): Promise<number> {
  const { rows } = await database.query(
    `SELECT count(DISTINCT (document_id, run))::integer AS n FROM docstream.timeline
     WHERE topic = $1 AND event = 'extracted'`,
    [topicOf('extracted')],
  );
  return Number(rows[0]?.['n']);
}

async function lag(): Promise<bigint> {
  let sum = 0n;
  for (const topic of STEPS.map(topicOf)) {
    const ranges = await admin.logRanges(topic);
    const positions = await admin.committedPositions(group(), [topic]);
    for (const { partition, range } of ranges) {
      const committed = positions.find((position) => position.partition === partition)?.offset ?? 0n;
      sum += range.end - committed;
    }
  }
  return sum;
}

async function readDeadLetters(count: number): Promise<readonly ConsumedRecord[]> {
  const found: ConsumedRecord[] = [];
  const joined = Promise.withResolvers<Membership>();
  const membership = await broker.join(`reader.${suffix}`, [topicOf('dead')], {
    onAssigned: (partitions) =>
      void joined.promise.then((member) => {
        for (const partition of partitions) member.start(partition, 0n);
      }),
    onDelivery: ({ records }) => void found.push(...records),
    onOutOfRange: () => undefined,
    onCrash: (error) => void fatal.push(error),
  });
  joined.resolve(membership);
  await eventually('the dead letters', () => found.length >= count);
  await membership.leave(2_000);
  return found;
}

describe('the store', () => {
  it('makes rows of all topics, with lag 0 at rest though transactions leave markers', async () => {
    const documents = documentsOf(40);
    for (const step of STEPS) {
      await publishAlone(step, await recordsOf(step, documents.slice(0, 5)));
      await producer.produce(await recordsOf(step, documents.slice(5)));
    }
    await startStore();
    await eventually('40 results', async () => (await countStored()) === 40, 60_000);
    await eventually('lag 0', async () => (await lag()) === 0n, 60_000);
    const view = await repository.find('default', documents[0]?.documentId ?? '');
    expect(view).toMatchObject({
      state: 'stored',
      type: 'invoice',
      fields: { total: [{ value: 12.5 }, { value: 12.05 }] },
    });
    expect(view?.timeline.map(({ event }) => event).sort()).toEqual([
      'classified',
      'extracted',
      'parsed',
      'received',
    ]);
  });

  it('applies again what an operator moves it back over while it runs, with the same rows', async () => {
    const documents = documentsOf(20);
    for (const step of STEPS) await producer.produce(await recordsOf(step, documents));
    await startStore();
    await eventually('lag 0', async () => (await countStored()) === 20 && (await lag()) === 0n, 60_000);
    const tables = async (): Promise<string> => {
      const rows = ['timeline', 'runs', 'documents'].map((table) =>
        database.query(`SELECT * FROM docstream.${table} AS row ORDER BY row::text`),
      );
      return JSON.stringify(await Promise.all(rows), (_, value: unknown) =>
        typeof value === 'bigint' ? value.toString() : value,
      );
    };
    const before = await tables();
    const log = createResetLog(database);
    const known = (await log.storePositions(group())).filter(({ topic }) => topic === topicOf('extracted'));
    const steps = known.map(({ next, ...where }) => {
      return { ...where, from: { offset: next ?? 0n, metadata: '' }, to: 0n, state: 'planned' as const };
    });
    const rest = { timeMs: 0, group: group(), reason: null, undoes: null };
    await log.begin({ auditId: suffix, steps, ...rest });
    for (const step of steps) await log.moveStore(suffix, group(), step);
    await eventually('it is up again', async () => {
      const now = new Map(
        (await log.storePositions(group())).map((one) => [`${one.topic} ${one.partition}`, one.next]),
      );
      return known.every(({ topic, partition, next }) => now.get(`${topic} ${partition}`) === next);
    });
    expect(await tables()).toBe(before);
  });

  it('goes on where it was, whoever reads: with members coming and going nothing is missing and nothing twice', async () => {
    const documents = documentsOf(300);
    const first = await startStore();
    for (const [index, step] of STEPS.entries()) {
      await producer.produce(await recordsOf(step, documents.slice(0, 150)));
      if (index === 1) await startStore();
    }
    await first.stop(5_000);
    for (const step of STEPS) await producer.produce(await recordsOf(step, documents.slice(150)));
    await eventually('300 results', async () => (await countStored()) === 300, 80_000);
    await eventually('lag 0', async () => (await lag()) === 0n, 60_000);
    const { rows } = await database.query(
      'SELECT count(*)::integer AS n FROM docstream.timeline WHERE topic = ANY($1)',
      [STEPS.map(topicOf)],
    );
    expect(rows[0]?.['n']).toBe(300 * STEPS.length);
  });

  it('dead-letters what it cannot read and goes on behind it', async () => {
    const [good, bad] = documentsOf(2);
    if (good === undefined || bad === undefined) throw new Error('two documents');
    const [poison] = await recordsOf('extracted', [bad]);
    if (poison === undefined) throw new Error('one record');
    await producer.produce([{ ...poison, partition: 0, value: Buffer.from([0, 0, 0, 0, 1, 255]) }]);
    const [record] = await recordsOf('extracted', [good]);
    if (record !== undefined) await producer.produce([{ ...record, partition: 0 }]);
    await startStore();
    await eventually('the good one', async () => (await countStored()) === 1, 60_000);
    expect(await repository.find('default', bad.documentId)).toMatchObject({
      state: 'dead-lettered',
      error: { stage: 'store', code: 'UNDECODABLE' },
    });
    const [letter] = await readDeadLetters(1);
    expect([...(letter?.value ?? [])]).toEqual([0, 0, 0, 0, 1, 255]);
    expect(readHeader(letter?.headers ?? [], HEADERS.source)).toBe(`${topicOf('extracted')}/0/0`);
  });
});
