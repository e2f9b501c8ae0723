import {
  DEFAULT_MEMBERSHIP,
  KafkaRecordProducer,
  KafkaRecordReader,
  KafkaStageBroker,
  createKafkaClient,
  type KafkaClient,
} from '@docstream/adapter-kafkajs';
import { TOPICS, type EventTypes, type TopicContract } from '@docstream/contracts';
import type {
  ConsumedRecord,
  LostRange,
  OutgoingRecord,
  StageDefinition,
  TopicPartition,
} from '@docstream/core';
import { defaultCacheDir, removePlatformData, startPlatform, type Platform } from '@docstream/platform';
import { StageRuntime, silentObserver } from '@docstream/stage-runtime';
import { identifyEvent } from '@docstream/stage-service';
import {
  MemoryBlobStore,
  MemoryCodec,
  eventually,
  identityOf,
  recordOf,
  silentLogger,
} from '@docstream/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

jest.setTimeout(90_000);

/** As fast as Kafka forgets: a minute after the last member left. And it compacts what is closed at once. */
const FORGETFUL = {
  'offsets.retention.minutes': 1,
  'offsets.retention.check.interval.ms': 1_000,
  'log.cleaner.backoff.ms': 200,
};
const codec = new MemoryCodec();
let platform: Platform;
let dataDir: string;
let client: KafkaClient;
let broker: KafkaStageBroker;
let producer: KafkaRecordProducer;
let reader: KafkaRecordReader;
let admin: ReturnType<KafkaClient['admin']>;
const scenes: Scene[] = [];

/** A topic of one partition and a group on it, record by record. */
class Scene {
  readonly input: TopicContract<'DocumentClassified'> = { ...TOPICS.classified, name: `in.${randomUUID()}` };
  readonly output: TopicContract<'DocumentExtracted'> = { ...TOPICS.extracted, name: `out.${randomUUID()}` };
  readonly group = randomUUID();
  readonly fatal: unknown[] = [];
  readonly begun: string[] = [];
  readonly lost: LostRange[] = [];
  readonly events: string[] = [];
  /** Texts whose work does not end. */
  readonly held = new Map<string, () => void>();
  readonly #heldTexts = new Set<string>();
  #runtime: StageRuntime<string, string, string> | undefined;

  static async create(): Promise<Scene> {
    const scene = new Scene();
    scenes.push(scene);
    await admin.createTopics({
      waitForLeaders: true,
      topics: [scene.input, scene.output].map(({ name: topic }) => ({ topic, numPartitions: 1 })),
    });
    return scene;
  }

  get at() {
    return { topic: this.input.name, partition: 0 };
  }

  hold(text: string): void {
    this.#heldTexts.add(text);
  }

  release(): void {
    this.#heldTexts.clear();
    for (const end of this.held.values()) end();
    this.held.clear();
  }

  /** One batch each, named by their offsets. */
  async send(from: number, to: number): Promise<void> {
    for (let index = from; index < to; index += 1) {
      const text = String(index);
      await producer.produce([
        { ...recordOf(this.input, identityOf(`${this.group}${text}`), Buffer.from(text)), partition: 0 },
      ]);
    }
  }

  async deleteBelow(offset: string): Promise<void> {
    await admin.fetchTopicOffsets(this.input.name);
    await admin.deleteTopicRecords({ topic: this.input.name, partitions: [{ partition: 0, offset }] });
  }

  async start(windowRecords = 500): Promise<StageRuntime<string, string, string>> {
    const runtime = new StageRuntime({
      stage: this.#stage(),
      topic: this.input.name,
      group: this.group,
      broker,
      codec,
      blobStore: new MemoryBlobStore(),
      checks: {},
      logger: silentLogger,
      onFatal: (error) => this.fatal.push(error),
      observer: {
        ...silentObserver,
        onLost: (_at, from, to) => this.lost.push({ from, to }),
        onPosition: (_at, event) => this.events.push(event),
      },
      settings: { concurrency: 16, windowRecords, idleCommitMs: 20, retakeDelayMs: 50 },
    });
    this.#runtime = runtime;
    await runtime.start();
    return runtime;
  }

  async stop(): Promise<void> {
    await this.#runtime?.stop(2_000);
    this.#runtime = undefined;
  }

  committed() {
    return broker.committed(this.group, this.at);
  }

  async isAtRest(): Promise<boolean> {
    const { end } = await broker.logRange(this.at);
    return (await this.committed())?.offset === end;
  }

  /** Texts of the committed results, in no order. */
  async results(): Promise<string[]> {
    const records = await readAll(this.output.name);
    const events = await Promise.all(
      records.map(({ value }) => codec.decode(this.output, value ?? new Uint8Array())),
    );
    return events.map(({ fileName }) => fileName ?? '').toSorted((a, b) => Number(a) - Number(b));
  }

  /** Losses as they lie on the positions topic. */
  async recordedLosses(): Promise<LostRange[]> {
    const positions: EventTypes['Position'][] = [];
    for (const { key, value } of await readAll(TOPICS.positions.name)) {
      const position = await codec.decode(TOPICS.positions, value ?? new Uint8Array());
      if (position.group !== this.group || position.lostFrom === null) continue;
      expect(Buffer.from(key ?? []).toString()).toBe(
        `${this.group}/${this.input.name}/0/lost/${position.lostFrom}`,
      );
      positions.push(position);
    }
    return positions.map(({ lostFrom, lostTo }) => ({
      from: BigInt(lostFrom ?? -1),
      to: BigInt(lostTo ?? -1),
    }));
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
          if (this.#heldTexts.has(text)) await new Promise<void>((end) => this.held.set(text, end));
          return text;
        },
      },
      save: async (text) => [{ topic: this.output, event: { ...RESULT, fileName: text } }],
    };
  }
}

const RESULT: EventTypes['DocumentExtracted'] = {
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

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => String(from + index));

async function readAll(topic: string, by = reader): Promise<ConsumedRecord[]> {
  const records: ConsumedRecord[] = [];
  const range = await broker.logRange({ topic, partition: 0 });
  for await (const record of by.read({ topic, partition: 0 }, range)) records.push(record);
  return records;
}

const offsetsOf = async (topic: string): Promise<bigint[]> =>
  (await readAll(topic)).map(({ offset }) => offset);

describe('a stage whose offsets or records Kafka no longer has', () => {
  /** Left behind at the beginning: its offsets expire while the others run. */
  let forgotten: Scene;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'docstream-retention-'));
    platform = await startPlatform({
      dataDir,
      cacheDir: defaultCacheDir(process.env),
      parts: ['kafka'],
      env: process.env,
      kafkaSettings: FORGETFUL,
    });
    client = createKafkaClient({ brokers: [platform.kafkaBrokers], clientId: 'spec' }, silentLogger);
    // One batch a fetch: what is delivered is then known to the record.
    broker = new KafkaStageBroker(client, silentLogger, { ...DEFAULT_MEMBERSHIP, maxBytesPerPartition: 1 });
    producer = new KafkaRecordProducer(client, silentLogger);
    reader = new KafkaRecordReader(client, silentLogger);
    admin = client.admin();
    await admin.connect();
    await admin.createTopics({
      waitForLeaders: true,
      topics: [
        {
          topic: TOPICS.positions.name,
          numPartitions: 1,
          configEntries: [{ name: 'cleanup.policy', value: 'compact' }],
        },
      ],
    });

    forgotten = await Scene.create();
    forgotten.hold('4');
    await forgotten.send(0, 10);
    await forgotten.start();
    await eventually('all but one are committed', async () => {
      return (await forgotten.committed())?.metadata === 'v1;d=1-5';
    });
    await forgotten.stop();
    forgotten.release();
  });

  afterEach(async () => {
    await Promise.all(scenes.splice(0).map((scene) => scene.stop()));
  });

  afterAll(async () => {
    await Promise.all([admin.disconnect(), producer.close(), reader.close(5_000), broker.close(5_000)]);
    await platform.stop();
    removePlatformData(dataDir);
  });

  it('stops when offset and mirror are missing and the log has lost its beginning', async () => {
    const scene = await Scene.create();
    await scene.send(0, 5);
    await scene.deleteBelow('3');
    await scene.start();
    await eventually('it stops', () => scene.fatal.length > 0);
    expect(scene.fatal).toMatchObject([{ code: 'POSITION_UNKNOWN' }]);
    expect(scene.begun).toEqual([]);
    expect(await scene.committed()).toBeNull();
  });

  it('records what was deleted before it started, and works on the rest', async () => {
    const scene = await Scene.create();
    await scene.send(0, 5);
    await scene.start();
    await eventually('five are done', () => scene.isAtRest());
    await scene.stop();
    await scene.send(5, 20);
    await scene.deleteBelow('12');
    await scene.start();
    await eventually('the rest is done', () => scene.isAtRest());
    expect(scene.lost).toEqual([{ from: 5n, to: 12n }]);
    expect(await scene.recordedLosses()).toEqual(scene.lost);
    expect(await scene.results()).toEqual([...numbers(0, 5), ...numbers(12, 20)]);
    expect(scene.fatal).toEqual([]);
  });

  it('finishes what it has in hand when records are deleted while it is paused, and records the rest as lost', async () => {
    const scene = await Scene.create();
    scene.hold('0');
    await scene.send(0, 30);
    const runtime = await scene.start(4);
    await eventually('its window is full', () => runtime.state().backlog === 4);
    await scene.deleteBelow('20');
    scene.release();
    await eventually('the rest is done', () => scene.isAtRest());
    expect(scene.lost).toEqual([{ from: 4n, to: 20n }]);
    expect(await scene.recordedLosses()).toEqual(scene.lost);
    expect(await scene.results()).toEqual([...numbers(0, 4), ...numbers(20, 30)]);
  });

  it('accounts for each record when records are deleted again and again while it runs', async () => {
    const scene = await Scene.create();
    await scene.send(0, 1);
    await scene.start();
    await eventually('it runs', () => scene.begun.length === 1);
    for (let round = 0; round < 8; round += 1) {
      await scene.send(1 + round * 20, 1 + (round + 1) * 20);
      // Up to the log's end: whatever was not fetched yet is gone.
      await scene.deleteBelow('-1');
    }
    await scene.send(161, 170);
    await eventually('the rest is done', () => scene.isAtRest());
    const lost = scene.lost.flatMap(({ from, to }) => numbers(Number(from), Number(to)));
    expect([...(await scene.results()), ...lost].toSorted((a, b) => Number(a) - Number(b))).toEqual(
      numbers(0, 170),
    );
    expect(await scene.recordedLosses()).toEqual(scene.lost);
    expect(scene.fatal).toEqual([]);
  });

  describe('with a compacted log', () => {
    const COMPACTING = {
      'cleanup.policy': 'compact',
      'segment.ms': '100',
      'min.cleanable.dirty.ratio': '0.01',
    };

    async function createCompacted(configs: Readonly<Record<string, string>>): Promise<TopicPartition> {
      const topic = `compacted.${randomUUID()}`;
      const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
      await admin.createTopics({
        waitForLeaders: true,
        topics: [{ topic, numPartitions: 1, configEntries }],
      });
      return { topic, partition: 0 };
    }

    const recordsOf = (at: TopicPartition, keys: readonly string[]): OutgoingRecord[] =>
      keys.map((key, index) => ({
        ...at,
        key: Buffer.from(key),
        value: Buffer.from(`${key} ${index}`),
        headers: [],
      }));
    const textOf = (record: ConsumedRecord | null | undefined): string =>
      Buffer.from(record?.value ?? []).toString();

    it('finds the newest record of a key, over the gaps that compaction leaves', async () => {
      const at = await createCompacted({ ...COMPACTING, 'delete.retention.ms': '0' });
      const put = (...keys: readonly string[]) => producer.produce(recordsOf(at, keys));
      // Of the first batch only its first record stays, of the second one nothing.
      await put('rare', ...Array.from({ length: 60 }, () => 'often'));
      await put(...Array.from({ length: 20 }, () => 'often'));
      await eventually(
        'it is compacted',
        async () => {
          await put('often', 'other');
          return (await readAll(at.topic)).length < 60;
        },
        30_000,
      );
      expect(textOf((await readAll(at.topic))[0])).toBe('rare 0');
      expect(textOf(await broker.newestOf(at.topic, Buffer.from('rare')))).toBe('rare 0');
      expect((await broker.newestOf(at.topic, Buffer.from('often')))?.offset).toBe(
        (await broker.logRange(at)).end - 2n,
      );
    });

    it('gets through where markers have outlived the records of their transactions', async () => {
      const at = await createCompacted(COMPACTING);
      const publisher = await broker.takeOver(randomUUID(), at);
      const put = (...keys: readonly string[]) =>
        publisher.publish(recordsOf(at, keys), { offset: 0n, metadata: '' });
      try {
        // One batch a fetch, hence markers without a record beside them.
        const perBatch = new KafkaRecordReader(client, silentLogger, { bufferBytes: 1, silenceMs: 5_000 });
        await put('rare', 'often');
        for (let count = 1; count < 40; count += 1) await put('often');
        await eventually(
          'it is compacted',
          async () => {
            await put('often');
            return (await readAll(at.topic)).length < 20;
          },
          30_000,
        );
        // Ends before its marker.
        const { end } = await broker.logRange(at);
        const before = await offsetsOf(at.topic);
        const read = await readAll(at.topic, perBatch).finally(() => perBatch.close(5_000));
        const offsets = read.map(({ offset }) => offset);
        // Kafka may go on compacting meanwhile: it takes records away and adds none.
        expect(before).toEqual(expect.arrayContaining(offsets));
        expect(offsets).toEqual(expect.arrayContaining(await offsetsOf(at.topic)));
        expect(textOf(read[0])).toBe('rare 0');
        expect(read.at(-1)?.offset).toBe(end - 2n);
        expect(textOf(await broker.newestOf(at.topic, Buffer.from('rare')))).toBe('rare 0');
        expect((await broker.newestOf(at.topic, Buffer.from('often')))?.offset).toBe(end - 2n);
      } finally {
        await publisher.close();
      }
    });
  });

  it('goes on from the mirror when Kafka has forgotten its offsets, nothing skipped, nothing done twice', async () => {
    await forgotten.send(10, 15);
    await forgotten.deleteBelow('4');
    await eventually('Kafka has forgotten', async () => (await forgotten.committed()) === null, 85_000);
    forgotten.begun.length = 0;
    await forgotten.start();
    await eventually('all is done', () => forgotten.isAtRest());
    await forgotten.stop();
    expect(forgotten.events).toEqual(['restored']);
    expect(forgotten.begun.toSorted((a, b) => Number(a) - Number(b))).toEqual(['4', ...numbers(10, 15)]);
    expect(await forgotten.results()).toEqual(numbers(0, 15));
    expect(forgotten.lost).toEqual([]);
    expect(forgotten.fatal).toEqual([]);
  });
});
