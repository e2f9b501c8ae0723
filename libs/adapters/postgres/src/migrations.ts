import { DependencyError, FatalError, type Logger } from '@docstream/core';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { fileURLToPath } from 'node:url';
import { createDatabase, type Database } from './database.js';
import { DATABASE, toDatabaseError } from './errors.js';

/** Number of the newest migration that this version's statements need. */
export const requiredSchemaVersion = 2;

const MIGRATIONS_TABLE = 'migrations';
const SCHEMA = 'docstream';

/** Applies what is missing, in one transaction; several at once wait for each other. Returns the names applied. */
export async function migrateDatabase(url: string, logger?: Logger): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', (error) =>
    logger?.debug('the connection to PostgreSQL ended', { error: error.message }),
  );
  try {
    await client.connect();
    const applied = await runner({
      dbClient: client,
      dir: fileURLToPath(new URL('migrations', import.meta.url)),
      direction: 'up',
      migrationsTable: MIGRATIONS_TABLE,
      migrationsSchema: SCHEMA,
      createMigrationsSchema: true,
      singleTransaction: true,
      advisoryLockMode: 'wait',
      log: (message) => logger?.debug(message),
    });
    return applied.map(({ name }) => name);
  } catch (error) {
    throw toDatabaseError(error, 'migrating the database');
  } finally {
    await client.end();
  }
}

/** Version of the tables that are there; 0 when there are none. */
export async function readSchemaVersion(database: Database): Promise<number> {
  const { rows } = await database.query(
    `SELECT to_regclass('${SCHEMA}.${MIGRATIONS_TABLE}') IS NOT NULL AS exists`,
  );
  if (rows[0]?.['exists'] !== true) return 0;
  const versions = await database.query(
    `SELECT coalesce(max(split_part(name, '_', 1)::integer), 0) AS version FROM ${SCHEMA}.${MIGRATIONS_TABLE}`,
  );
  return Number(versions.rows[0]?.['version'] ?? 0);
}

/** DependencyError DATABASE_NOT_MIGRATED when the tables are older than this version needs; newer ones are fine. */
export async function checkSchemaVersion(database: Database | string): Promise<void> {
  if (typeof database === 'string') {
    const own = createDatabase(database, { maxConnections: 1 });
    try {
      return await checkSchemaVersion(own);
    } finally {
      await own.close();
    }
  }
  const version = await readSchemaVersion(database);
  if (!Number.isInteger(version)) {
    throw new FatalError('CONFIGURATION_INVALID', 'the table docstream.migrations is not one of Docstream');
  }
  if (version >= requiredSchemaVersion) return;
  throw new DependencyError(
    'DATABASE_NOT_MIGRATED',
    DATABASE,
    `the tables have version ${version}, version ${requiredSchemaVersion} is needed: run \`docstream database migrate\``,
  );
}
