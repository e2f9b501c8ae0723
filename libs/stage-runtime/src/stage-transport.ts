import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { StageRuntime } from './stage-runtime.js';

/** Nest's view of a stage: a transport that listens and closes. */
interface Runnable {
  start(): Promise<void>;
  stop(deadlineMs: number): Promise<void>;
}

/**
 * Custom transport strategy around a stage runtime. Nest's own Kafka transport renames the group to `<id>-server`,
 * commits records that no handler matched, retries for ever and has no dead letters (docs/adr/0003).
 */
export class StageTransport extends Server implements CustomTransportStrategy {
  readonly #runtime: Runnable;
  readonly #shutdownDeadlineMs: number;

  constructor(runtime: StageRuntime<never, never, never> | Runnable, shutdownDeadlineMs: number) {
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

  /** There are no patterns to subscribe to: a stage is a definition, not a message handler. */
  override on(): never {
    throw new TypeError('a stage transport emits no events; observe it with a StageObserver');
  }

  override unwrap<T>(): T {
    return this.#runtime as T;
  }
}
