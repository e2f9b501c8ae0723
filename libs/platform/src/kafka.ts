import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifactFolder } from './cache.js';
import { startGuarded } from './guarded-process.js';
import { describeExit, tailOf, waitUntilUp } from './health.js';
import { kafkaAnswers } from './kafka-probe.js';
import { javaCommand, type PartContext, type RunningPart } from './part.js';
import { PlatformError } from './platform-types.js';

const UP_WITHIN_MS = 90_000;
const STOP_WITHIN_MS = 20_000;
const YEAR_MINUTES = 365 * 24 * 60;
const MEBIBYTE = 1_048_576;
/** The broker's own limit lies above that of every topic: dead letters take 12 MiB and the batch's header. */
const LARGEST_BATCH_BYTES = 13 * MEBIBYTE;

/** Broker, controller, and one for the broker alone, which clients' broken networks must not hit. */
export const KAFKA_PORTS = 3;

const JVM_OPTIONS = [
  '-Xms256m',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  '-Djava.awt.headless=true',
];

function serverProperties(folder: string, { ports, advertisedPort, kafkaSettings }: PartContext): string {
  const [brokerPort = 0, controllerPort = 0, ownPort = 0] = ports;
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    listeners: `CLIENTS://127.0.0.1:${brokerPort},BROKER://127.0.0.1:${ownPort},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `CLIENTS://127.0.0.1:${advertisedPort ?? brokerPort},BROKER://127.0.0.1:${ownPort}`,
    'listener.security.protocol.map': 'CLIENTS:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'BROKER',
    'controller.listener.names': 'CONTROLLER',
    // Voters by configuration, not in the metadata log: so the port may be another one at the next start.
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'log.dirs': join(folder, 'log'),
    'auto.create.topics.enable': false,
    'default.replication.factor': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 10,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 10,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 2_000,
    'group.initial.rebalance.delay.ms': 0,
    'offsets.retention.minutes': YEAR_MINUTES,
    'log.retention.minutes': YEAR_MINUTES,
    'message.max.bytes': LARGEST_BATCH_BYTES,
    'replica.fetch.max.bytes': LARGEST_BATCH_BYTES,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 16 * MEBIBYTE,
    ...kafkaSettings,
  };
  return `${Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}

const LOG_PROPERTIES = `status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %c{1}: %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = info
`;

/** Once per data folder: gives the broker's folder its cluster id. */
async function format(context: PartContext, folder: string, java: readonly string[]): Promise<void> {
  const logFile = join(context.dataDir, 'logs', 'kafka-format.log');
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A');
  const process = await startGuarded({
    name: 'Kafka format',
    command: javaCommand(context.env),
    args: [
      ...java,
      'kafka.tools.StorageTool',
      'format',
      '--ignore-formatted',
      '--cluster-id',
      clusterId,
      '--config',
      join(folder, 'server.properties'),
    ],
    cwd: folder,
    env: context.env,
    logFile,
  });
  context.onStarted(process);
  const exit = await process.exited;
  if (exit.code !== 0)
    throw new PlatformError(
      `Kafka could not format ${folder} (${describeExit(exit)}); its log is ${logFile}.`,
      {
        detail: tailOf(logFile),
      },
    );
}

/** A KRaft broker of one node on loopback, data in `<dataDir>/kafka`. */
export async function startKafka(context: PartContext): Promise<RunningPart> {
  const [brokerPort = 0] = context.ports;
  const folder = join(context.dataDir, 'kafka');
  const logFile = join(context.dataDir, 'logs', 'kafka.log');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'server.properties'), serverProperties(folder, context));
  writeFileSync(join(folder, 'log4j2.properties'), LOG_PROPERTIES);
  const java = [
    ...JVM_OPTIONS,
    `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`,
    '-cp',
    join(artifactFolder(context.cacheDir, 'kafka'), '*'),
  ];
  const formatted = join(folder, 'formatted');
  if (!existsSync(formatted)) {
    await format(context, folder, java);
    writeFileSync(formatted, '');
  }
  const process = await startGuarded({
    name: 'Kafka',
    command: javaCommand(context.env),
    args: [...java, 'kafka.Kafka', join(folder, 'server.properties')],
    cwd: folder,
    env: context.env,
    logFile,
    stopWithinMs: STOP_WITHIN_MS,
  });
  context.onStarted(process);
  await waitUntilUp({
    name: 'Kafka',
    probe: () => kafkaAnswers(brokerPort),
    withinMs: UP_WITHIN_MS,
    logFile,
    process,
  });
  return { process, address: `127.0.0.1:${context.advertisedPort ?? brokerPort}` };
}
