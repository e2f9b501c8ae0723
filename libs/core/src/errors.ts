import { ERROR_CODES, type ErrorCode, type FailureClass } from '@docstream/contracts';

export interface ErrorFacts {
  readonly cause?: unknown;
  /** With transient errors: the dependency whose health check decides (`blob-store`, `schema-registry`, …). */
  readonly dependency?: string;
  /** Ids, limits and counts; never document text. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}

/** An error that knows its code, and by its code what is done about it. The message is one sentence for people. */
export class DocstreamError extends Error {
  readonly code: ErrorCode;
  readonly dependency: string | undefined;
  readonly facts: Readonly<Record<string, string | number | boolean>>;

  constructor(code: ErrorCode, message: string, { cause, dependency, facts = {} }: ErrorFacts = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.dependency = dependency;
    this.facts = facts;
  }

  get failureClass(): FailureClass {
    return ERROR_CODES[this.code].failureClass;
  }

  /** What the user can do, from the closed list. */
  get remedy(): string {
    return ERROR_CODES[this.code].remedy;
  }
}

/** A dependency is away: a verdict on the dependency, not on the record. No attempt is spent. */
export class DependencyError extends DocstreamError {
  declare readonly dependency: string;

  constructor(
    code: ErrorCode,
    dependency: string,
    message: string,
    facts: Omit<ErrorFacts, 'dependency'> = {},
  ) {
    super(code, message, { ...facts, dependency });
  }
}

/** The record can never succeed: dead letter in the same transaction, then on. */
export class PoisonError extends DocstreamError {}

/** Another member owns the partition, or the outcome of a commit is unknown: drop the work and take over again. */
export class OwnershipLostError extends DocstreamError {
  constructor(message: string, facts: ErrorFacts = {}) {
    super('OWNERSHIP_LOST', message, facts);
  }
}

/** Begin nothing new, commit nothing of what failed, exit non-zero with the remedy. */
export class FatalError extends DocstreamError {}

export interface Failure {
  readonly failureClass: FailureClass;
  readonly code: ErrorCode;
  readonly message: string;
  readonly dependency: string | undefined;
  readonly stack: string | undefined;
  /** The dependency is healthy, and whoever failed counts by itself: ask again then, it is no fault of the record. */
  readonly retryAfterMs?: number;
}

/** Total: whatever was thrown has a class. What is not ours is a bug (`unknown`). */
export function classifyError(thrown: unknown): Failure {
  if (thrown instanceof DocstreamError) {
    return {
      failureClass: thrown.failureClass,
      code: thrown.code,
      message: thrown.message,
      dependency: thrown.dependency,
      stack: thrown.stack,
      ...retryAfterOf(thrown),
    };
  }
  const error = thrown instanceof Error ? thrown : undefined;
  return {
    failureClass: 'unknown',
    code: 'UNCLASSIFIED',
    message: error?.message ?? String(thrown),
    dependency: undefined,
    stack: error?.stack,
  };
}

function retryAfterOf({ facts }: DocstreamError): Pick<Failure, 'retryAfterMs'> {
  const retryAfterMs = facts['retryAfterMs'];
  return typeof retryAfterMs === 'number' ? { retryAfterMs } : {};
}
