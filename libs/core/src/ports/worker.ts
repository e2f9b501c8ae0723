/** What a stage function knows of its run. Plain data: crosses processes. */
export interface StageContext {
  readonly documentId: string;
  readonly run: string;
  readonly attempt: number;
  /** Milliseconds that the function may take. */
  readonly deadlineMs: number;
}

/** A function named so that it can cross into a worker process. */
export interface NamedFunction {
  readonly module: URL;
  readonly export: string;
}

/** A result with the time that the function took, in milliseconds, without waiting for a free worker. */
export interface Timed<Output> {
  readonly value: Output;
  readonly runMs: number;
}

/**
 * Runs a named function outside this process.
 * Errors: what the function threw (classified), WORK_TIMEOUT, WORK_OUT_OF_MEMORY, WORKER_CRASHED.
 */
export interface WorkerPool<Input, Output> {
  run(input: Input, context: StageContext): Promise<Timed<Output>>;
  close(): Promise<void>;
}
