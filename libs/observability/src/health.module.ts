import { Controller, Get, Inject, Module, Res, type DynamicModule } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { classifyError, systemClock, type Clock } from '@docstream/core';
import { isHealthy, type HealthReport } from './health.js';
import type { Metrics } from './metrics.js';

export interface HealthOptions {
  /** Progress of this process itself; never "a dependency is up" (a restart would not mend that). */
  readonly live: () => HealthReport;
  /** May this process be sent work? */
  readonly ready: () => Promise<HealthReport> | HealthReport;
  readonly metrics: Metrics;
  /** Longest time for `ready`, in milliseconds; default 5,000. */
  readonly readyTimeoutMs?: number;
  readonly clock?: Clock;
}

/** Injection token of HealthOptions. */
export const HEALTH_OPTIONS = Symbol('HealthOptions');

const DEFAULT_READY_TIMEOUT_MS = 5000;

@Controller()
class HealthController {
  readonly #options: HealthOptions;
  readonly #clock: Clock;

  constructor(@Inject(HEALTH_OPTIONS) options: HealthOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  @Get('health/live')
  async live(@Res() reply: FastifyReply): Promise<void> {
    await this.#answer(reply, 'live', () => this.#options.live());
  }

  @Get('health/ready')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    await this.#answer(reply, 'ready', () => this.#options.ready());
  }

  @Get('metrics')
  async metrics(@Res() reply: FastifyReply): Promise<void> {
    const { metrics } = this.#options;
    const text = await metrics.text();
    await reply.header('content-type', metrics.contentType).send(text);
  }

  async #answer(
    reply: FastifyReply,
    name: string,
    ask: () => Promise<HealthReport> | HealthReport,
  ): Promise<void> {
    const report = await this.#bounded(name, ask);
    const healthy = isHealthy(report);
    await reply
      .status(healthy ? 200 : 503)
      .header('cache-control', 'no-store')
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify({ status: healthy ? 'ok' : 'failing', checks: report.checks }));
  }

  async #bounded(name: string, ask: () => Promise<HealthReport> | HealthReport): Promise<HealthReport> {
    const limitMs = this.#options.readyTimeoutMs ?? DEFAULT_READY_TIMEOUT_MS;
    const answered = new AbortController();
    const failed = (detail: string): HealthReport => ({
      checks: [{ name, ok: false, detail, since: new Date(this.#clock.nowMs()).toISOString() }],
    });
    try {
      return await Promise.race([
        ask(),
        this.#clock.sleep(limitMs, answered.signal).then(() => failed(`no answer within ${limitMs} ms`)),
      ]);
    } catch (error) {
      return failed(classifyError(error).code);
    } finally {
      answered.abort();
    }
  }
}

/** GET /health/live and /health/ready (200 or 503 with `{status, checks}`), GET /metrics (Prometheus text format). */
@Module({})
export class HealthModule {
  static register(options: HealthOptions): DynamicModule {
    return {
      module: HealthModule,
      controllers: [HealthController],
      providers: [{ provide: HEALTH_OPTIONS, useValue: options }],
    };
  }
}
