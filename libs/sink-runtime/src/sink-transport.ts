import { Server, type CustomTransportStrategy } from '@nestjs/microservices';

/** Nest's view of a sink: something that starts and stops. */
export interface RunnableSink {
  start(): Promise<void>;
  stop(deadlineMs: number): Promise<void>;
}

/** Custom transport strategy around a sink runtime: `app.connectMicroservice({ strategy })`. */
export class SinkTransport extends Server implements CustomTransportStrategy {
  readonly #runtime: RunnableSink;
  readonly #shutdownDeadlineMs: number;

  constructor(runtime: RunnableSink, shutdownDeadlineMs: number) {
    super();
    this.#runtime = runtime;
    this.#shutdownDeadlineMs = shutdownDeadlineMs;
  }

  listen(callback: (error?: unknown) => void): void {
    this.#runtime.start().then(
      () => callback(),
      (error: unknown) => callback(error),
    );
  }

  close(): Promise<void> {
    return this.#runtime.stop(this.#shutdownDeadlineMs);
  }

  /** There are no patterns to subscribe to: a sink is a definition, not a message handler. */
  override on(): never {
    throw new TypeError('a sink transport emits no events; observe it with a SinkObserver');
  }

  override unwrap<T>(): T {
    return this.#runtime as T;
  }
}
