import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_MEDIA_TYPE, toProblem } from './problem.js';

const DEFAULT_REQUEST_TIMEOUT_MS = 900_000;
const HEADERS_TIMEOUT_MS = 30_000;

/** Bodies stay streams until a route reads them: nothing is buffered for a request that is refused anyway. */
class StreamingAdapter extends FastifyAdapter {
  override registerParserMiddleware(): void {
    const fastify = this.getInstance();
    fastify.removeContentTypeParser(['application/json', 'text/plain']);
    fastify.addContentTypeParser('*', (_request, _body, done) => done(null));
  }
}

export interface AdapterSettings {
  /** Until a request must have arrived whole, in milliseconds. */
  readonly requestTimeoutMs?: number;
}

/** Fastify as the gateway needs it; what goes wrong before any route is problem+json, too. */
export function createGatewayAdapter({ requestTimeoutMs }: AdapterSettings = {}): FastifyAdapter {
  return new StreamingAdapter({
    forceCloseConnections: 'idle',
    requestTimeout: requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const problem = toProblem(error, request.url);
      void reply.status(problem.status).header('content-type', PROBLEM_MEDIA_TYPE);
      void reply.send(JSON.stringify(problem));
    },
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket),
  });
}

/** What is no HTTP at all has no request and no reply: only a socket. */
function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = statusOfParserError(error.code);
  const reason = STATUS_CODES[status] ?? 'Bad Request';
  const broken = Object.assign(new Error(reason), { statusCode: status });
  const body = JSON.stringify(toProblem(broken, '/'));
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\ncontent-type: ${PROBLEM_MEDIA_TYPE}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function statusOfParserError(code: string | undefined): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return 400;
}
