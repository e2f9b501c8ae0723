import { pino, type DestinationStream } from 'pino';
import type { Logger } from '@docstream/core';
import { errorFacts, isError } from './error-facts.js';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  readonly service: string;
  readonly level: LogLevel;
  /** Where the lines go; stderr when absent. Stdout is never written to: it belongs to results. */
  readonly destination?: DestinationStream;
}

/**
 * JSON lines: `{"level","time","service",…facts,"message"}`. Errors among the facts appear as name, code and place
 * (`errorFacts`). Writing is synchronous, so that the last lines before an exit are not lost.
 */
export function createLogger({ service, level, destination }: LoggerOptions): Logger {
  const lines = pino(
    {
      level,
      base: { service },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? pino.destination({ fd: 2, sync: true }),
  );
  return {
    debug: (message, facts) => lines.debug(speakable(facts), message),
    info: (message, facts) => lines.info(speakable(facts), message),
    warn: (message, facts) => lines.warn(speakable(facts), message),
    error: (message, facts) => lines.error(speakable(facts), message),
  };
}

/** Errors and bigints as JSON can say them. */
function speakable(facts: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const spoken: Record<string, unknown> = {};
  for (const [name, fact] of Object.entries(facts)) {
    if (isError(fact)) spoken[name] = errorFacts(fact);
    else if (typeof fact === 'bigint') spoken[name] = fact.toString();
    else spoken[name] = fact;
  }
  return spoken;
}
