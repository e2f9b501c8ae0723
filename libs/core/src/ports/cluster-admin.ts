import type {
  CommittedPosition,
  ConsumedRecord,
  LogRange,
  OutgoingRecord,
  TopicPartition,
} from './broker.js';

export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** As Kafka names them: `retention.ms`, `cleanup.policy`, … */
  readonly configs: Readonly<Record<string, string>>;
}

export interface TopicDescription {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Every config that holds, the broker's defaults included. */
  readonly configs: Readonly<Record<string, string>>;
}

export interface ClusterDescription {
  readonly clusterId: string;
  readonly brokers: readonly { readonly id: number; readonly address: string }[];
  readonly controller: number | null;
}

/** A partition with what its topic keeps. */
export interface PartitionRange extends TopicPartition {
  readonly range: LogRange;
}

/** A group's committed position in one partition. */
export interface GroupPosition extends TopicPartition, CommittedPosition {}

export interface PartitionLag extends TopicPartition {
  readonly group: string;
  /** Null: no offset is committed. */
  readonly committed: bigint | null;
  readonly logStart: bigint;
  readonly logEnd: bigint;
}

/**
 * Records that the group has not read: log end − max(committed, log start); without a committed offset all that is
 * kept. Offsets are sparse: an upper bound of the documents.
 */
export function lagOf({ committed, logStart, logEnd }: PartitionLag): bigint {
  const from = committed === null || committed < logStart ? logStart : committed;
  return logEnd > from ? logEnd - from : 0n;
}

/** Lag of every group on every partition that it reads. Topics that do not exist are left out. */
export interface LagReader {
  readLag(): Promise<readonly PartitionLag[]>;
}

/** Where a position goes, with the records that say so in the same transaction. */
export interface PositionChange {
  readonly position: CommittedPosition;
  readonly records: readonly OutgoingRecord[];
}

/**
 * What an operator does to a cluster. Errors: DependencyError BROKER_UNAVAILABLE while it is away or late, FatalError
 * when it refuses us.
 */
export interface ClusterAdmin extends LagReader {
  describeCluster(): Promise<ClusterDescription>;
  listTopics(): Promise<readonly string[]>;
  /** Topics that do not exist are left out. */
  describeTopics(names: readonly string[]): Promise<readonly TopicDescription[]>;
  createTopics(topics: readonly NewTopic[]): Promise<void>;
  /** Sets these configs of a topic; what else is set on it stays. */
  alterTopicConfigs(topic: string, configs: Readonly<Record<string, string>>): Promise<void>;
  /** To `total`, which must be more than there are. */
  addPartitions(topic: string, total: number): Promise<void>;
  /** Configs of one broker, by id. */
  describeBroker(id: number): Promise<Readonly<Record<string, string>>>;
  logRanges(topic: string): Promise<readonly PartitionRange[]>;
  /** What the group committed in these topics; partitions without an offset are left out. */
  committedPositions(group: string, topics: readonly string[]): Promise<readonly GroupPosition[]>;
  /** Members that are in the group now. */
  countMembers(group: string): Promise<number>;
  /**
   * Commits the group's first offset in a partition that has none; false when there was one. Fences the partition's
   * owner before it looks, so that it is right with live members, too: the owner takes over again.
   */
  commitFirstPosition(group: string, partition: TopicPartition, offset: bigint): Promise<boolean>;
  /**
   * Moves the group's position, whoever works there: fences the owner, *then* reads what is committed, publishes what
   * `decide` makes of it in one transaction and reads it back; the owner takes over again. False when `decide` says
   * null. Errors also: OwnershipLostError, with the outcome unknown; asked again, `decide` sees what became of it.
   */
  movePosition(
    group: string,
    partition: TopicPartition,
    decide: (committed: CommittedPosition | null) => Promise<PositionChange | null>,
  ): Promise<boolean>;
  /** Offset of the first record of that time or later by partition; the log's end where there is none. */
  offsetsAt(topic: string, timeMs: number): Promise<ReadonlyMap<number, bigint>>;
  /** Newest committed record with that key. */
  newestOf(topic: string, key: Uint8Array): Promise<ConsumedRecord | null>;
  /** Resolves at the latest after `deadlineMs`. */
  close(deadlineMs: number): Promise<void>;
}
