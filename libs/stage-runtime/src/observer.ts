import type { ErrorCode, FailureClass } from '@docstream/contracts';
import type { TopicPartition } from '@docstream/core';

/** What the runtime tells the outside (metrics); calls must not throw and must return at once. */
export interface StageObserver {
  /** A record reached its outcome in this stage. */
  onOutcome(outcome: 'published' | 'dead-lettered', code: ErrorCode | null, seconds: number): void;
  onFailure(failureClass: FailureClass, code: ErrorCode): void;
  onTransaction(records: number, seconds: number): void;
  onTakeOver(partition: TopicPartition): void;
  /** Records that retention deleted before they were read, at most this many offsets. */
  onLost(partition: TopicPartition, from: bigint, to: bigint): void;
  /** The committed offset was gone and is restored from the positions topic, or somebody else moved it. */
  onPosition(partition: TopicPartition, event: 'restored' | 'moved'): void;
  onPaused(dependency: string, isPaused: boolean): void;
}

export const silentObserver: StageObserver = {
  onOutcome: () => undefined,
  onFailure: () => undefined,
  onTransaction: () => undefined,
  onTakeOver: () => undefined,
  onLost: () => undefined,
  onPosition: () => undefined,
  onPaused: () => undefined,
};
