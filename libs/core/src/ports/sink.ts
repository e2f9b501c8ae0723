import type { TopicPartition } from './broker.js';

/** A take-over's result: the epoch that makes all older ones lose, and the position, null when there is none yet. */
export interface Tenure {
  readonly epoch: bigint;
  readonly nextOffset: bigint | null;
}

/** Compare-and-set of a position: refused unless epoch and position are still what the holder knows. */
export interface PositionMove {
  readonly epoch: bigint;
  readonly from: bigint | null;
  readonly to: bigint;
}

/**
 * Rows and position in one database transaction; the database's position is the truth, Kafka's follows.
 * Errors: DependencyError DATABASE_UNAVAILABLE, DATABASE_NOT_MIGRATED (fact `suspect`: true where the
 * connection broke over these changes or the server gave up on them, false where it would refuse any others, too); PoisonError INVALID_VALUE; OwnershipLostError when the compare-and-set was refused.
 */
export interface SinkDatabase<Change> {
  /** From here on every older holder of the partition loses. */
  takeOver(group: string, partition: TopicPartition): Promise<Tenure>;
  /** All of it or nothing. Applying a change twice, or in another order, gives the same rows. */
  apply(
    group: string,
    partition: TopicPartition,
    move: PositionMove,
    changes: readonly Change[],
  ): Promise<void>;
  /** Moves over records that the topic no longer has, and writes the range [from, to) down. */
  recordLoss(group: string, partition: TopicPartition, move: PositionMove & { from: bigint }): Promise<void>;
  /** Current epochs by `topic/partition`: how a reset is noticed while nothing arrives. */
  readEpochs(group: string): Promise<ReadonlyMap<string, bigint>>;
  checkHealth(): Promise<void>;
}
