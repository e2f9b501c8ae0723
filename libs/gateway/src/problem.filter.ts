import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GATEWAY_OPTIONS, type GatewayOptions } from './ports.js';
import { PROBLEM_MEDIA_TYPE, RETRY_AFTER_SECONDS, toProblem } from './problem.js';

/** Every error leaves as problem+json, those of Nest and Fastify too. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #options: GatewayOptions;

  constructor(@Inject(GATEWAY_OPTIONS) options: GatewayOptions) {
    this.#options = options;
  }

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = toProblem(thrown, pathOf(request.url));
    if (problem.status >= 500) {
      const facts = {
        event: 'request-failed',
        method: request.method,
        status: problem.status,
        error: thrown,
      };
      if (problem.status === 503) this.#options.ports.logger.warn('a request was put off', facts);
      else this.#options.ports.logger.error('a request failed', facts);
    }
    if (reply.sent || reply.raw.destroyed) return;
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="docstream"');
    if (problem.status === 503) void reply.header('retry-after', String(RETRY_AFTER_SECONDS));
    await reply
      .status(problem.status)
      .header('content-type', PROBLEM_MEDIA_TYPE)
      .header('cache-control', 'no-store')
      .send(JSON.stringify(problem));
  }
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? url;
}
