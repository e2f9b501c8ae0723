import type { RecordHeaders } from '@docstream/contracts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A record as the broker delivered it. */
export interface ConsumedRecord extends TopicPartition {
  readonly offset: bigint;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: RecordHeaders;
  /** Milliseconds since 1970: LogAppendTime on our topics. */
  readonly timestampMs: number;
}

/** A record to be published; without a partition the key decides (murmur2, as Java clients do). */
export interface OutgoingRecord {
  readonly topic: string;
  readonly partition?: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: RecordHeaders;
}

/** A group's committed position: the next offset to work on, and our metadata string. */
export interface CommittedPosition {
  readonly offset: bigint;
  readonly metadata: string;
}

/** [start, end): the oldest offset still kept, and the one that the next record will get. */
export interface LogRange {
  readonly start: bigint;
  readonly end: bigint;
}

/** What one fetch brought for one partition. Offsets are sparse: count records, never subtract offsets. */
export interface Delivery extends TopicPartition {
  readonly records: readonly ConsumedRecord[];
  /** Where the next fetch begins: past transaction markers and aborted records that follow the last record. */
  readonly fetchPosition: bigint;
}

export interface MembershipListener {
  /** Called for every assignment, also when nothing changed. No record of a partition comes before `start`. */
  onAssigned(partitions: readonly TopicPartition[]): void;
  /** Must return at once: it enqueues. Empty deliveries carry a fetch position only. */
  onDelivery(delivery: Delivery): void;
  /** The position lies outside the log; the partition is paused until `start` is called again. */
  onOutOfRange(partition: TopicPartition): void;
  /** The membership ended and won't come back by itself. */
  onCrash(error: unknown): void;
}

/** Membership in a consumer group; kept alive by heartbeats that don't depend on the work. */
export interface Membership {
  /** Fetches the partition from that offset on; forgets what was fetched before. */
  start(partition: TopicPartition, offset: bigint): void;
  /** Stops fetching, keeps the partition. */
  pause(partition: TopicPartition): void;
  resume(partition: TopicPartition): void;
  /** Commits without a transaction (the sink's position is in PostgreSQL; Kafka's is for lag only). */
  commit(partition: TopicPartition, offset: bigint): Promise<void>;
  /** When the group's coordinator or a fetch last answered, in milliseconds since 1970. */
  lastContactMs(): number;
  /** Leaves the group, at the latest after `deadlineMs`, also while the broker is away. */
  leave(deadlineMs: number): Promise<void>;
}

/** The one writer of a (group, topic, partition): whoever holds the newest one fences all older ones. */
export interface PartitionPublisher {
  /**
   * One transaction: the records and the group's position. Resolves when it is committed.
   * Fails with OwnershipLostError when fenced or when the outcome is unknown; the publisher is dead then.
   */
  publish(records: readonly OutgoingRecord[], position: CommittedPosition): Promise<void>;
  close(): Promise<void>;
}

/** What a stage needs of Kafka. Errors: DependencyError while the broker is away, FatalError when it refuses us. */
export interface StageBroker {
  join(group: string, topics: readonly string[], listener: MembershipListener): Promise<Membership>;
  /** Fences every earlier publisher of this (group, partition) and ends its open transaction. Only then read the position. */
  takeOver(group: string, partition: TopicPartition): Promise<PartitionPublisher>;
  committed(group: string, partition: TopicPartition): Promise<CommittedPosition | null>;
  logRange(partition: TopicPartition): Promise<LogRange>;
  /**
   * Newest committed record with that key. Reads its partition whole, and waits for transactions open there; rejects
   * with a DependencyError when the signal aborts.
   */
  newestOf(topic: string, key: Uint8Array, signal?: AbortSignal): Promise<ConsumedRecord | null>;
  checkHealth(): Promise<void>;
  close(deadlineMs: number): Promise<void>;
}

/** Plain, idempotent producing (gateway, CLI). Resolves when all in-sync replicas have the records. */
export interface RecordProducer {
  produce(
    records: readonly OutgoingRecord[],
  ): Promise<readonly { readonly topic: string; readonly partition: number; readonly offset: bigint }[]>;
  close(): Promise<void>;
}
