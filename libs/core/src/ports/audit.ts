import type { DocumentId, RunId } from '@docstream/contracts';
import type { TopicPartition } from './broker.js';

/** Records of a partition that its stage resolved: those below `below`, and those of `done` above it. */
export interface ResolvedRange extends TopicPartition {
  /** First offset that is looked at. */
  readonly from: bigint;
  readonly below: bigint;
  readonly done: readonly bigint[];
}

/** A run with the record that is the last known of it. */
export interface AuditedRun {
  readonly documentId: DocumentId;
  readonly run: RunId;
  readonly tenant: string;
  /** Its newest event (`received`, `parsed`, `classified`); `unread`: the store passed over it; `vanished`: its rows are gone. */
  readonly event: string;
  /** `topic/partition/offset` of that event. */
  readonly source: string;
  /** Partition of the ingest topic; null for runs that began behind it. */
  readonly ingestPartition: number | null;
}

/** A run with more outcomes than submissions. */
export interface DoubledRun extends Pick<AuditedRun, 'documentId' | 'run' | 'tenant' | 'ingestPartition'> {
  /** `event topic/partition/offset` of each outcome. */
  readonly outcomes: readonly string[];
}

/** What became of the ingest records of a partition that the timeline knows. */
export interface OutcomeCounts {
  readonly partition: number;
  readonly first: bigint;
  readonly last: bigint;
  readonly accepted: number;
  readonly stored: number;
  readonly deadLettered: number;
  readonly skipped: number;
  readonly lost: number;
  /** Neither the run nor its tombstone is there. */
  readonly vanished: number;
}

export interface KnownOffsets {
  readonly partition: number;
  /** Offset divided by the size of a bucket. */
  readonly bucket: bigint;
  readonly records: number;
}

/** The rows as the audit reads them; each call sees one state of the tables. Errors: as DocumentRepository. */
export interface AuditReader {
  /** Next offsets of the group by `topic/partition`. */
  readPositions(group: string): Promise<ReadonlyMap<string, bigint>>;
  /** Runs without an end whose newest event is one of the resolved records; at most `limit`. */
  findUnfinished(
    resolved: readonly ResolvedRange[],
    sinceMs: number | null,
    limit: number,
  ): Promise<readonly AuditedRun[]>;
  countOutcomes(
    resolved: readonly ResolvedRange[],
    sinceMs: number | null,
  ): Promise<readonly OutcomeCounts[]>;
  /** Runs of these ingest records that have neither row nor tombstone; at most `limit`. */
  findVanished(
    resolved: readonly ResolvedRange[],
    sinceMs: number | null,
    limit: number,
  ): Promise<readonly AuditedRun[]>;
  /** Of the runs with an outcome at or above `from` in its partition; `ingest` is the topic of the submissions. */
  findDoubled(
    from: readonly (TopicPartition & { readonly from: bigint })[],
    ingest: string,
    sinceMs: number | null,
    limit: number,
  ): Promise<readonly DoubledRun[]>;
  /** How many offsets of each bucket the timeline knows. */
  countKnown(ranges: readonly ResolvedRange[], bucketSize: number): Promise<readonly KnownOffsets[]>;
  /** Which of these offsets the timeline does not know. */
  findUnknown(partition: TopicPartition, offsets: readonly bigint[]): Promise<readonly bigint[]>;
}
