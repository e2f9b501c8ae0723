import type {
  AuditReader,
  AuditedRun,
  ClusterAdmin,
  ConsumedRecord,
  DoubledRun,
  OutcomeCounts,
} from '@docstream/core';

/** What an audit reads, set by a test: empty topics that the store is up with, and whatever the rows should say. */
export class MemoryAudit {
  counts: readonly OutcomeCounts[] = [];
  unfinished: readonly AuditedRun[] = [];
  doubled: readonly DoubledRun[] = [];
  outage: Error | undefined;
  rounds = 0;
  /** Records that the store has not read yet, of every topic. */
  unstored = 0n;
  /** What the store has read, by `topic/partition`. */
  stored: ReadonlyMap<string, bigint> = new Map();

  readonly rows: AuditReader = {
    readPositions: async () => {
      if (this.outage !== undefined) throw this.outage;
      this.rounds += 1;
      return this.stored;
    },
    findUnfinished: async () => this.unfinished,
    countOutcomes: async () => this.counts,
    findVanished: async () => [],
    findDoubled: async () => this.doubled,
    countKnown: async () => [],
    findUnknown: async () => [],
  };

  readonly kafka: Pick<ClusterAdmin, 'committedPositions' | 'logRanges'> = {
    committedPositions: async (_, topics) =>
      topics.map((topic) => ({ topic, partition: 0, offset: 0n, metadata: 'v1' })),
    logRanges: async (topic) => [{ topic, partition: 0, range: { start: 0n, end: this.unstored } }],
  };

  readonly records = {
    async *read(): AsyncGenerator<ConsumedRecord> {
      // The topic is empty.
    },
    close: async () => undefined,
  };
}
