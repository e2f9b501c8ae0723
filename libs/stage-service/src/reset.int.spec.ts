import {
  KafkaClusterAdmin,
  KafkaRecordProducer,
  KafkaRecordReader,
  KafkaStageBroker,
  createKafkaClient,
} from '@docstream/adapter-kafkajs';
import {
  HEADERS,
  TOPICS,
  gapKey,
  readHeader,
  runIdOfReset,
  type DocumentExtracted,
  type TopicContract,
} from '@docstream/contracts';
import {
  decodeOffsetMetadata,
  resetPartition,
  type PositionReset,
  type ResetOutcome,
  type ResetTarget,
  type StageDefinition,
} from '@docstream/core';
import { StageRuntime } from '@docstream/stage-runtime';
import {
  MemoryBlobStore,
  MemoryCodec,
  eventually,
  identityOf,
  recordOf,
  silentLogger,
} from '@docstream/testing';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { identifyEvent } from './decode.js';

const brokers = (process.env['DOCSTREAM_KAFKA_BROKERS'] ?? '').split(',');
const client = createKafkaClient({ brokers, clientId: 'spec' }, silentLogger);
const broker = new KafkaStageBroker(client, silentLogger);
const admin = new KafkaClusterAdmin(client, silentLogger);
const producer = new KafkaRecordProducer(client, silentLogger);
const reader = new KafkaRecordReader(client, silentLogger);
const codec = new MemoryCodec();
const PARTITIONS = [0, 1] as const;
const EXTRACTED: DocumentExtracted = {
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

jest.setTimeout(120_000);

type Member = StageRuntime<string, string, string>;

let input: TopicContract<'DocumentClassified'>;
let output: TopicContract<'DocumentExtracted'>;
let group: string;
let fatal: unknown[];
let members: Set<Member>;
let workMs: number;

beforeEach(async () => {
  input = { ...TOPICS.classified, name: `spec.${randomUUID()}` };
  output = { ...TOPICS.extracted, name: `spec.${randomUUID()}` };
  [group, fatal, members, workMs] = [randomUUID(), [], new Set(), 5];
  const existing = await admin.listTopics();
  const topics = [
    { ...input, partitions: PARTITIONS.length },
    { ...output, partitions: 1 },
    { ...TOPICS.positions, partitions: 4 },
  ].filter(({ name }) => !existing.includes(name));
  await admin.createTopics(
    topics.map(({ name, partitions, cleanup }) => ({
      name,
      partitions,
      replicationFactor: 1,
      configs: { 'cleanup.policy': cleanup },
    })),
  );
});
afterEach(() => Promise.all([...members].map((member) => leave(member))));
afterAll(() => Promise.all([producer.close(), reader.close(2_000), broker.close(5_000), admin.close(5_000)]));

async function join(): Promise<Member> {
  const stage: StageDefinition<string, string, string> = {
    name: 'extractor',
    consumes: input,
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
        await delay(workMs);
        return text;
      },
    },
    save: async (text) => [{ topic: output, event: { ...EXTRACTED, fileName: text } }],
  };
  const member = new StageRuntime({
    stage,
    topic: input.name,
    group,
    broker,
    codec,
    blobStore: new MemoryBlobStore(),
    checks: {},
    logger: silentLogger,
    onFatal: (error) => fatal.push(error),
    settings: { concurrency: 8, positionCheckMs: 300 },
  });
  members.add(member);
  await member.start();
  return member;
}

async function leave(member: Member): Promise<void> {
  members.delete(member);
  await member.stop(3_000);
}

async function send(...texts: readonly string[]): Promise<void> {
  await producer.produce(
    PARTITIONS.flatMap((partition) =>
      texts.map((text) => {
        const name = `${partition}-${text}`;
        return { ...recordOf(input, identityOf(name), Buffer.from(name)), partition };
      }),
    ),
  );
}

const named = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

/** Text and run of every committed result, sorted. */
async function results(): Promise<readonly string[]> {
  const [found] = await admin.logRanges(output.name);
  const lines: string[] = [];
  for await (const { headers, value } of reader.read(
    { topic: output.name, partition: 0 },
    found?.range ?? NONE,
  )) {
    const { fileName } = await codec.decode(output, value ?? new Uint8Array());
    lines.push(`${fileName} ${readHeader(headers, HEADERS.run)}`);
  }
  return lines.toSorted();
}
const NONE = { start: 0n, end: 0n };

async function whenAllDone(count: number): Promise<void> {
  await eventually(
    'all is done',
    async () => {
      const positions = await admin.committedPositions(group, [input.name]);
      const ranges = await admin.logRanges(input.name);
      return ranges.every(({ partition, range }) =>
        positions.some((one) => one.partition === partition && one.offset === range.end),
      );
    },
    60_000,
  );
  await eventually('all is published', async () => (await results()).length >= count, 60_000);
}

const line = (name: string, reset?: PositionReset): string => {
  const { run } = identityOf(name);
  return `${name} ${reset === undefined ? run : runIdOfReset(run, reset)}`;
};
const newReset = (): PositionReset => ({ auditId: randomUUID().replaceAll('-', ''), timeMs: Date.now() });

function reset(
  partition: number,
  target: ResetTarget,
  by: PositionReset,
  isRepeated = false,
): Promise<ResetOutcome> {
  const at = { topic: input.name, partition };
  const ports = { admin, codec, clock: { nowMs: () => Date.now() } };
  return resetPartition(ports, { group, partition: at, reset: by, target, isRepeated });
}
const back = (to: bigint): ResetTarget => ({ kind: 'move', to, direction: 'back' });

describe('a reset of a running stage', () => {
  it('reads exactly the chosen records again, at rest, each as the run of the reset', async () => {
    await send('a', 'b', 'c');
    await join();
    await whenAllDone(6);
    const by = newReset();
    expect(await reset(0, back(1n), by)).toEqual({
      kind: 'moved',
      from: { offset: 3n, metadata: 'v1' },
      to: 1n,
    });
    await eventually('they are done again', async () => (await results()).length >= 8);
    await send('d');
    await whenAllDone(10);
    expect(await results()).toEqual(
      [
        ...['0-a', '0-b', '0-c', '0-d', '1-a', '1-b', '1-c', '1-d'].map((name) => line(name)),
        ...['0-b', '0-c'].map((name) => line(name, by)),
      ].toSorted(),
    );
    expect(fatal).toEqual([]);
  });

  it('twice in a row under load, while a member comes and goes: each reset has its runs, nothing twice, nothing lost', async () => {
    workMs = 20;
    const texts = named(60);
    await send(...texts);
    await join();
    const reached = async (): Promise<bigint> =>
      (await admin.committedPositions(group, [input.name])).find(({ partition }) => partition === 0)
        ?.offset ?? 0n;
    await eventually('some are done', async () => (await reached()) >= 10n, 30_000);
    const [first, second] = [newReset(), newReset()];
    const one = await reset(0, back(0n), first);
    const visitor = await join();
    const two = await reset(0, back(0n), second);
    await leave(visitor);
    await whenAllDone(120);
    if (one.kind !== 'moved') throw new Error('the first reset moved nothing');
    const found = await results();
    const count = (name: string): number => found.filter((entry) => entry.startsWith(`${name} `)).length;
    expect(new Set(found).size).toBe(found.length);
    // Nobody reset the other partition.
    expect(texts.map((text) => count(`1-${text}`))).toEqual(texts.map(() => 1));
    // What the first reset read again and the second did not come to, and everything below the old watermark.
    const below = Number(one.from.offset);
    for (const text of texts.slice(0, below)) {
      expect(found).toContain(line(`0-${text}`));
      expect(found.includes(line(`0-${text}`, second)) || found.includes(line(`0-${text}`, first))).toBe(
        true,
      );
    }
    for (const text of texts.slice(below)) expect(count(`0-${text}`)).toBe(1);
    // A second reset to 0 moves only what was done again since the first.
    if (two.kind === 'moved')
      expect(decodeOffsetMetadata(two.from.offset, two.from.metadata).reset?.auditId).toBe(first.auditId);
    expect(fatal).toEqual([]);
  });

  it('does nothing a second time when it is continued, also after the stage went on', async () => {
    await send('a');
    await join();
    await whenAllDone(2);
    const by = newReset();
    await reset(0, back(0n), by);
    await eventually('it is done again', async () => (await results()).length >= 3);
    await send('b');
    await whenAllDone(5);
    expect(await reset(0, back(0n), by, true)).toEqual({ kind: 'found' });
    expect(await results()).toHaveLength(5);
  });

  it('is undone in the middle: what was done again stays, the rest is not read again', async () => {
    workMs = 1_000;
    await send(...named(4));
    const member = await join();
    await whenAllDone(8);
    await leave(member);
    const [by, undo] = [newReset(), newReset()];
    const moved = await reset(0, back(0n), by);
    if (moved.kind !== 'moved') throw new Error('it moved nothing');
    const undone = await reset(0, { kind: 'undo', of: moved }, undo);
    expect(undone).toMatchObject({ kind: 'moved', to: 4n });
    await join();
    await send('last');
    await whenAllDone(10);
    expect(await results()).toHaveLength(10);
    expect(
      await admin.newestOf(TOPICS.positions.name, Buffer.from(gapKey(group, input.name, 0, 'skipped', 0n))),
    ).toBe(null);
  });

  it('goes forward with the range on record, and back over it when it is undone', async () => {
    await send(...named(3));
    const [by, undo] = [newReset(), newReset()];
    const moved = await reset(0, { kind: 'move', to: 2n, direction: 'forward' }, by);
    if (moved.kind !== 'moved') throw new Error('it moved nothing');
    const gap = await admin.newestOf(
      TOPICS.positions.name,
      Buffer.from(gapKey(group, input.name, 0, 'skipped', 0n)),
    );
    expect(await codec.decode(TOPICS.positions, gap?.value ?? new Uint8Array())).toMatchObject({
      lostFrom: 0,
      lostTo: 2,
      auditId: by.auditId,
      offset: 2,
    });
    await join();
    await whenAllDone(4);
    expect(await reset(0, { kind: 'undo', of: moved }, undo)).toMatchObject({ kind: 'moved', to: 0n });
    await whenAllDone(6);
    expect((await results()).filter((entry) => entry.startsWith('0'))).toEqual(
      [line('0-0', undo), line('0-1', undo), line('0-2')].toSorted(),
    );
  });

  it('refuses what the log does not have, and a way back that has become a way forward', async () => {
    await send('a');
    expect(await reset(0, { kind: 'move', to: 9n, direction: 'forward' }, newReset())).toMatchObject({
      kind: 'refused',
    });
    expect(await reset(0, back(1n), newReset())).toMatchObject({ kind: 'refused' });
    expect(await admin.committedPositions(group, [input.name])).toEqual([]);
  });
});
