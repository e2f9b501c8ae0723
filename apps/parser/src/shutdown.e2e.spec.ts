import {
  KafkaClusterAdmin,
  KafkaRecordProducer,
  KafkaTopicFollower,
  createKafkaClient,
} from '@docstream/adapter-kafkajs';
import { HEADERS, TOPICS, groupOf, readHeader } from '@docstream/contracts';
import type { ConsumedRecord } from '@docstream/core';
import { defaultCacheDir, removePlatformData, startPlatform, type Platform } from '@docstream/platform';
import { buildPdf, eventually, silentLogger } from '@docstream/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

jest.setTimeout(180_000);

const root = fileURLToPath(new URL('../../..', import.meta.url));
const run = promisify(execFile);
let platform: Platform;
let admin: KafkaClusterAdmin;
let producer: KafkaRecordProducer;
let env: Record<string, string | undefined>;
let sent = 0;
const dataDir = mkdtempSync(join(tmpdir(), 'docstream-shutdown-'));
const services = new Set<Service>();
const stopBroker = (): void => void process.kill(platform.pids.kafka ?? 0, 'SIGSTOP');
const wakeBroker = (): void => void process.kill(platform.pids.kafka ?? 0, 'SIGCONT');

/** The parser as people run it. */
class Service {
  readonly exited: Promise<readonly [number | null, string | null]>;
  readonly #child: ChildProcess;
  #url = '';
  #stderr = '';

  constructor(shutdownDeadlineMs: number) {
    this.#child = spawn(process.execPath, [join(root, 'apps/parser/dist/main.js')], {
      env: { ...env, DOCSTREAM_SHUTDOWN_DEADLINE_MS: String(shutdownDeadlineMs) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#url = /"event":"listening","url":"([^"]+)"/.exec(this.#stderr)?.[1] ?? this.#url;
    });
    this.exited = once(this.#child, 'exit') as Promise<[number | null, string | null]>;
    services.add(this);
  }

  async untilReady(): Promise<this> {
    await eventually(
      'the parser is ready',
      async () => (await this.ask('/health/ready')).status === 200,
      60_000,
    );
    return this;
  }

  async ask(path: string): Promise<{ readonly status: number; readonly text: string }> {
    if (this.#url === '') return { status: 0, text: '' };
    const answer = await fetch(`${this.#url}${path}`);
    return { status: answer.status, text: await answer.text() };
  }

  signal(signal: NodeJS.Signals): boolean {
    return this.#child.kill(signal);
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}

async function cli(...args: readonly string[]): Promise<void> {
  await run(process.execPath, [join(root, 'apps/cli/dist/main.js'), ...args], { env });
}

async function send(count: number): Promise<void> {
  const salt = randomUUID();
  const records = Array.from({ length: count }, (_, index) => {
    const lines = Array.from({ length: 40 }, (_line, line) => `${salt} ${index} line ${line}`);
    const texts = lines.map((text, line) => ({ x: 72, y: 760 - 14 * line, size: 10, text }));
    return { topic: TOPICS.ingest.name, key: null, value: buildPdf([{ texts }]), headers: [] };
  });
  await producer.produce(records);
  sent += count;
}

async function endOf(topic: string): Promise<bigint> {
  const ranges = await admin.logRanges(topic);
  return ranges.reduce((sum, { range }) => sum + range.end, 0n);
}

async function readAll(topic: string): Promise<readonly ConsumedRecord[]> {
  const records: ConsumedRecord[] = [];
  const client = createKafkaClient({ brokers: [platform.kafkaBrokers], clientId: 'e2e' }, silentLogger);
  const follower = new KafkaTopicFollower(client, topic, 'spec', silentLogger);
  await follower.start((record) => void records.push(record), new AbortController().signal);
  await follower.close(5_000);
  return records;
}

/** Every record that was sent has one event, and nothing is left; a successor does what is missing. */
async function expectAllOnce(): Promise<void> {
  await new Service(20_000).untilReady();
  await eventually(
    'all is read and committed',
    async () => {
      const topic = TOPICS.ingest.name;
      const committed = await admin.committedPositions(groupOf('parser'), [topic]);
      const ranges = await admin.logRanges(topic);
      return ranges.every(
        ({ partition, range }) => committed.find((one) => one.partition === partition)?.offset === range.end,
      );
    },
    90_000,
  );
  const sources = (await readAll(TOPICS.parsed.name)).map(({ headers }) =>
    readHeader(headers, HEADERS.source),
  );
  expect(sources).toHaveLength(sent);
  expect(new Set(sources).size).toBe(sent);
}

/** A parser that has begun with a backlog and is not through with it. */
async function underLoad(shutdownDeadlineMs: number): Promise<Service> {
  const service = await new Service(shutdownDeadlineMs).untilReady();
  const before = await endOf(TOPICS.parsed.name);
  await send(300);
  await eventually('it has begun', async () => (await endOf(TOPICS.parsed.name)) > before);
  return service;
}

beforeAll(async () => {
  platform = await startPlatform({
    dataDir,
    cacheDir: defaultCacheDir(process.env),
    parts: ['kafka', 'registry', 'blobs'],
    external: { schemaRegistryUrl: process.env['DOCSTREAM_SCHEMA_REGISTRY_URL'] },
    env: process.env,
  });
  env = { ...process.env, ...platform.env, DOCSTREAM_LOG_LEVEL: 'warn' };
  const client = createKafkaClient({ brokers: [platform.kafkaBrokers], clientId: 'e2e' }, silentLogger);
  admin = new KafkaClusterAdmin(client, silentLogger);
  producer = new KafkaRecordProducer(client, silentLogger);
  await cli('topics', 'apply');
});

afterEach(async () => {
  for (const service of services) service.signal('SIGKILL');
  await Promise.all([...services].map(({ exited }) => exited));
  services.clear();
});

afterAll(async () => {
  await Promise.all([producer.close(), admin.close(2_000)]);
  await platform.stop();
  removePlatformData(dataDir);
});

describe('SIGTERM', () => {
  it('ends a parser under load with 0; what it had finished is committed, the rest is left to its successor', async () => {
    const service = await underLoad(15_000);
    service.signal('SIGTERM');
    expect(await service.exited).toEqual([0, null]);
    await expectAllOnce();
  });

  it('ends it with 0 while the broker is frozen, and nothing unfinished is committed', async () => {
    const service = await underLoad(6_000);
    stopBroker();
    try {
      service.signal('SIGTERM');
      await eventually('it has ended', () => service.hasExited, 9_000);
      expect(await service.exited).toEqual([0, null]);
    } finally {
      wakeBroker();
    }
    await expectAllOnce();
  });

  it('ends it at once with 1 when it comes twice', async () => {
    const service = await underLoad(120_000);
    stopBroker();
    try {
      await eventually('it has ended', () => {
        service.signal('SIGTERM');
        return service.hasExited;
      });
      expect(await service.exited).toEqual([1, null]);
    } finally {
      wakeBroker();
    }
    await expectAllOnce();
  });
});

describe('docstream pause', () => {
  it('holds the parser in its group with its backlog, alive and telling why, until it is resumed', async () => {
    await cli('pause', '--stage', 'parser', '--reason', 'spec');
    const service = await new Service(15_000).untilReady();
    const before = await endOf(TOPICS.parsed.name);
    await send(20);
    await eventually('it tells why it waits', async () =>
      (await service.ask('/health/ready')).text.includes('docstream resume'),
    );
    expect((await service.ask('/health/live')).status).toBe(200);
    expect((await service.ask('/metrics')).text).toMatch(/docstream_stage_paused\{.*\} 1/);
    expect(await endOf(TOPICS.parsed.name)).toBe(before);
    await cli('resume', '--stage', 'parser');
    await expectAllOnce();
    expect((await service.ask('/metrics')).text).toMatch(/docstream_stage_paused\{.*\} 0/);
  });
});

describe('SIGTERM without a broker', () => {
  it('ends a parser under load with 0 within its deadline when the broker was killed', async () => {
    const service = await underLoad(6_000);
    process.kill(platform.pids.kafka ?? 0, 'SIGKILL');
    service.signal('SIGTERM');
    await eventually('it has ended', () => service.hasExited, 9_000);
    expect(await service.exited).toEqual([0, null]);
  });
});
