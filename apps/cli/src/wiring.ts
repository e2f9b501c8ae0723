import { createBlobInventory, createBlobStore } from '@docstream/adapter-blob-store';
import {
  createKafkaClient,
  KafkaClusterAdmin,
  KafkaRecordProducer,
  KafkaRecordReader,
  KafkaTopicFollower,
} from '@docstream/adapter-kafkajs';
import {
  createAuditReader,
  createDatabase,
  createDocumentRepository,
  createEndStateWatcher,
  createRedriveLog,
  createResetLog,
  migrateDatabase,
  readSchemaVersion,
  requiredSchemaVersion,
} from '@docstream/adapter-postgres';
import { createSchemaRegistryCodec, createSubjectRegistry } from '@docstream/adapter-schema-registry';
import { missingModelFiles } from '@docstream/adapter-transformers';
import type { CliPorts, DatabaseAdmin } from '@docstream/cli';
import { TOPICS } from '@docstream/contracts';
import { kafkaSettings, maskUrl, type AddressPart, type Config } from '@docstream/config';
import { systemClock, type Logger } from '@docstream/core';
import { inspect } from 'node:util';
import { createLocalExtractor } from './local-extractor.js';
import { openClassification } from './local-classification.js';
import { createLocalParser } from './local-parser.js';

const CLIENT_ID = 'docstream-cli';
const REQUEST_DEADLINE_MS = 5_000;
const CLOSE_DEADLINE_MS = 2_000;

/** Adapters behind the CLI's ports, each made when a command first asks for it. */
export function wirePorts(config: Config): CliPorts {
  const closers: (() => Promise<void>)[] = [];
  const logger = config.logging.level === 'debug' ? debugLogger : quietLogger;

  const kafka = once(() => createKafkaClient(kafkaSettings(config, CLIENT_ID), logger));
  const clusterAdmin = once(() => {
    const admin = new KafkaClusterAdmin(kafka(), logger, { deadlineMs: REQUEST_DEADLINE_MS });
    closers.push(() => admin.close(CLOSE_DEADLINE_MS));
    return admin;
  });
  const producer = once(() => {
    const opened = new KafkaRecordProducer(kafka(), logger);
    closers.push(() => opened.close());
    return opened;
  });
  const controlFollower = once(() => {
    const follower = new KafkaTopicFollower(kafka(), TOPICS.control.name, 'cli', logger);
    closers.push(() => follower.close(CLOSE_DEADLINE_MS));
    return follower;
  });
  const recordReader = once(() => {
    const opened = new KafkaRecordReader(kafka(), logger);
    closers.push(() => opened.close(CLOSE_DEADLINE_MS));
    return opened;
  });
  const registryUrl = once(() => config.requireAddresses('registry').schemaRegistryUrl);
  const pool = once(() => {
    const database = createDatabase(config.requireAddresses('database').databaseUrl, {
      applicationName: CLIENT_ID,
      maxConnections: 4,
      connectTimeoutMs: REQUEST_DEADLINE_MS,
      logger,
    });
    closers.push(() => database.close());
    return database;
  });
  const endStates = once(() => {
    const watcher = createEndStateWatcher(pool(), { logger });
    closers.push(() => watcher.close());
    return watcher;
  });
  const localParser = once(() => {
    const opened = createLocalParser(config);
    closers.push(() => opened.close());
    return opened;
  });
  const localExtractor = once(() => {
    const opened = createLocalExtractor(config);
    closers.push(() => opened.close());
    return opened;
  });
  const classification = once(() => {
    const opened = openClassification(config, { ...logger, info: writeLine, warn: writeLine });
    closers.push(() => opened.close());
    return opened;
  });
  const databaseAdmin: DatabaseAdmin = {
    migrate: () => migrateDatabase(config.requireAddresses('database').databaseUrl, logger),
    describe: async () => {
      const { rows } = await pool().query('SHOW server_version');
      return {
        server: String(rows[0]?.['server_version']),
        schemaVersion: await readSchemaVersion(pool()),
        requiredSchemaVersion,
      };
    },
  };

  return {
    addresses: {
      kafka: config.findAddress('kafka')?.join(',') ?? null,
      registry: shownUrl(config, 'registry'),
      database: shownUrl(config, 'database'),
      blobs: shownUrl(config, 'blobs'),
      model: config.findAddress('model') ?? null,
    },
    uploadLimitBytes: config.gateway.uploadLimitBytes,
    clusterAdmin,
    producer,
    controlFollower,
    recordReader,
    auditReader: once(() => createAuditReader(pool())),
    endStates,
    subjects: once(() => createSubjectRegistry({ url: registryUrl(), deadlineMs: REQUEST_DEADLINE_MS })),
    codec: once(() => createSchemaRegistryCodec({ url: registryUrl() })),
    blobStore: once(() =>
      createBlobStore(config.requireAddresses('blobs').blobStoreUrl, { timeoutMs: REQUEST_DEADLINE_MS }),
    ),
    blobInventory: once(() =>
      createBlobInventory(config.requireAddresses('blobs').blobStoreUrl, { timeoutMs: REQUEST_DEADLINE_MS }),
    ),
    documents: once(() => createDocumentRepository(pool())),
    redriveLog: once(() => createRedriveLog(pool())),
    resetLog: once(() => createResetLog(pool())),
    database: () => databaseAdmin,
    localParser,
    localExtractor,
    headTrainer: () => classification().trainer,
    documentExplainer: () => classification().explainer,
    findMissingModelFiles: async () => missingModelFiles(config.requireAddresses('model').modelDir),
    close: () => closeAll(closers),
  };
}

function writeLine(message: string, facts?: Readonly<Record<string, unknown>>): void {
  process.stderr.write(
    `${message} ${facts === undefined ? '' : inspect(facts, { breakLength: Infinity })}\n`,
  );
}

/** People read the CLI, not JSON lines; what matters to them the commands say themselves. */
const debugLogger: Logger = { debug: writeLine, info: writeLine, warn: writeLine, error: writeLine };
const silent = (): void => undefined;
const quietLogger: Logger = { debug: silent, info: silent, warn: silent, error: silent };

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function shownUrl(config: Config, part: Exclude<AddressPart, 'kafka' | 'model'>): string | null {
  const url = config.findAddress(part);
  return url === undefined ? null : maskUrl(url);
}

/** Last opened first; a peer that is gone holds nobody longer than its deadline. */
async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  const closed = new AbortController();
  const all = Promise.allSettled([...closers].reverse().map((close) => close()));
  await Promise.race([all, systemClock.sleep(CLOSE_DEADLINE_MS, closed.signal)]);
  closed.abort();
}
