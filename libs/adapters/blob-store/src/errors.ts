import { types } from 'node:util';
import { DependencyError } from '@docstream/core';

/** Name of the dependency in errors and health checks. */
export const BLOB_STORE = 'blob-store';

/** The store is away or full; `what` says where and what to do. */
export function unavailable(what: string, cause?: unknown): DependencyError {
  return new DependencyError('BLOB_STORE_UNAVAILABLE', BLOB_STORE, what, { cause });
}

/** The system's error code (`ENOSPC`, …), or undefined when the error is not the system's. */
export function systemCode(thrown: unknown): string | undefined {
  if (!types.isNativeError(thrown) || !('code' in thrown) || typeof thrown.code !== 'string')
    return undefined;
  return 'syscall' in thrown || /^E[A-Z]+$/.test(thrown.code) ? thrown.code : undefined;
}
