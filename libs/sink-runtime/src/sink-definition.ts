import type { ErrorCode } from '@docstream/contracts';
import type { ConsumedRecord, Failure, TopicPartition } from '@docstream/core';

/** What is sunk: how a record becomes changes. Everything that can be retried or committed is the runtime's. */
export interface SinkDefinition<Change> {
  readonly name: string;
  readonly group: string;
  readonly topics: readonly string[];
  readonly deadLetterTopic: string;
  /** Null: the record changes nothing. Safe to repeat. PoisonError: to the dead letters; DependencyError: it waits. */
  project(record: ConsumedRecord): Promise<Change | null>;
  /** What is written down for a record that can never be applied; null when nobody can tell whose it is. */
  projectDeadLetter(record: ConsumedRecord, failure: Failure): Change | null;
}

export interface SinkSettings {
  /** Records in one database transaction. */
  readonly batchRecords: number;
  /** Bytes of records in one database transaction. */
  readonly batchBytes: number;
  /** Records of one partition that wait before fetching stops. */
  readonly windowRecords: number;
  /** Bytes of one partition's records that wait before fetching stops. */
  readonly windowBytes: number;
  /** Database transactions at the same time; less than the connections of the pool. */
  readonly concurrency: number;
  /** Attempts for errors of class `unknown`, the first one included. */
  readonly maxAttempts: number;
  /** After a loss of ownership: time for the group to tell us that the partition is no longer ours. */
  readonly retakeDelayMs: number;
  /** How often a reset is looked for while nothing arrives. */
  readonly epochCheckMs: number;
}

export const DEFAULT_SINK_SETTINGS: SinkSettings = {
  batchRecords: 500,
  batchBytes: 8 * 1_048_576,
  windowRecords: 2_000,
  windowBytes: 16 * 1_048_576,
  concurrency: 4,
  maxAttempts: 3,
  retakeDelayMs: 1_000,
  epochCheckMs: 2_000,
};

/** What the runtime tells the outside (metrics); calls must not throw and must return at once. */
export interface SinkObserver {
  onApplied(topic: string, records: number, seconds: number): void;
  onDeadLettered(topic: string, code: ErrorCode): void;
  onTakeOver(partition: TopicPartition): void;
  /** Records that retention deleted before they were read, at most this many offsets. */
  onLost(partition: TopicPartition, from: bigint, to: bigint): void;
  onPaused(dependency: string, isPaused: boolean): void;
}

export const silentSinkObserver: SinkObserver = {
  onApplied: () => undefined,
  onDeadLettered: () => undefined,
  onTakeOver: () => undefined,
  onLost: () => undefined,
  onPaused: () => undefined,
};
