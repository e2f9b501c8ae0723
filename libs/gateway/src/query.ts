import { END_STATES, MIN_PREFIX_LENGTH, OPEN_STATES, type DocumentState } from '@docstream/contracts';
import { PoisonError } from '@docstream/core';
import { invalidParameter } from './request-error.js';

export const MAX_WAIT_SECONDS = 60;
export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 500;

const STATES: readonly DocumentState[] = [...OPEN_STATES, ...END_STATES];
const TYPE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** The query's parameters, each at most once and none that the route doesn't know: a misspelt filter must not pass. */
export function readQuery(query: unknown, allowed: readonly string[]): Readonly<Record<string, string>> {
  const read: Record<string, string> = {};
  for (const [name, value] of Object.entries(query ?? {})) {
    if (!allowed.includes(name)) {
      throw invalidParameter(
        name.slice(0, 50),
        `is not a parameter here${allowed.length > 0 ? `; known are ${allowed.join(', ')}` : ''}`,
      );
    }
    if (typeof value !== 'string') throw invalidParameter(name, 'may be given once only');
    read[name] = value;
  }
  return read;
}

/** Milliseconds to wait for the result; 0 when absent. */
export function readWaitMs(wait: string | undefined): number {
  if (wait === undefined) return 0;
  const seconds = /^\d{1,2}(\.\d{1,3})?$/.test(wait) ? Number(wait) : Number.NaN;
  if (!(seconds <= MAX_WAIT_SECONDS))
    throw invalidParameter('wait', `must be 0 to ${MAX_WAIT_SECONDS} seconds`);
  return seconds * 1000;
}

export function readFlag(name: string, value: string | undefined): boolean {
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw invalidParameter(name, 'must be true or false');
}

export function readState(state: string): DocumentState {
  const known = STATES.find((candidate) => candidate === state);
  if (known === undefined) throw invalidParameter('state', `must be one of ${STATES.join(', ')}`);
  return known;
}

export function readType(type: string): string {
  if (!TYPE.test(type)) throw invalidParameter('type', 'is not the name of a document type');
  return type;
}

export function readLimit(limit: string | undefined): number {
  if (limit === undefined) return DEFAULT_PAGE_SIZE;
  const count = /^\d{1,4}$/.test(limit) ? Number(limit) : 0;
  if (count < 1 || count > MAX_PAGE_SIZE)
    throw invalidParameter('limit', `must be a whole number from 1 to ${MAX_PAGE_SIZE}`);
  return count;
}

export function readCursor(cursor: string): string {
  if (!/^[A-Za-z0-9_-]{1,512}$/.test(cursor))
    throw invalidParameter('cursor', 'is not one that a list gave as nextCursor');
  return cursor;
}

/** Full id or prefix, in lower case. NOT_FOUND for what no id can be. */
export function readDocumentId(id: string): string {
  const lower = id.toLowerCase();
  if (!/^[a-z2-7]{1,26}$/.test(lower)) {
    throw new PoisonError('NOT_FOUND', 'a document id has 26 characters, a to z and 2 to 7; this is none');
  }
  if (lower.length < MIN_PREFIX_LENGTH)
    throw invalidParameter('id', `needs at least ${MIN_PREFIX_LENGTH} characters`);
  return lower;
}
