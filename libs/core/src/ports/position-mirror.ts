import type { CommittedPosition, TopicPartition } from './broker.js';

/** A position as the compacted topic has it: what Kafka has forgotten, or somebody else overwrote. */
export interface PositionRecord extends CommittedPosition {
  /** Milliseconds since 1970. */
  readonly recordedAtMs: number;
  /** Set when an operator moved the position by `docstream`, with the position before. */
  readonly auditId: string | null;
  readonly previousWatermark: bigint | null;
}

/**
 * Errors: DependencyError while broker or registry are away, FatalError POSITION_UNKNOWN when the newest record cannot
 * be read. To be asked after the take-over only: before it, a predecessor may still commit.
 */
export interface PositionMirror {
  /** Newest position of the group in that partition; null when there never was one. */
  read(group: string, partition: TopicPartition, signal?: AbortSignal): Promise<PositionRecord | null>;
}
