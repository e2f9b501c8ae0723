import { ERROR_CODES, type ErrorCode } from '@docstream/contracts';
import { DocstreamError } from '@docstream/core';
import { HttpException } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import { RequestError } from './request-error.js';

/** RFC 9457. Facts of the error (limits, names of parameters) stand beside the standard members. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly instance: string;
  readonly remedy?: string;
  readonly [fact: string]: string | number | boolean | undefined;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';
/** Where `type` leads to: the meaning and the remedy of a code. */
export const PROBLEM_TYPES_PATH = '/v1/problems';
/** Seconds after which a client may come back when a dependency is away. */
export const RETRY_AFTER_SECONDS = 5;

const STATUS_OF: Partial<Record<ErrorCode, number>> = {
  INVALID_REQUEST: 400,
  EMPTY_RECORD: 400,
  UNAUTHORIZED: 401,
  NOT_FOUND: 404,
  AMBIGUOUS_ID: 409,
  CONTENT_GONE: 410,
  PDF_TOO_LARGE: 413,
  NOT_A_PDF: 415,
};
/** Documents that were refused before acceptance: the end state `rejected`. */
const REJECTIONS: ReadonlySet<ErrorCode> = new Set(['EMPTY_RECORD', 'PDF_TOO_LARGE', 'NOT_A_PDF']);

/** The answer to whatever was thrown. Total; what is not ours is 500 and says nothing of its inside. */
export function toProblem(thrown: unknown, instance: string): Problem {
  if (thrown instanceof DocstreamError) return ofDocstreamError(thrown, instance);
  const status = statusOf(thrown);
  if (status >= 400 && status < 500) {
    const detail =
      status === 404 && thrown instanceof HttpException
        ? 'There is nothing at this address; /docs lists the routes.'
        : thrown instanceof Error
          ? thrown.message
          : 'The request is not well formed.';
    return generic(status, status === 404 ? 'NOT_FOUND' : 'INVALID_REQUEST', detail, instance);
  }
  if (status === 503) return generic(503, 'UNCLASSIFIED', 'The gateway is shutting down.', instance);
  return generic(500, 'UNCLASSIFIED', failureDetail(500), instance);
}

function ofDocstreamError(error: DocstreamError, instance: string): Problem {
  const { meaning, failureClass } = ERROR_CODES[error.code];
  const known = error instanceof RequestError ? error.status : STATUS_OF[error.code];
  const status = known ?? (failureClass === 'transient' ? 503 : 500);
  return {
    ...(status < 500 ? error.facts : {}),
    ...(REJECTIONS.has(error.code) ? { state: 'rejected' } : {}),
    type: `${PROBLEM_TYPES_PATH}/${error.code}`,
    title: meaning,
    status,
    // Messages about dependencies name hosts, which are nobody's business outside; the log has them.
    detail: status < 500 ? sentence(error.message) : failureDetail(status),
    code: error.code,
    instance,
    remedy: error.remedy,
  };
}

function failureDetail(status: number): string {
  return status === 503
    ? `The request can be repeated without harm, best after ${RETRY_AFTER_SECONDS} seconds.`
    : 'The gateway failed; its log has the reason.';
}

/** Errors of HTTP itself (no such route, unsupported media type) are no problem types of ours. */
function generic(status: number, code: ErrorCode, detail: string, instance: string): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: sentence(detail),
    code,
    instance,
  };
}

/** Nest and Fastify each have their own way to say it. */
function statusOf(thrown: unknown): number {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (thrown instanceof Error && 'statusCode' in thrown && typeof thrown.statusCode === 'number') {
    return thrown.statusCode;
  }
  return 500;
}

function sentence(text: string): string {
  const capitalised = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capitalised) ? capitalised : `${capitalised}.`;
}
