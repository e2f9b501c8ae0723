import type { GuardedProcess } from './supervisor-types.js';

/** What each part gets to start with. */
export interface PartContext {
  /** Absolute; each part has a folder of its own in it. */
  readonly dataDir: string;
  readonly cacheDir: string;
  /** Environment of children, without what would configure them behind our back. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ports of the part's last start first, else free ones. */
  readonly ports: readonly number[];
  /** The port under which clients know the part, where it is not its own: that of a proxy. */
  readonly advertisedPort?: number;
  /** Broker settings beside, or instead of, ours. */
  readonly kafkaSettings?: Readonly<Record<string, string | number>>;
  /** To be called as soon as a process is started, before it is up. */
  readonly onStarted: (process: GuardedProcess) => void;
}

/** A part that is up. */
export interface RunningPart {
  readonly process: GuardedProcess;
  /** `host:port` or URL. */
  readonly address: string;
}

/** The Java to run: that of JAVA_HOME, else the one in PATH. */
export function javaCommand(env: PartContext['env']): string {
  const home = env['JAVA_HOME'];
  return home === undefined || home === '' ? 'java' : `${home}/bin/java`;
}
