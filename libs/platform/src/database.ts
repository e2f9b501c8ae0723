import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { startGuarded } from './guarded-process.js';
import { describeExit, tailOf, waitUntilUp } from './health.js';
import type { PartContext, RunningPart } from './part.js';
import { PlatformError } from './platform-types.js';
import { databaseFolder, databaseUser, findBinaries, type DatabaseUser } from './database-files.js';

const UP_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;
const USER = 'docstream';
const DATABASE = 'docstream';
const DUPLICATE_DATABASE = '42P04';

export const DATABASE_PORTS = 1;

function own(path: string, user: DatabaseUser | undefined, mode: number): void {
  chmodSync(path, mode);
  if (user !== undefined) chownSync(path, user.uid, user.gid);
}

async function initialize(
  context: PartContext,
  binaries: string,
  folder: string,
  password: string,
  user: DatabaseUser | undefined,
): Promise<void> {
  const logFile = join(context.dataDir, 'logs', 'postgres-init.log');
  const passwordFile = join(folder, 'initial-password');
  // An interrupted initialization leaves a folder that initdb refuses.
  rmSync(join(folder, 'data'), { recursive: true, force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  own(passwordFile, user, 0o600);
  const process = await startGuarded({
    name: 'initdb',
    command: join(binaries, 'bin', 'initdb'),
    args: [
      `--pgdata=${join(folder, 'data')}`,
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ],
    cwd: folder,
    env: context.env,
    logFile,
    ...(user === undefined ? {} : { user }),
  });
  context.onStarted(process);
  const exit = await process.exited;
  rmSync(passwordFile, { force: true });
  if (exit.code !== 0)
    throw new PlatformError(
      `PostgreSQL could not make its data folder (${describeExit(exit)}); its log is ${logFile}.`,
      { detail: tailOf(logFile) },
    );
}

async function query(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function createDatabase(url: string): Promise<void> {
  try {
    await query(url, `CREATE DATABASE ${DATABASE}`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError && error.code === DUPLICATE_DATABASE)) throw error;
  }
}

/** Known to this data folder only: on a shared machine others can reach the port. */
function passwordOf(dataDir: string): string {
  const file = join(dataDir, 'postgres-password');
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const password = randomBytes(16).toString('hex');
  writeFileSync(file, password, { mode: 0o600 });
  return password;
}

/** PostgreSQL on loopback; under root it runs as another user, from and on folders which that one can reach. */
export async function startDatabase(context: PartContext): Promise<RunningPart> {
  const [port = 0] = context.ports;
  const logFile = join(context.dataDir, 'logs', 'postgres.log');
  const user = databaseUser();
  const binaries = findBinaries(user);
  const folder = databaseFolder(context.dataDir, user);
  mkdirSync(folder, { recursive: true });
  own(folder, user, 0o700);
  const initialized = join(folder, 'initialized');
  const password = passwordOf(context.dataDir);
  if (!existsSync(initialized)) {
    await initialize(context, binaries, folder, password, user);
    writeFileSync(initialized, '');
  }
  const process = await startGuarded({
    name: 'PostgreSQL',
    command: join(binaries, 'bin', 'postgres'),
    args: [
      ...['-D', join(folder, 'data'), '-p', String(port)],
      ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'max_connections=100'],
    ],
    cwd: folder,
    env: context.env,
    logFile,
    // Fast: it does not wait for clients to go.
    stopSignal: 'SIGINT',
    stopWithinMs: STOP_WITHIN_MS,
    ...(user === undefined ? {} : { user }),
  });
  context.onStarted(process);
  const serverAt = (at: number): string => `postgresql://${USER}:${password}@127.0.0.1:${at}`;
  const server = serverAt(port);
  await waitUntilUp({
    name: 'PostgreSQL',
    probe: () => query(`${server}/postgres`, 'SELECT 1').then(() => true),
    withinMs: UP_WITHIN_MS,
    logFile,
    process,
  });
  await createDatabase(`${server}/postgres`);
  return { process, address: `${serverAt(context.advertisedPort ?? port)}/${DATABASE}` };
}
