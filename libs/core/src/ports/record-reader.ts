import type { ConsumedRecord, LogRange, TopicPartition } from './broker.js';

/**
 * Reads a range of a topic as it lies there, apart from every group's position. Errors: DependencyError while the
 * broker is away, FatalError when it refuses us.
 */
export interface RecordReader {
  /**
   * Committed records of [start, end) in their order. Ends at `end`, or at the end that the log had when it was asked;
   * offsets are sparse, and what retention deletes meanwhile is left out.
   */
  read(partition: TopicPartition, range: LogRange): AsyncIterable<ConsumedRecord>;
  /** Resolves at the latest after `deadlineMs`. */
  close(deadlineMs: number): Promise<void>;
}
