import type { CommittedPosition, TopicPartition } from './broker.js';

/** One partition of a reset: planned, and what became of it. */
export interface ResetStep extends TopicPartition {
  /** Where the group was: as planned, and as found once it is done. */
  readonly from: CommittedPosition;
  readonly to: bigint;
  readonly state: 'planned' | 'done';
}

/** A reset as docstream.audit has it: written before the first partition moves, so that it can be finished. */
export interface ResetEntry {
  readonly auditId: string;
  readonly timeMs: number;
  readonly group: string;
  readonly steps: readonly ResetStep[];
  readonly reason: string | null;
  /** The reset that this one takes back. */
  readonly undoes: string | null;
}

/** A position of the store, whose truth is in PostgreSQL. */
export interface StorePosition extends TopicPartition {
  /** Null: it never took that partition over, or stored nothing of it. */
  readonly next: bigint | null;
}

/** What a reset reads and writes in PostgreSQL. Errors: DependencyError DATABASE_UNAVAILABLE, DATABASE_NOT_MIGRATED. */
export interface ResetLog {
  begin(entry: ResetEntry): Promise<void>;
  find(auditId: string): Promise<ResetEntry | null>;
  /**
   * Carries out that reset while nobody else does; null, without running `work`, when somebody does. What was done
   * counts, also where the lock was lost with its connection.
   */
  exclusively<T>(auditId: string, work: () => Promise<T>): Promise<T | null>;
  /** One partition is done, from there. */
  markDone(auditId: string, partition: TopicPartition, from: CommittedPosition): Promise<void>;
  /** Distinct documents whose record lies in [from, to), by the timeline. */
  countDocuments(partition: TopicPartition, from: bigint, to: bigint): Promise<number>;
  storePositions(group: string): Promise<readonly StorePosition[]>;
  /**
   * Moves the store and marks the step in one transaction, with a new epoch: the running store takes over again by
   * itself. Nothing moves where it is there or past it, seen in the step's direction. Safe to repeat.
   */
  moveStore(auditId: string, group: string, step: ResetStep): Promise<'moved' | 'there'>;
}
