import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultCacheDir } from '@docstream/config';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { Kafka, logLevel } from 'kafkajs';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { PlatformError, type Platform, type PlatformPart } from './platform-types.js';
import { readPlatformFile, removePlatformData, startPlatform } from './platform.js';
import { livingInGroups } from './process-groups.js';

const parts: readonly PlatformPart[] = ['kafka', 'registry', 'database', 'blobs'];
const SCHEMA = JSON.stringify({
  type: 'record',
  name: 'Note',
  namespace: 'io.docstream.test',
  fields: [{ name: 'text', type: 'string' }],
});
const TOPIC = 'notes';

let dataDir: string;
let platform: Platform | undefined;

const start = (more: Partial<Parameters<typeof startPlatform>[0]> = {}): Promise<Platform> =>
  startPlatform({ dataDir, cacheDir: defaultCacheDir(process.env), env: process.env, parts, ...more });

const clientOf = ({ kafkaBrokers }: Platform): Kafka =>
  new Kafka({ clientId: 'platform-spec', brokers: kafkaBrokers.split(','), logLevel: logLevel.NOTHING });

async function produce(to: Platform, value: Buffer): Promise<void> {
  const admin = clientOf(to).admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic: TOPIC, numPartitions: 1 }] });
  await admin.disconnect();
  const producer = clientOf(to).producer();
  await producer.connect();
  await producer.send({ topic: TOPIC, messages: [{ value }] });
  await producer.disconnect();
}

async function consumeFirst(from: Platform): Promise<Buffer | null> {
  const consumer = clientOf(from).consumer({ groupId: 'platform-spec' });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  try {
    return await new Promise((resolve, reject) => {
      consumer.run({ eachMessage: ({ message }) => Promise.resolve(resolve(message.value)) }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
}

async function queryDatabase(of: Platform, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: of.databaseUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function occupy(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

async function untilGone(pids: readonly number[]): Promise<number[]> {
  for (let attempt = 0; attempt < 300 && livingInGroups(pids).length > 0; attempt += 1) await delay(100);
  return livingInGroups(pids);
}

beforeAll(() => {
  dataDir = realpathSync(mkdtempSync(join(tmpdir(), 'docstream-platform-')));
});

afterEach(async () => {
  await platform?.stop();
  platform = undefined;
});

afterAll(() => removePlatformData(dataDir));

describe('Platform', () => {
  it("finds yesterday's records, schemas and rows at the second start, on other ports too", async () => {
    const first = (platform = await start());
    const writer = new SchemaRegistry({ host: first.schemaRegistryUrl });
    const { id } = await writer.register(
      { type: SchemaType.AVRO, schema: SCHEMA },
      { subject: `${TOPIC}-value` },
    );
    await produce(first, await writer.encode(id, { text: 'yesterday' }));
    await queryDatabase(first, 'CREATE TABLE notes AS SELECT 42 AS answer');
    await first.stop();
    expect(existsSync(join(dataDir, 'platform.json'))).toBe(false);

    const oldPorts = [first.kafkaBrokers, first.schemaRegistryUrl, first.databaseUrl].map((address) =>
      Number(/127\.0\.0\.1:(\d+)/.exec(address)?.[1]),
    );
    const strangers = await Promise.all(oldPorts.map(occupy));
    try {
      const second = (platform = await start());
      expect(second.kafkaBrokers).not.toBe(first.kafkaBrokers);
      const value = await consumeFirst(second);
      const reader = new SchemaRegistry({ host: second.schemaRegistryUrl });
      expect(await reader.decode(value ?? Buffer.alloc(0))).toEqual({ text: 'yesterday' });
      expect(await queryDatabase(second, 'SELECT answer FROM notes')).toEqual([{ answer: 42 }]);
    } finally {
      for (const stranger of strangers) stranger.close();
    }
  });

  it('starts nothing that is external', async () => {
    platform = await start({
      external: {
        kafkaBrokers: 'kafka:9092',
        schemaRegistryUrl: 'http://registry/',
        databaseUrl: 'postgresql://db/x',
      },
    });
    expect(platform.pids).toEqual({});
    expect(platform.env).toEqual({
      DOCSTREAM_KAFKA_BROKERS: 'kafka:9092',
      DOCSTREAM_SCHEMA_REGISTRY_URL: 'http://registry',
      DOCSTREAM_DATABASE_URL: 'postgresql://db/x',
      DOCSTREAM_BLOB_STORE_URL: platform.blobStoreUrl,
    });
  });

  it('names what is not fetched', async () => {
    await expect(start({ cacheDir: join(dataDir, 'empty') })).rejects.toBeInstanceOf(PlatformError);
  });

  it('publishes its addresses for its owner only, and refuses a second start on its folder', async () => {
    platform = await start();
    platform.publishGateway('http://127.0.0.1:1');
    const { kafkaBrokers, schemaRegistryUrl, databaseUrl, blobStoreUrl, pids } = platform;
    expect(readPlatformFile(dataDir)).toEqual({
      kafkaBrokers,
      schemaRegistryUrl,
      databaseUrl,
      blobStoreUrl,
      modelDir: '',
      pids,
      pid: process.pid,
      gatewayUrl: 'http://127.0.0.1:1',
    });
    expect(statSync(join(dataDir, 'platform.json')).mode & 0o077).toBe(0);
    expect(blobStoreUrl).toBe(pathToFileURL(join(dataDir, 'blobs')).href);
    await expect(start()).rejects.toThrow(
      `Docstream already runs on ${dataDir} (process ${process.pid}): stop it first, or use another data folder.`,
    );
  });

  it('leaves no process when the one that started it is killed, and starts again on the same folder', async () => {
    const code = `
      import { startPlatform } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, '../dist/index.js')).href)};
      await startPlatform(${JSON.stringify({ dataDir, cacheDir: defaultCacheDir(process.env), env: process.env, parts })});
      console.log('up');
      setInterval(() => undefined, 1_000);
    `;
    const starter = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      starter.stdout.once('data', () => resolve());
      starter.once('exit', (exit) => reject(new Error(`ended with ${exit}`)));
    });
    const pids = Object.values(readPlatformFile(dataDir)?.pids ?? {});
    expect(livingInGroups(pids).length).toBeGreaterThanOrEqual(pids.length);
    expect(pids).toHaveLength(3);
    await new Promise<void>((resolve) => {
      starter.once('exit', () => resolve());
      starter.kill('SIGKILL');
    });
    platform = await start();
    expect(await untilGone(pids)).toEqual([]);
    expect(Object.keys(platform.pids)).toEqual(['kafka', 'registry', 'database']);
  });
});
