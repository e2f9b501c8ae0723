import { PoisonError, type ErrorFacts } from '@docstream/core';

/** INVALID_REQUEST with the HTTP status that says it best; facts such as `parameter` stand in the answer. */
export class RequestError extends PoisonError {
  readonly status: number;

  constructor(message: string, { status = 400, ...facts }: ErrorFacts & { readonly status?: number } = {}) {
    super('INVALID_REQUEST', message, facts);
    this.status = status;
  }
}

/** A parameter of the query, path or headers that can't be used; the answer names it. */
export function invalidParameter(parameter: string, problem: string): RequestError {
  return new RequestError(`${parameter} ${problem}`, { facts: { parameter } });
}
