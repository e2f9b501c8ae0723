import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  KafkaClusterAdmin,
  KafkaRecordProducer,
  KafkaRecordReader,
  KafkaStageBroker,
  createKafkaClient,
} from '@docstream/adapter-kafkajs';
import { createDatabase, type Database } from '@docstream/adapter-postgres';
import { createSchemaRegistryCodec } from '@docstream/adapter-schema-registry';
import type { EventCodec, Logger, RecordReader } from '@docstream/core';
import {
  defaultCacheDir,
  removePlatformData,
  startPlatform,
  type FaultProxy,
  type Platform,
} from '@docstream/platform';
import { readLags, readUse, type Use } from './evidence.js';
import { Ledger } from './ledger.js';
import type { Mutation } from './patches.js';
import { Pipeline } from './pipeline.js';
import { comes } from './waiting.js';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

const MOST_MEMORY_MB = 600;
const MOST_MORE_HANDLES = 60;

export interface ArenaOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly mutation?: Mutation;
  readonly isFull?: boolean;
  readonly onProgress: (sentence: string) => void;
}

const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** The platform behind its proxies, the services on it, and what looks at them. Scenarios follow each other in it. */
export class Arena {
  readonly platform: Platform;
  readonly pipeline: Pipeline;
  readonly broker: KafkaStageBroker;
  readonly admin: KafkaClusterAdmin;
  readonly reader: RecordReader;
  readonly codec: EventCodec;
  readonly database: Database;
  readonly folder: string;
  readonly #producer: KafkaRecordProducer;
  #baseline = new Map<string, Use & { readonly pid: number }>();

  private constructor(folder: string, platform: Platform, options: ArenaOptions) {
    this.folder = folder;
    this.platform = platform;
    const brokers = platform.kafkaBrokers.split(',');
    const client = createKafkaClient({ brokers, clientId: 'chaos' }, silentLogger);
    this.broker = new KafkaStageBroker(client, silentLogger);
    this.admin = new KafkaClusterAdmin(client, silentLogger);
    this.reader = new KafkaRecordReader(client, silentLogger, { silenceMs: 20_000 });
    this.#producer = new KafkaRecordProducer(client, silentLogger);
    this.codec = createSchemaRegistryCodec({ url: platform.schemaRegistryUrl });
    this.database = createDatabase(platform.databaseUrl, { applicationName: 'chaos', maxConnections: 2 });
    this.pipeline = new Pipeline({
      root,
      folder,
      env: { ...options.env, ...platform.env, DOCSTREAM_LOG_LEVEL: 'warn' },
      ...(options.mutation === undefined ? {} : { mutation: options.mutation }),
      isFull: options.isFull ?? false,
      onEvent: options.onProgress,
    });
  }

  static async open(options: ArenaOptions): Promise<Arena> {
    const folder = mkdtempSync(join(tmpdir(), 'docstream-chaos-'));
    let platform: Platform | undefined;
    let arena: Arena | undefined;
    try {
      platform = await startPlatform({
        dataDir: folder,
        cacheDir: defaultCacheDir(options.env),
        env: options.env,
        isProxied: true,
        kafkaSettings: { 'log.retention.check.interval.ms': 1_000, 'log.initial.task.delay.ms': 1_000 },
        onProgress: options.onProgress,
      });
      arena = new Arena(folder, platform, options);
      const { pipeline } = arena;
      for (const command of ['database migrate', 'topics apply']) {
        const apply = () => pipeline.docstream(...command.split(' '));
        // A broker that has just started may not know a topic that it has just created: both can be repeated.
        let { code, err } = await apply();
        if (code !== 0) ({ code, err } = await apply());
        if (code !== 0) throw new Error(`docstream ${command} failed: ${err}`);
      }
      await arena.pipeline.startAll();
      await arena.untilAtRest();
      await arena.takeBaseline();
      return arena;
    } catch (error) {
      await arena?.close();
      if (arena === undefined) {
        await platform?.stop();
        removePlatformData(folder);
      }
      throw error;
    }
  }

  newLedger(): Ledger {
    return new Ledger(this.#producer, this.codec);
  }

  proxyOf(part: 'kafka' | 'registry' | 'database'): FaultProxy {
    const proxy = this.platform.proxies[part];
    if (proxy === undefined) throw new Error(`${part} has no proxy`);
    return proxy;
  }

  get blobFolder(): string {
    return fileURLToPath(this.platform.blobStoreUrl);
  }

  /** Whether every group has read everything within that time. */
  async untilAtRest(withinMs = 60_000): Promise<boolean> {
    let quiet = 0;
    return comes(async () => {
      const lags = await readLags(this).catch(() => null);
      quiet = lags !== null && lags.every(({ computed }) => computed === 0n) ? quiet + 1 : 0;
      return quiet >= 2;
    }, withinMs);
  }

  async takeBaseline(): Promise<void> {
    this.#baseline = await this.#use();
  }

  /** What uses more than it did at rest before, or left files behind. */
  async growth(): Promise<readonly string[]> {
    const grown: string[] = [];
    let hasDied = false;
    for (const [name, { residentMb, handles, pid }] of await this.#use()) {
      const before = this.#baseline.get(name);
      hasDied ||= before?.pid !== pid;
      if (residentMb > MOST_MEMORY_MB) grown.push(`${name} has ${Math.round(residentMb)} MB`);
      if (before !== undefined && handles > before.handles + MOST_MORE_HANDLES)
        grown.push(`${name} has ${handles} open handles, it had ${before.handles}`);
    }
    const parts = readdirSync(this.blobFolder, { recursive: true }).filter((file) =>
      String(file).endsWith('.part'),
    );
    // Who is killed while it writes a blob leaves the unfinished file behind.
    if (parts.length > 0 && !hasDied) grown.push(`${parts.length} temporary files are left`);
    return grown;
  }

  async close(): Promise<void> {
    for (const proxy of Object.values(this.platform.proxies)) proxy.set({ kind: 'none' });
    await this.pipeline.stopAll();
    await Promise.allSettled([
      this.#producer.close(),
      this.reader.close(2_000),
      this.broker.close(2_000),
      this.admin.close(2_000),
      this.database.close(),
    ]);
    await this.platform.stop();
    removePlatformData(this.folder);
  }

  async #use(): Promise<Map<string, Use & { readonly pid: number }>> {
    const use = new Map<string, Use & { readonly pid: number }>();
    for (const name of this.pipeline.names()) {
      const pid = this.pipeline.pidOf(name);
      const found = pid === undefined ? null : await readUse(pid);
      if (found !== null && pid !== undefined) use.set(name, { ...found, pid });
    }
    return use;
  }
}
