import { createBlobStore } from '@docstream/adapter-blob-store';
import {
  createKafkaClient,
  KafkaClusterAdmin,
  KafkaRecordProducer,
  KafkaRecordReader,
} from '@docstream/adapter-kafkajs';
import {
  createAuditReader,
  createDatabase,
  createDocumentRepository,
  createEndStateWatcher,
} from '@docstream/adapter-postgres';
import { createSchemaRegistryCodec } from '@docstream/adapter-schema-registry';
import { kafkaSettings, loadConfig, type Environment } from '@docstream/config';
import { systemClock } from '@docstream/core';
import {
  assertSafeBinding,
  configureGateway,
  createGatewayAdapter,
  GatewayModule,
  type GatewayOptions,
} from '@docstream/gateway';
import {
  createLogger,
  createMetrics,
  processHost,
  runWiredService,
  type RunningService,
  type ServiceHost,
  type WiredService,
} from '@docstream/observability';

const CLIENT_ID = 'docstream-gateway';
const CLOSE_DEADLINE_MS = 1_000;
const ADMIN_DEADLINE_MS = 4_000;

/** Wires the gateway to the real parts and runs it until SIGTERM. It needs no table to accept documents and never migrates. */
export async function runGateway(
  env?: Environment,
  host: ServiceHost = processHost(),
): Promise<RunningService | null> {
  return runWiredService({ name: 'gateway', wire: () => describeGateway(env), process: host });
}

function describeGateway(env?: Environment): WiredService {
  const { config, logger, options } = wire(env);
  return {
    module: GatewayModule.register(options),
    adapter: createGatewayAdapter(),
    configure: (app) => configureGateway(app, options),
    host: config.http.host,
    port: config.http.port,
    logger,
    shutdownDeadlineMs: config.work.shutdownDeadlineMs + CLOSE_DEADLINE_MS,
  };
}

function wire(env?: Environment) {
  const config = loadConfig(env, { app: 'gateway' });
  assertSafeBinding(config.http.host, config.gateway.apiKeys.length > 0);
  const addresses = config.requireAddresses('kafka', 'registry', 'database', 'blobs');
  const logger = createLogger({ service: 'gateway', level: config.logging.level });
  const client = createKafkaClient(kafkaSettings(config, CLIENT_ID), logger);
  const producer = new KafkaRecordProducer(client, logger);
  const admin = new KafkaClusterAdmin(client, logger, { deadlineMs: ADMIN_DEADLINE_MS });
  const records = new KafkaRecordReader(client, logger);
  const database = createDatabase(addresses.databaseUrl, { applicationName: CLIENT_ID, logger });
  const endStates = createEndStateWatcher(database, { logger });
  const options: GatewayOptions = {
    settings: {
      apiKeys: config.gateway.apiKeys,
      uploadLimitBytes: config.gateway.uploadLimitBytes,
      auditIntervalMs: config.gateway.auditIntervalMs,
      clusterName: config.kafka.clusterName,
    },
    ports: {
      documents: createDocumentRepository(database),
      endStates,
      blobStore: createBlobStore(addresses.blobStoreUrl),
      codec: createSchemaRegistryCodec({ url: addresses.schemaRegistryUrl }),
      producer,
      lag: admin,
      audit: { rows: createAuditReader(database), kafka: admin, records },
      checkBroker: async () => {
        await admin.describeCluster();
      },
      clock: systemClock,
      logger,
      metrics: createMetrics({ service: 'gateway' }),
      close: async () => {
        await Promise.all([
          producer.close(),
          records.close(CLOSE_DEADLINE_MS),
          admin.close(CLOSE_DEADLINE_MS),
          endStates.close(),
        ]);
        await database.close();
      },
    },
  };
  return { config, logger, options };
}
