import { KafkaRecordProducer, KafkaStageBroker, createKafkaClient } from '@docstream/adapter-kafkajs';
import { checkSchemaVersion, createDatabase, createSinkDatabase } from '@docstream/adapter-postgres';
import { createSchemaRegistryCodec } from '@docstream/adapter-schema-registry';
import { kafkaSettings, loadConfig } from '@docstream/config';
import { systemClock } from '@docstream/core';
import {
  HealthBoard,
  HealthModule,
  createFatalReporter,
  createLogger,
  createMetrics,
  reportProgress,
  runWiredService,
  type WiredService,
} from '@docstream/observability';
import { DEFAULT_SINK_SETTINGS, SinkRuntime, SinkTransport } from '@docstream/sink-runtime';
import { ProgressWatch } from '@docstream/stage-runtime';
import {
  createStoreMetrics,
  createStoreSink,
  observeProgress,
  reportStoreReadiness,
  sampleStore,
} from '@docstream/store';

const CLOSE_DEADLINE_MS = 1_000;
/** Of the shutdown deadline, for the transactions under way; the rest is for closing. */
const DRAIN_SHARE = 0.9;
/** Beside the transactions: take-overs, health checks, the look for resets. */
const SPARE_CONNECTIONS = 4;

/** Wires the store to the real parts and runs it until SIGTERM. It checks the tables' version and never migrates. */
export async function runStore(): Promise<void> {
  await runWiredService({ name: 'store', wire: describeStore });
}

function describeStore(): WiredService {
  const fatal = createFatalReporter();
  const wired = wire(fatal.report);
  return {
    module: HealthModule.register({ live: wired.live, ready: wired.ready, metrics: wired.metrics }),
    strategy: new SinkTransport(wired.runnable, wired.config.work.shutdownDeadlineMs * DRAIN_SHARE),
    host: wired.config.http.host,
    port: wired.config.http.port,
    logger: wired.logger,
    shutdownDeadlineMs: wired.config.work.shutdownDeadlineMs,
    fatal,
  };
}

function wire(onFatal: (error: unknown) => void) {
  const config = loadConfig();
  const { schemaRegistryUrl, databaseUrl } = config.requireAddresses('kafka', 'registry', 'database');
  const logger = createLogger({ service: 'store', level: config.logging.level });
  const metrics = createMetrics({ service: 'store' });
  const client = createKafkaClient(kafkaSettings(config, 'docstream-store'), logger);
  const broker = new KafkaStageBroker(client, logger);
  const producer = new KafkaRecordProducer(client, logger);
  const codec = createSchemaRegistryCodec({ url: schemaRegistryUrl });
  const database = createDatabase(databaseUrl, {
    applicationName: 'docstream-store',
    maxConnections: DEFAULT_SINK_SETTINGS.concurrency + SPARE_CONNECTIONS,
    logger,
  });
  const checks = { kafka: () => broker.checkHealth(), 'schema-registry': () => codec.checkHealth() };
  const sinkDatabase = createSinkDatabase(database);
  const watch = new ProgressWatch({
    clock: systemClock,
    logger,
    checks: { ...checks, database: () => sinkDatabase.checkHealth() },
  });
  const runtime = new SinkRuntime({
    sink: createStoreSink({ codec }),
    broker,
    database: sinkDatabase,
    producer,
    checks,
    prepare: () => checkSchemaVersion(database),
    logger,
    onFatal,
    observer: observeProgress(createStoreMetrics(metrics), () => watch.progressed()),
  });
  const boards = { live: new HealthBoard(systemClock), ready: new HealthBoard(systemClock) };
  const stopped = new AbortController();
  return {
    config,
    logger,
    metrics,
    live: () => reportProgress(boards.live, watch.trouble),
    ready: () => reportStoreReadiness(boards.ready, runtime.state()),
    runnable: {
      start: () => {
        void watch.run(() => sampleStore(runtime.state()), stopped.signal);
        return runtime.start();
      },
      stop: async (deadlineMs: number) => {
        stopped.abort();
        await runtime.stop(deadlineMs);
        await Promise.all([producer.close(), broker.close(CLOSE_DEADLINE_MS), database.close()]);
      },
    },
  };
}
