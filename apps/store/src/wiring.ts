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
  runWiredService,
  type WiredService,
} from '@docstream/observability';
import { DEFAULT_SINK_SETTINGS, SinkRuntime, SinkTransport } from '@docstream/sink-runtime';
import {
  createStoreMetrics,
  createStoreSink,
  reportStoreLiveness,
  reportStoreReadiness,
} from '@docstream/store';

const CLOSE_DEADLINE_MS = 1_000;
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
    strategy: new SinkTransport(wired.runnable, wired.config.work.shutdownDeadlineMs),
    host: wired.config.http.host,
    port: wired.config.http.port,
    logger: wired.logger,
    shutdownDeadlineMs: wired.config.work.shutdownDeadlineMs + 2 * CLOSE_DEADLINE_MS,
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
  const runtime = new SinkRuntime({
    sink: createStoreSink({ codec }),
    broker,
    database: createSinkDatabase(database),
    producer,
    checks: { kafka: () => broker.checkHealth(), 'schema-registry': () => codec.checkHealth() },
    prepare: () => checkSchemaVersion(database),
    logger,
    onFatal,
    observer: createStoreMetrics(metrics),
  });
  const boards = { live: new HealthBoard(systemClock), ready: new HealthBoard(systemClock) };
  return {
    config,
    logger,
    metrics,
    live: () => reportStoreLiveness(boards.live, runtime.state()),
    ready: () => reportStoreReadiness(boards.ready, runtime.state()),
    runnable: {
      start: () => runtime.start(),
      stop: async (deadlineMs: number) => {
        await runtime.stop(deadlineMs);
        await Promise.all([producer.close(), broker.close(CLOSE_DEADLINE_MS), database.close()]);
      },
    },
  };
}
