import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { FatalError, systemClock, type Clock, type Logger } from '@docstream/core';
import { isError } from './error-facts.js';
import { fatalLine } from './fatal-line.js';
import { createFatalReporter, type FatalReporter } from './fatal.js';
import { createNestLogger } from './nest-logger.js';
import { processHost, type ServiceHost } from './service-host.js';

type NestModule = Parameters<typeof NestFactory.create>[0];

export interface ServiceOptions {
  readonly name: string;
  readonly module: NestModule;
  /** Consumes from Kafka; started after HTTP, so that health answers while it waits for its dependencies. */
  readonly strategy?: CustomTransportStrategy;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly logger: Logger;
  /** Longest time for closing; what is not closed then is left to the next owner. */
  readonly shutdownDeadlineMs: number;
  /** Hand its `report` to the parts that must be able to end the service. */
  readonly fatal?: FatalReporter;
  /** Called before the application starts to listen (plug-ins, OpenAPI, filters). */
  readonly configure?: (app: NestFastifyApplication) => Promise<void> | void;
  readonly adapter?: FastifyAdapter;
  readonly process?: ServiceHost;
  readonly clock?: Clock;
}

export interface RunningService {
  /** `http://host:port` as bound. */
  readonly url: string;
  /** Ends the service with exit code 1. */
  readonly fatal: (error: unknown) => void;
  /** Closes it as SIGTERM does. */
  readonly stop: () => Promise<void>;
}

/** Terminal and package manager both pass a Ctrl-C on: what comes right after the first signal is no second one. */
const SECOND_SIGNAL_MS = 300;

/**
 * Runs one service until SIGTERM or SIGINT (exit 0; a second one ends it at once with 1) or a fatal error (its message and remedy on stderr, exit 1).
 * Writes `{"event":"listening","url":…}` to stderr once health answers; nothing to stdout. Never rejects: a failed
 * start is a fatal error, and the result is null then.
 */
export async function runService(options: ServiceOptions): Promise<RunningService | null> {
  const service = new Service(options);
  return service.start();
}

class Service {
  readonly #options: ServiceOptions;
  readonly #host: ServiceHost;
  readonly #clock: Clock;
  #app: NestFastifyApplication | undefined;
  #starting = true;
  #closeStrategy: () => Promise<unknown> = () => Promise.resolve();
  #ending: Promise<void> | undefined;
  #stoppingSinceMs: number | undefined;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#host = options.process ?? processHost();
    this.#clock = options.clock ?? systemClock;
  }

  async start(): Promise<RunningService | null> {
    const { name, fatal = createFatalReporter() } = this.#options;
    this.#host.onStop((reason) => this.#onStop(reason));
    this.#host.onCrash((error) => this.#fail(error));
    fatal.onReport((error) => this.#fail(error));
    try {
      const url = await this.#listen();
      if (this.#ending !== undefined) {
        await this.#ending;
        return null;
      }
      const time = new Date(this.#clock.nowMs()).toISOString();
      this.#host.writeLine(JSON.stringify({ time, level: 'info', service: name, event: 'listening', url }));
      this.#app?.startAllMicroservices().then(
        () => void (this.#starting = false),
        (error: unknown) => this.#fail(error),
      );
      return { url, fatal: fatal.report, stop: () => this.#end(0) };
    } catch (error) {
      this.#fail(explainListenError(error, this.#options));
      await this.#ending;
      return null;
    }
  }

  async #listen(): Promise<string> {
    const { module, strategy, host, port, logger, configure } = this.#options;
    const adapter = this.#options.adapter ?? new FastifyAdapter({ forceCloseConnections: 'idle' });
    const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
      logger: createNestLogger(logger),
      abortOnError: false,
    });
    this.#app = app;
    if (strategy !== undefined) app.connectMicroservice({ strategy: this.#closedOnce(strategy) });
    await configure?.(app);
    await app.listen(port, host);
    return boundUrl(app, host);
  }

  #onStop(reason: string): void {
    const { logger } = this.#options;
    const nowMs = this.#clock.nowMs();
    if (this.#stoppingSinceMs === undefined) {
      this.#stoppingSinceMs = nowMs;
      logger.info('stopping', { event: 'stopping', reason });
      void this.#end(0);
    } else if (reason.startsWith('SIG') && nowMs - this.#stoppingSinceMs >= SECOND_SIGNAL_MS) {
      logger.warn('asked twice: ending at once; what is not committed is done again', { reason });
      this.#host.exit(1);
    }
  }

  #fail(error: unknown): void {
    if (this.#ending !== undefined) return;
    const { name: service } = this.#options;
    this.#host.writeLine(
      fatalLine(error, { service, isStarting: this.#starting, nowMs: this.#clock.nowMs() }),
    );
    void this.#end(1);
  }

  #end(code: number): Promise<void> {
    this.#ending ??= this.#close().then(() => this.#host.exit(code));
    return this.#ending;
  }

  /** Nest closes HTTP first, and waits there for requests under way: the work must not wait for them. */
  async #closeParts(): Promise<void> {
    await this.#closeStrategy();
    await this.#app?.close();
  }

  /** As Nest sees it; the first to close it closes it, also where it was never started. */
  #closedOnce(strategy: CustomTransportStrategy): CustomTransportStrategy {
    let closing: Promise<unknown> | undefined;
    this.#closeStrategy = () => (closing ??= Promise.resolve(strategy.close()));
    return { listen: (callback) => strategy.listen(callback), close: () => this.#closeStrategy() };
  }

  /** What cannot be closed in time is left to the next owner: that is no failure of this process. */
  async #close(): Promise<void> {
    const { logger, shutdownDeadlineMs } = this.#options;
    const closed = new AbortController();
    try {
      await Promise.race([
        this.#closeParts(),
        this.#clock.sleep(shutdownDeadlineMs, closed.signal).then(() => {
          if (closed.signal.aborted) return;
          logger.warn('closing took longer than the deadline', {
            event: 'close-timeout',
            shutdownDeadlineMs,
          });
        }),
      ]);
    } catch (error) {
      logger.error('closing failed', { event: 'close-failed', error });
    } finally {
      closed.abort();
    }
  }
}

function boundUrl(app: NestFastifyApplication, host: string): string {
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function explainListenError(error: unknown, { host, port }: ServiceOptions): unknown {
  if (!isError(error) || !('code' in error)) return error;
  if (error.code === 'EADDRINUSE') {
    return new FatalError('CONFIGURATION_INVALID', `Port ${port} on ${host} is in use; choose another one.`, {
      cause: error,
    });
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'EACCES') {
    return new FatalError('CONFIGURATION_INVALID', `Cannot listen on ${host}:${port} (${error.code}).`, {
      cause: error,
    });
  }
  return error;
}
