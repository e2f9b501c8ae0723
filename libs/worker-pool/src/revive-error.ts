import { ERROR_CODES, isErrorCode, type ErrorCode } from '@docstream/contracts';
import {
  DependencyError,
  DocstreamError,
  FatalError,
  OwnershipLostError,
  PoisonError,
} from '@docstream/core';
import type { ErrorFacts } from './protocol.js';

function createError(code: ErrorCode, { message, dependency, facts = {} }: ErrorFacts): DocstreamError {
  switch (ERROR_CODES[code].failureClass) {
    case 'transient':
      return new DependencyError(code, dependency ?? 'worker', message, { facts });
    case 'poison':
      return new PoisonError(code, message, { facts });
    case 'lost':
      return new OwnershipLostError(message, { facts });
    case 'fatal':
      return new FatalError(code, message, { facts });
    case 'unknown':
      return new DocstreamError(code, message, { facts });
  }
}

/** The error that a child threw, in its class again; what was no DocstreamError comes back as an Error (a bug: `unknown`). */
export function reviveError(error: ErrorFacts): Error {
  const { code } = error;
  const revived =
    code !== undefined && isErrorCode(code) ? createError(code, error) : new Error(error.message);
  if (!(revived instanceof DocstreamError)) revived.name = error.name;
  if (error.stack !== undefined) revived.stack = error.stack;
  return revived;
}
