import { DocstreamError } from '@docstream/core';
import { errorFacts, isError } from './error-facts.js';

export interface FatalOptions {
  readonly service: string;
  /** A start has seen no document: whatever was thrown may be quoted. Later only what is safe to quote. */
  readonly isStarting: boolean;
  readonly nowMs: number;
}

/** The line of JSON by which a service says why it ends: code, message, and what the user can do (or null). */
export function fatalLine(error: unknown, { service, isStarting, nowMs }: FatalOptions): string {
  const facts = errorFacts(error);
  const quoted = isStarting && isError(error) ? error.message : facts['message'];
  const known = error instanceof DocstreamError ? error : undefined;
  return JSON.stringify({
    time: new Date(nowMs).toISOString(),
    level: 'error',
    service,
    event: 'fatal',
    code: known?.code ?? 'UNCLASSIFIED',
    message: quoted ?? facts['name'],
    remedy: known?.remedy ?? null,
    error: facts,
  });
}
