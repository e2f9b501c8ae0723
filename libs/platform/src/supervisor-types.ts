export type ProcessState = 'starting' | 'running' | 'waiting' | 'stopped';

export interface ProcessSpec {
  /** Unique within the supervisor; also the name of the log file. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment of the process; undefined values are left out. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard output and error are appended here. */
  readonly logFile: string;
  /** How the process is asked to stop. Default: SIGTERM. */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT';
  /** How long it may take to stop before it and its children are killed. Default: 10,000. */
  readonly stopWithinMs?: number;
  /** Run as this user (POSIX ids); for PostgreSQL under root. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/**
 * A child that ends when this process does, even by `kill -9`: a small shell beside it holds a pipe to this process
 * and ends it (its whole process group in the end) when the pipe closes.
 */
export interface GuardedProcess {
  readonly pid: number;
  /** Settles once, never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Asks it to stop, kills its group after `stopWithinMs`; resolves when it has ended. */
  stop(): Promise<ProcessExit>;
}

export interface ServiceSpec extends ProcessSpec {
  /** Asked until it answers 2xx, then the service counts as running; without it: as soon as it is started. */
  readonly readyUrl?: string;
  /** Default: 60,000. */
  readonly readyWithinMs?: number;
}

export interface SupervisorOptions {
  /** A service died and will be started again after `delayMs`, started again, … One sentence for people. */
  readonly onEvent?: (sentence: string) => void;
  /** First wait before a restart; doubled up to `maxRestartDelayMs` while it keeps dying. Default: 1,000. */
  readonly restartDelayMs?: number;
  /** Default: 30,000. */
  readonly maxRestartDelayMs?: number;
  /** A service that ran this long starts again with the first delay. Default: 30,000. */
  readonly stableAfterMs?: number;
}

/** Keeps services running; every one of them ends with this process. See `createSupervisor`. */
export interface Supervisor {
  /**
   * Starts the service and keeps it running. Resolves when it answers at `readyUrl`, rejects with a PlatformError that
   * shows the end of its log when it does not within `readyWithinMs` (it is then still supervised until `stop`).
   */
  start(spec: ServiceSpec): Promise<void>;
  /** Id of the service's process; undefined while it is not running. */
  pidOf(name: string): number | undefined;
  stateOf(name: string): ProcessState;
  /** How often the service was started again. */
  restartsOf(name: string): number;
  /** Stops all side by side, restarts nothing any more; resolves when none is left. Safe to call twice. */
  stop(): Promise<void>;
}
