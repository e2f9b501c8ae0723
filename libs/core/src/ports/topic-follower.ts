import type { ConsumedRecord } from './broker.js';

/** Reads the whole of a small topic and then what is appended, for itself alone: no group shares it, no position stays. */
export interface TopicFollower {
  /**
   * Hands over every record, in the order of its partition and none twice. Resolves when all that lay there at the
   * start was handed over, or when the signal aborts; waits while the broker is away. FatalError when it refuses us.
   */
  start(onRecord: (record: ConsumedRecord) => void, signal: AbortSignal): Promise<void>;
  /** Resolves at the latest after `deadlineMs`. */
  close(deadlineMs: number): Promise<void>;
}
