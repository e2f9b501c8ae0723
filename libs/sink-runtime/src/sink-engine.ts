import {
  DocstreamError,
  OwnershipLostError,
  classifyError,
  type Clock,
  type Logger,
  type RecordProducer,
  type SinkDatabase,
  type StageBroker,
} from '@docstream/core';
import { backoffMs, type DependencyGate } from '@docstream/stage-runtime';
import type { SinkDefinition, SinkObserver, SinkSettings } from './sink-definition.js';

/** What all partitions of one sink share. */
export interface SinkEngine<Change> {
  readonly sink: SinkDefinition<Change>;
  readonly broker: StageBroker;
  readonly database: SinkDatabase<Change>;
  readonly producer: RecordProducer;
  readonly gate: DependencyGate;
  readonly settings: SinkSettings;
  readonly observer: SinkObserver;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onFatal: (error: unknown) => void;
  /** Runs `work` when one of the slots for database transactions is free. */
  readonly withSlot: <T>(work: () => Promise<T>) => Promise<T>;
}

const INITIAL_DELAY_MS = 200;
const MAX_DELAY_MS = 5_000;
/** So often may a healthy dependency fail over the same records before they are suspected; as in the stages. */
export const MAX_HEALTHY_FAILURES = 3;

/**
 * Repeats `work` while a dependency is away: the verdict is the dependency's health check, no attempt is spent. Rejects
 * with every other error, and with OwnershipLostError when the signal aborts. With `maxHealthyFailures`, for work on
 * records: with an error of class `unknown` when a healthy dependency failed so often and the records may be why.
 */
export async function repeatWhileAway<T, Change>(
  { gate, clock, random }: SinkEngine<Change>,
  signal: AbortSignal,
  work: () => Promise<T>,
  maxHealthyFailures = Infinity,
): Promise<T> {
  let healthyFailures = 0;
  for (let failures = 1; ; failures += 1) {
    if (signal.aborted) throw new OwnershipLostError('the partition was given up');
    try {
      return await work();
    } catch (error) {
      const failure = classifyError(error);
      const { failureClass, dependency = 'unknown', retryAfterMs } = failure;
      if (failureClass !== 'transient') throw error;
      const isHealthy = await gate.passOrWait(dependency, signal);
      if (isHealthy && retryAfterMs !== undefined) {
        await clock.sleep(retryAfterMs, signal);
        continue;
      }
      if (!isHealthy) failures = 1;
      else if (isSuspect(error)) healthyFailures += 1;
      if (healthyFailures >= maxHealthyFailures) {
        const what = `${dependency} is healthy, but fails over these records: ${failure.code}, ${failure.message}`;
        throw new DocstreamError('UNCLASSIFIED', what, { cause: error });
      }
      await clock.sleep(backoffMs(failures, INITIAL_DELAY_MS, MAX_DELAY_MS, random), signal);
    }
  }
}

/** False when the dependency says that it would have failed whatever it was asked: a full disk, a standby. */
function isSuspect(error: unknown): boolean {
  return !(error instanceof DocstreamError && error.facts['suspect'] === false);
}

/** Bounds how many pieces of work run at the same time; first come, first served. */
export function createSlots(size: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = size;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
