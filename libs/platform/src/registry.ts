import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ARTIFACTS, artifactFolder } from './cache.js';
import { startGuarded } from './guarded-process.js';
import { waitUntilUp } from './health.js';
import { javaCommand, type PartContext, type RunningPart } from './part.js';

const UP_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 15_000;

export const REGISTRY_PORTS = 1;

const JVM_OPTIONS = [
  '-Xms128m',
  '-Xmx384m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xshare:auto',
  '-Djava.awt.headless=true',
  '-Djava.util.logging.manager=org.jboss.logmanager.LogManager',
];

async function answers(url: string): Promise<boolean> {
  const response = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(5_000) });
  await response.body?.cancel();
  return response.ok;
}

/** Apicurio on loopback with its schemas in a file (by default they would be in memory and open to everybody). */
export async function startRegistry(context: PartContext): Promise<RunningPart> {
  const [port = 0] = context.ports;
  const folder = join(context.dataDir, 'registry');
  const logFile = join(context.dataDir, 'logs', 'registry.log');
  mkdirSync(folder, { recursive: true });
  const application = artifactFolder(context.cacheDir, 'registry');
  const process = await startGuarded({
    name: 'Schema registry',
    command: javaCommand(context.env),
    args: [
      ...JVM_OPTIONS,
      '-jar',
      join(application, `apicurio-registry-app-${ARTIFACTS.registry.version}-runner.jar`),
    ],
    cwd: folder,
    env: {
      ...context.env,
      QUARKUS_HTTP_HOST: '127.0.0.1',
      QUARKUS_HTTP_PORT: String(port),
      QUARKUS_MANAGEMENT_ENABLED: 'false',
      QUARKUS_LOG_LEVEL: 'WARN',
      QUARKUS_HTTP_ACCESS_LOG_ENABLED: 'false',
      APICURIO_STORAGE_KIND: 'sql',
      APICURIO_STORAGE_SQL_KIND: 'h2',
      APICURIO_DATASOURCE_URL: `jdbc:h2:file:${join(folder, 'schemas')}`,
    },
    logFile,
    stopWithinMs: STOP_WITHIN_MS,
  });
  context.onStarted(process);
  const address = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  await waitUntilUp({
    name: 'The schema registry',
    probe: () => answers(address),
    withinMs: UP_WITHIN_MS,
    logFile,
    process,
  });
  return { process, address: address.replace(`:${port}/`, `:${context.advertisedPort ?? port}/`) };
}
