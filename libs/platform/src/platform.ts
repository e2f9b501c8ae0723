import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { artifactFolder, modelFolder } from './cache.js';
import { lockDataDir } from './data-lock.js';
import { sharedDatabaseFolder } from './database-files.js';
import { DATABASE_PORTS, startDatabase } from './database.js';
import { startFaultProxy, type FaultProxy } from './fault-proxy.js';
import { describeExit } from './health.js';
import { KAFKA_PORTS, startKafka } from './kafka.js';
import type { PartContext, RunningPart } from './part.js';
import {
  PLATFORM_PARTS,
  PlatformError,
  type Platform,
  type PlatformAddresses,
  type PlatformFile,
  type PlatformOptions,
  type PlatformPart,
  type ProcessPart,
} from './platform-types.js';
import { findPorts } from './ports.js';
import { REGISTRY_PORTS, startRegistry } from './registry.js';
import type { GuardedProcess } from './supervisor-types.js';

type Ports = Readonly<Record<ProcessPart, readonly number[]>>;

const MEBIBYTE = 1_048_576;
const LARGEST_LOG_BYTES = 8 * MEBIBYTE;

/** Variables that would configure the parts behind our back. */
const FOREIGN_SETTINGS = /^(DOCSTREAM_|KAFKA_|QUARKUS_|APICURIO_|REGISTRY_|PG|JDK_JAVA_OPTIONS$|CLASSPATH$)/;

const STARTERS = {
  kafka: { name: 'Kafka', ports: KAFKA_PORTS, start: startKafka },
  registry: { name: 'The schema registry', ports: REGISTRY_PORTS, start: startRegistry },
  database: { name: 'PostgreSQL', ports: DATABASE_PORTS, start: startDatabase },
} as const satisfies Record<
  ProcessPart,
  { name: string; ports: number; start: (context: PartContext) => Promise<RunningPart> }
>;
const PROCESS_PARTS: readonly ProcessPart[] = ['kafka', 'registry', 'database'];

const ENVIRONMENT = {
  kafkaBrokers: 'DOCSTREAM_KAFKA_BROKERS',
  schemaRegistryUrl: 'DOCSTREAM_SCHEMA_REGISTRY_URL',
  databaseUrl: 'DOCSTREAM_DATABASE_URL',
  blobStoreUrl: 'DOCSTREAM_BLOB_STORE_URL',
  modelDir: 'DOCSTREAM_MODEL_DIR',
} as const satisfies Record<keyof PlatformAddresses, string>;

/** Written beside the target and renamed, so that no reader sees half of it; readable by its owner only (password). */
function writeAtomically(path: string, content: unknown): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** What a running platform has written into its data folder; undefined when none runs there. */
export function readPlatformFile(dataDir: string): PlatformFile | undefined {
  return readJson(join(dataDir, 'platform.json')) as PlatformFile | undefined;
}

async function choosePorts(dataDir: string, needed: readonly ProcessPart[]): Promise<Ports> {
  const file = join(dataDir, 'ports.json');
  const ports: Record<ProcessPart, readonly number[]> = {
    kafka: [],
    registry: [],
    database: [],
    ...(readJson(file) as Partial<Ports> | undefined),
  };
  const taken: number[] = [];
  for (const part of needed) {
    ports[part] = await findPorts(STARTERS[part].ports, ports[part], taken);
    taken.push(...ports[part]);
  }
  writeAtomically(file, ports);
  return ports;
}

/** Logs are appended to; one that has grown large begins anew, the old one beside it. */
function rotateLogs(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const part of ['kafka', 'registry', 'postgres']) {
    const log = join(folder, `${part}.log`);
    if (existsSync(log) && statSync(log).size > LARGEST_LOG_BYTES) renameSync(log, `${log}.1`);
  }
}

function requireFetched(part: 'kafka' | 'registry' | 'model', cacheDir: string): void {
  const folder = artifactFolder(cacheDir, part);
  if (!existsSync(folder))
    throw new PlatformError(`${folder} is missing: run \`node tools/fetch-platform.mjs\` once.`);
}

/**
 * Starts what was asked for and is not external, side by side; resolves when all of it answers. Fails with a
 * PlatformError (then nothing is left running): data folder in use, something not fetched, a part that does not start.
 * What it starts ends with this process, however that ends. Signals are the caller's to handle: `stop()`.
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { cacheDir, external = {}, onProgress = () => undefined } = options;
  mkdirSync(options.dataDir, { recursive: true });
  const dataDir = realpathSync(resolve(options.dataDir));
  const wants = (part: PlatformPart): boolean => (options.parts ?? PLATFORM_PARTS).includes(part);
  const outside: Record<ProcessPart, string | undefined> = {
    kafka: external.kafkaBrokers,
    registry: external.schemaRegistryUrl,
    database: external.databaseUrl,
  };
  const needed = PROCESS_PARTS.filter((part) => wants(part) && !outside[part]);
  for (const part of needed) if (part !== 'database') requireFetched(part, cacheDir);
  if (wants('model') && !external.modelDir) requireFetched('model', cacheDir);

  const lock = await lockDataDir(dataDir);
  const started = new Map<ProcessPart, GuardedProcess[]>();
  const proxies: Partial<Record<ProcessPart, FaultProxy>> = {};
  let isStopping = false;
  const endChildren = async (): Promise<void> => {
    isStopping = true;
    await Promise.all([...started.values()].flat().map((child) => child.stop()));
    await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
  };
  const stopAll = async (): Promise<void> => {
    await endChildren();
    rmSync(join(dataDir, 'platform.json'), { force: true });
    lock.release();
  };

  let ports: Ports | undefined;
  const restarting = new Set<ProcessPart>();

  async function startPart(part: ProcessPart): Promise<RunningPart> {
    const partPorts = ports?.[part] ?? [];
    if (options.isProxied === true) proxies[part] ??= await startFaultProxy(partPorts[0] ?? 0);
    const advertisedPort = proxies[part]?.port;
    const { name, start } = STARTERS[part];
    const beganAt = performance.now();
    onProgress(`${name} is starting`);
    const running = await start({
      dataDir,
      cacheDir,
      ports: partPorts,
      ...(advertisedPort === undefined ? {} : { advertisedPort }),
      ...(options.kafkaSettings === undefined ? {} : { kafkaSettings: options.kafkaSettings }),
      env: Object.fromEntries(Object.entries(options.env).filter(([key]) => !FOREIGN_SETTINGS.test(key))),
      onStarted(child) {
        started.set(part, [...(started.get(part) ?? []), child]);
        lock.recordChildren([...started.values()].flat().map(({ pid }) => pid));
        if (isStopping) void child.stop();
      },
    });
    onProgress(`${name} is up (${((performance.now() - beganAt) / 1_000).toFixed(1)} s)`);
    return running;
  }

  const running: Partial<Record<ProcessPart, RunningPart>> = {};
  try {
    rotateLogs(join(dataDir, 'logs'));
    ports = await choosePorts(dataDir, needed);
    const failures: unknown[] = [];
    await Promise.all(
      needed.map(async (part) => {
        try {
          running[part] = await startPart(part);
        } catch (error) {
          failures.push(error);
          await endChildren();
        }
      }),
    );
    if (failures.length > 0) throw failures[0];
  } catch (error) {
    await stopAll();
    throw error;
  }

  const blobs = join(dataDir, 'blobs');
  if (wants('blobs') && !external.blobStoreUrl) mkdirSync(blobs, { recursive: true });
  const addresses: PlatformAddresses = {
    kafkaBrokers: outside.kafka || (running.kafka?.address ?? ''),
    schemaRegistryUrl: (outside.registry || (running.registry?.address ?? '')).replace(/\/$/, ''),
    databaseUrl: outside.database || (running.database?.address ?? ''),
    blobStoreUrl: external.blobStoreUrl || (wants('blobs') ? pathToFileURL(blobs).href : ''),
    modelDir: external.modelDir || (wants('model') ? modelFolder(cacheDir) : ''),
  };
  const pids: Partial<Record<PlatformPart, number>> = {};
  const watch = (part: ProcessPart): void => {
    const child = running[part]?.process;
    if (child === undefined) return;
    pids[part] = child.pid;
    void child.exited.then((exit) => {
      if (isStopping || restarting.has(part)) return;
      options.onPartExit?.(part, `${STARTERS[part].name} ended (${describeExit(exit)}).`);
    });
  };
  for (const part of needed) watch(part);
  const write = (more: Partial<PlatformFile>): void =>
    writeAtomically(join(dataDir, 'platform.json'), { ...addresses, pid: process.pid, pids, ...more });
  write({});

  async function restart(part: ProcessPart): Promise<void> {
    restarting.add(part);
    try {
      await Promise.all((started.get(part) ?? []).map((child) => child.stop()));
      started.delete(part);
      running[part] = await startPart(part);
    } finally {
      restarting.delete(part);
    }
    watch(part);
    write({});
  }

  let stopped: Promise<void> | undefined;
  return {
    ...addresses,
    pids,
    proxies,
    restart,
    env: Object.fromEntries(
      Object.entries(ENVIRONMENT).flatMap(([field, variable]) => {
        const address = addresses[field as keyof PlatformAddresses];
        return address === '' ? [] : [[variable, address]];
      }),
    ),
    publishGateway: (gatewayUrl) => write({ gatewayUrl }),
    stop: () => (stopped ??= stopAll()),
  };
}

/** Deletes the data of a platform that does not run, also what lies outside its folder. */
export function removePlatformData(dataDir: string): void {
  const folder = existsSync(dataDir) ? realpathSync(resolve(dataDir)) : resolve(dataDir);
  for (const path of [sharedDatabaseFolder(folder), folder]) rmSync(path, { recursive: true, force: true });
}
