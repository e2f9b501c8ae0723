import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { ERROR_CODES } from '@docstream/contracts';
import { eventually } from '@docstream/testing';
import { DependencyError, FatalError, type Clock } from '@docstream/core';
import { createFatalReporter } from './fatal.js';
import { HealthModule, type HealthOptions } from './health.module.js';
import { createLogger } from './logger.js';
import { createMetrics } from './metrics.js';
import { runService, type RunningService, type ServiceOptions } from './run-service.js';
import { runWiredService } from './run-wired-service.js';
import type { ServiceHost } from './service-host.js';

class FakeHost implements ServiceHost {
  readonly lines: Record<string, unknown>[] = [];
  readonly exited: Promise<number>;
  signal: (reason: string) => void = () => undefined;
  crash: (error: unknown) => void = () => undefined;
  #exit: (code: number) => void = () => undefined;

  constructor() {
    this.exited = new Promise((resolve) => (this.#exit = resolve));
  }

  onStop(listener: (reason: string) => void): void {
    this.signal = listener;
  }

  onCrash(listener: (error: unknown) => void): void {
    this.crash = listener;
  }

  writeLine(line: string): void {
    this.lines.push(JSON.parse(line) as Record<string, unknown>);
  }

  exit(code: number): void {
    this.#exit(code);
  }
}

const waitsForEver: Clock = {
  nowMs: () => 0,
  sleep: (_, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
};
const noTimeAtAll: Clock = { nowMs: () => 0, sleep: () => Promise.resolve() };
const healthy = { checks: [{ name: 'broker', ok: true, detail: null, since: '2026-01-01T00:00:00.000Z' }] };
const running: (RunningService | null)[] = [];

function options(
  host: FakeHost,
  health: Partial<HealthOptions> = {},
  more: Partial<ServiceOptions> = {},
): ServiceOptions {
  @Module({
    imports: [
      HealthModule.register({
        live: () => healthy,
        ready: () => healthy,
        metrics: createMetrics({ service: 'parser' }),
        clock: waitsForEver,
        ...health,
      }),
    ],
  })
  class TestModule {}
  return {
    name: 'parser',
    module: TestModule,
    host: '127.0.0.1',
    port: 0,
    logger: createLogger({ service: 'parser', level: 'silent' }),
    shutdownDeadlineMs: 1000,
    process: host,
    clock: waitsForEver,
    ...more,
  };
}

async function start(host: FakeHost, health?: Partial<HealthOptions>, more?: Partial<ServiceOptions>) {
  const service = await runService(options(host, health, more));
  running.push(service);
  return service;
}

afterEach(async () => {
  for (const service of running.splice(0)) await service?.stop();
});

describe('runService', () => {
  it('says where it listens and answers health and metrics there', async () => {
    const host = new FakeHost();
    const service = await start(host);
    expect(host.lines).toMatchObject([{ event: 'listening', service: 'parser', url: service?.url }]);
    for (const path of ['live', 'ready']) {
      const answer = await fetch(`${service?.url}/health/${path}`);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({ status: 'ok', ...healthy });
    }
    const metrics = await fetch(`${service?.url}/metrics`);
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    expect(await metrics.text()).toContain('nodejs_version_info');
  });

  it('answers 503 with the checks while it is not ready', async () => {
    const checks = [
      { name: 'registry', ok: false, detail: 'refused', since: '2026-01-01T00:00:00.000Z' },
      ...healthy.checks,
    ];
    const service = await start(new FakeHost(), { ready: () => Promise.resolve({ checks }) });
    const answer = await fetch(`${service?.url}/health/ready`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: 'failing', checks });
  });

  it('answers 503 when the readiness check throws', async () => {
    const service = await start(new FakeHost(), {
      ready: () => Promise.reject(new DependencyError('BROKER_UNAVAILABLE', 'broker', 'Away.')),
    });
    const answer = await fetch(`${service?.url}/health/ready`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ checks: [{ ok: false, detail: 'BROKER_UNAVAILABLE' }] });
  });

  it('answers 503 when the readiness check hangs', async () => {
    const service = await start(new FakeHost(), {
      ready: () => new Promise(() => undefined),
      readyTimeoutMs: 300,
      clock: noTimeAtAll,
    });
    const answer = await fetch(`${service?.url}/health/ready`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ checks: [{ detail: 'no answer within 300 ms' }] });
  });

  it('starts the strategy, closes it at SIGTERM and exits with 0', async () => {
    const host = new FakeHost();
    const seen: string[] = [];
    let listening: () => void = () => undefined;
    const started = new Promise<void>((resolve) => (listening = resolve));
    const strategy: CustomTransportStrategy = {
      listen: (callback: () => void) => {
        seen.push('listen');
        callback();
        listening();
      },
      close: () => void seen.push('close'),
    };
    await start(host, {}, { strategy });
    await started;
    host.signal('SIGTERM');
    expect(await host.exited).toBe(0);
    expect(seen).toEqual(['listen', 'close']);
  });

  it('lets the work end first, while health still answers, whatever HTTP requests are under way', async () => {
    const host = new FakeHost();
    const seen: string[] = [];
    const strategy: CustomTransportStrategy = {
      listen: (callback: () => void) => callback(),
      close: async () => {
        seen.push(`closed; health says ${(await fetch(`${service?.url}/health/live`)).status}`);
      },
    };
    const service = await start(host, {}, { strategy });
    const pending = connect(Number(new URL(service?.url ?? '').port), '127.0.0.1');
    await once(pending, 'connect');
    pending.write('POST /metrics HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf');
    pending.on('error', () => undefined);
    host.signal('SIGTERM');
    await eventually('the strategy is closed', () => seen.length > 0);
    pending.destroy();
    expect(await host.exited).toBe(0);
    expect(seen).toEqual(['closed; health says 200']);
  });

  it('ends at once with 1 at a second signal, but not at the echo of the first', async () => {
    const host = new FakeHost();
    let [nowMs, release] = [0, (): void => undefined];
    const strategy: CustomTransportStrategy = {
      listen: (callback: () => void) => callback(),
      close: () => new Promise<void>((resolve) => (release = resolve)),
    };
    await start(host, {}, { strategy, clock: { ...waitsForEver, nowMs: () => nowMs } });
    host.signal('SIGINT');
    nowMs = 100;
    host.signal('SIGTERM');
    nowMs = 5_000;
    host.signal('supervisor gone');
    const first = await Promise.race([
      host.exited,
      new Promise((resolve) => setImmediate(() => resolve('drains'))),
    ]);
    expect(first).toBe('drains');
    host.signal('SIGTERM');
    expect(await host.exited).toBe(1);
    release();
  });

  it('exits at the deadline when closing hangs', async () => {
    const host = new FakeHost();
    let release: () => void = () => undefined;
    const strategy: CustomTransportStrategy = {
      listen: (callback: () => void) => callback(),
      close: () => new Promise<void>((resolve) => (release = resolve)),
    };
    await start(host, {}, { strategy, clock: noTimeAtAll });
    host.signal('SIGINT');
    expect(await host.exited).toBe(0);
    release();
  });

  it('prints message and remedy of a reported fatal error and exits with 1', async () => {
    const host = new FakeHost();
    const fatal = createFatalReporter();
    await start(host, {}, { fatal });
    fatal.report(new FatalError('AUTHENTICATION_REFUSED', 'Kafka refused the password.'));
    expect(await host.exited).toBe(1);
    expect(host.lines.at(-1)).toMatchObject({
      event: 'fatal',
      code: 'AUTHENTICATION_REFUSED',
      message: 'Kafka refused the password.',
      remedy: 'Check the secret, then restart.',
    });
  });

  it('exits with 1 when the strategy cannot start', async () => {
    const host = new FakeHost();
    const strategy: CustomTransportStrategy = {
      listen: () => {
        throw new FatalError('POSITION_UNKNOWN', 'No position.');
      },
      close: () => undefined,
    };
    await start(host, {}, { strategy });
    expect(await host.exited).toBe(1);
    expect(host.lines.at(-1)).toMatchObject({ event: 'fatal', code: 'POSITION_UNKNOWN' });
  });

  it('exits with 1 after an exception that nobody handled', async () => {
    const host = new FakeHost();
    await start(host);
    host.crash(new TypeError('x is undefined'));
    expect(await host.exited).toBe(1);
    expect(host.lines.at(-1)).toMatchObject({ event: 'fatal', code: 'UNCLASSIFIED' });
  });

  it('names the port when it is in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const host = new FakeHost();
    expect(await start(host, {}, { port })).toBeNull();
    expect(await host.exited).toBe(1);
    expect(host.lines).toMatchObject([
      { event: 'fatal', code: 'CONFIGURATION_INVALID', message: expect.stringContaining(`Port ${port}`) },
    ]);
    await new Promise((resolve) => other.close(resolve));
  });
});

describe('runWiredService', () => {
  it('runs what was wired', async () => {
    const host = new FakeHost();
    const service = await runWiredService({ name: 'parser', wire: () => options(host), process: host });
    running.push(service);
    expect(host.lines).toMatchObject([{ event: 'listening', service: 'parser', url: service?.url }]);
  });

  it('says in one line what is wrong with the configuration, and exits with 1', async () => {
    const host = new FakeHost();
    const wire = (): never => {
      throw new FatalError('CONFIGURATION_INVALID', 'DOCSTREAM_X is not a setting');
    };
    expect(await runWiredService({ name: 'parser', wire, process: host })).toBeNull();
    expect(await host.exited).toBe(1);
    expect(host.lines).toEqual([
      {
        time: expect.stringMatching(/^2/),
        level: 'error',
        service: 'parser',
        event: 'fatal',
        code: 'CONFIGURATION_INVALID',
        message: 'DOCSTREAM_X is not a setting',
        remedy: ERROR_CODES.CONFIGURATION_INVALID.remedy,
        error: expect.objectContaining({ name: 'FatalError' }),
      },
    ]);
  });

  it('quotes what else went wrong while wiring', async () => {
    const host = new FakeHost();
    const wire = (): never => {
      throw new TypeError('x is undefined');
    };
    await runWiredService({ name: 'parser', wire, process: host });
    expect(await host.exited).toBe(1);
    expect(host.lines).toMatchObject([
      { event: 'fatal', code: 'UNCLASSIFIED', message: 'x is undefined', remedy: null },
    ]);
  });
});
