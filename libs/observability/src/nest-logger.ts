import type { LoggerService } from '@nestjs/common';
import type { Logger } from '@docstream/core';
import { isError } from './error-facts.js';

/** Nest's own lines through our logger; what Nest calls `log` (one line per module and route) is `debug` here. */
export function createNestLogger(logger: Logger): LoggerService {
  const lineOf = (message: unknown): string => (isError(message) ? message.name : String(message));
  const factsOf = (message: unknown, rest: readonly unknown[]): Record<string, unknown> => {
    const facts: Record<string, unknown> = {};
    const error = [message, ...rest].find((part) => isError(part));
    if (error !== undefined) facts['error'] = error;
    const context = rest.at(-1);
    if (typeof context === 'string' && !context.includes('\n')) facts['context'] = context;
    return facts;
  };
  return {
    log: (message: unknown, ...rest: unknown[]) => logger.debug(lineOf(message), factsOf(message, rest)),
    debug: (message: unknown, ...rest: unknown[]) => logger.debug(lineOf(message), factsOf(message, rest)),
    verbose: (message: unknown, ...rest: unknown[]) => logger.debug(lineOf(message), factsOf(message, rest)),
    warn: (message: unknown, ...rest: unknown[]) => logger.warn(lineOf(message), factsOf(message, rest)),
    error: (message: unknown, ...rest: unknown[]) => logger.error(lineOf(message), factsOf(message, rest)),
    fatal: (message: unknown, ...rest: unknown[]) => logger.error(lineOf(message), factsOf(message, rest)),
  };
}
