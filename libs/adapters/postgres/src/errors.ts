import { DependencyError, DocstreamError, FatalError, PoisonError } from '@docstream/core';

/** Name under which errors and health checks know PostgreSQL. */
export const DATABASE = 'database';

const NOT_MIGRATED = new Set(['42P01', '3F000', '42703']);
/** Away in all but name: a standby that was not promoted yet, a lock that was not to be had. */
const ALSO_TRANSIENT = new Set(['25006', '55P03', '55006']);
/** SQLSTATE classes: connection, resources, operator intervention, transaction rollback. */
const TRANSIENT_CLASSES = new Set(['08', '53', '57', '40']);

/**
 * The statement itself may be why, and would be so again: the connection broke over it, the server crashed, it ran out of
 * memory, limits or time. A full disk or too many connections befall any other statement as well.
 */
const SUSPECT = new Set(['08', '53000', '53200', '53400', '57014', '57P02']);

/** SQLSTATE of what pg throws, if it comes from the server. */
export function sqlStateOf(thrown: unknown): string | undefined {
  const { code } = partsOf(thrown);
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return undefined;
  return typeof thrown === 'object' && thrown !== null && 'severity' in thrown ? code : undefined;
}

/**
 * Turns what pg throws into our classes by its SQLSTATE; what has none broke on the way to the server. Messages of the
 * server quote values, so they stay in `cause` alone.
 */
export function toDatabaseError(thrown: unknown, what: string): DocstreamError {
  if (thrown instanceof DocstreamError) return thrown;
  const state = sqlStateOf(thrown);
  if (state === undefined) {
    const reason = partsOf(thrown).message;
    return isConnectionTrouble(thrown)
      ? away(what, reason, thrown, { suspect: isBrokenConnection(thrown) })
      : new DocstreamError('UNCLASSIFIED', `${what}: ${reason}`, { cause: thrown });
  }
  const facts = { sqlState: state };
  if (NOT_MIGRATED.has(state)) {
    return new DependencyError('DATABASE_NOT_MIGRATED', DATABASE, `${what}: tables are missing (${state})`, {
      cause: thrown,
      facts: { ...facts, suspect: false },
    });
  }
  const sqlClass = state.slice(0, 2);
  if (sqlClass === '28') {
    return new FatalError(
      'AUTHENTICATION_REFUSED',
      `${what}: PostgreSQL refused the credentials (${state})`,
      {
        cause: thrown,
        facts,
      },
    );
  }
  if (state === '3D000') {
    return new FatalError(
      'CONFIGURATION_INVALID',
      `${what}: the database of DOCSTREAM_DATABASE_URL does not exist`,
      {
        cause: thrown,
        facts,
      },
    );
  }
  if (TRANSIENT_CLASSES.has(sqlClass) || ALSO_TRANSIENT.has(state)) {
    return away(what, state, thrown, { ...facts, suspect: SUSPECT.has(sqlClass) || SUSPECT.has(state) });
  }
  if (sqlClass === '22') {
    return new PoisonError('INVALID_VALUE', `${what}: PostgreSQL refused a value (${state})`, {
      cause: thrown,
      facts,
    });
  }
  return new DocstreamError('UNCLASSIFIED', `${what}: SQLSTATE ${state}`, { cause: thrown, facts });
}

function away(
  what: string,
  reason: string,
  cause: unknown,
  facts: Readonly<Record<string, string | boolean>>,
): DependencyError {
  return new DependencyError('DATABASE_UNAVAILABLE', DATABASE, `${what}: ${reason}`, { cause, facts });
}

/** Errors of the socket have a code of the system, those of pg itself only a text. */
function isConnectionTrouble(thrown: unknown): boolean {
  const { code = '', message } = partsOf(thrown);
  if (/^(ECONN[A-Z]+|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|EHOSTUNREACH|ENETUNREACH|ENETDOWN)$/.test(code))
    return true;
  return /connection (terminated|error)|timeout|not queryable|after calling end/i.test(message);
}

/** The connection ended under a statement, as it does when a statement crashes the server; a refused one never began. */
function isBrokenConnection(thrown: unknown): boolean {
  const { code, message } = partsOf(thrown);
  return code === 'ECONNRESET' || code === 'EPIPE' || /terminated unexpectedly|read timeout/i.test(message);
}

/** Not by `instanceof`: the socket's errors may be of another realm than ours. */
function partsOf(thrown: unknown): { readonly code: string | undefined; readonly message: string } {
  if (typeof thrown !== 'object' || thrown === null) return { code: undefined, message: String(thrown) };
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
  return { code, message: 'message' in thrown ? String(thrown.message) : String(thrown) };
}
