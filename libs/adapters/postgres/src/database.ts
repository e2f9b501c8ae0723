import type { Logger } from '@docstream/core';
import pg from 'pg';
import { toDatabaseError } from './errors.js';

const { Pool, TypeOverrides, types } = pg;

export interface DatabaseSettings {
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  readonly maxConnections?: number;
  /** Wait for a free or new connection, in milliseconds. */
  readonly connectTimeoutMs?: number;
  /** Longest statement, in milliseconds. */
  readonly statementTimeoutMs?: number;
  readonly logger?: Logger;
}

export type Row = Readonly<Record<string, unknown>>;

/** Statements on one connection. */
export interface Statements {
  query(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: readonly Row[]; readonly count: number }>;
}

/** A bounded pool of connections. bigint columns arrive as bigint, timestamps as Date. Errors: see toDatabaseError. */
export interface Database extends Statements {
  readonly url: string;
  /** Commits when `work` resolves, rolls back when it throws. */
  transaction<T>(what: string, work: (statements: Statements) => Promise<T>): Promise<T>;
  checkHealth(): Promise<void>;
  close(): Promise<void>;
}

/** Parsers shared by pool and listeners: offsets are bigint everywhere. */
export function typeParsers(): pg.CustomTypesConfig {
  const overrides = new TypeOverrides();
  overrides.setTypeParser(types.builtins.INT8, (text: string) => BigInt(text));
  return overrides;
}

export function createDatabase(url: string, settings: DatabaseSettings = {}): Database {
  const { applicationName = 'docstream', maxConnections = 8, logger } = settings;
  const { connectTimeoutMs = 5_000, statementTimeoutMs = 30_000 } = settings;
  const pool = new Pool({
    connectionString: url,
    application_name: applicationName,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementTimeoutMs,
    // A server that is gone without a word answers no cancel: the client's own limit is a little later.
    query_timeout: statementTimeoutMs + 5_000,
    lock_timeout: Math.min(10_000, statementTimeoutMs),
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    types: typeParsers(),
  });
  pool.on('error', (error) =>
    logger?.debug('an idle connection to PostgreSQL ended', { error: error.message }),
  );

  const query = async (text: string, values: readonly unknown[] = []) => {
    try {
      return toResult(await pool.query<Row>(text, [...values]));
    } catch (error) {
      throw toDatabaseError(error, 'asking PostgreSQL');
    }
  };
  return {
    url,
    query,
    transaction: (what, work) => inTransaction(pool, what, work),
    checkHealth: async () => {
      await query('SELECT 1');
    },
    close: () => pool.end(),
  };
}

async function inTransaction<T>(
  pool: pg.Pool,
  what: string,
  work: (statements: Statements) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw toDatabaseError(error, what);
  });
  let broken: Error | undefined;
  const onError = (error: Error): void => void (broken = error);
  client.on('error', onError);
  try {
    await client.query('BEGIN');
    const result = await work({
      query: async (text, values = []) => toResult(await client.query<Row>(text, [...values])),
    });
    await client.query('COMMIT');
    return result;
  } catch (error) {
    broken ??= await rollBack(client);
    throw toDatabaseError(error, what);
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** The error that makes the connection useless, if there is one. */
async function rollBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function toResult(result: pg.QueryResult<Row>): { readonly rows: readonly Row[]; readonly count: number } {
  return { rows: result.rows, count: result.rowCount ?? 0 };
}
