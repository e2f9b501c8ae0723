import {
  OwnershipLostError,
  type CommittedPosition,
  type ConsumedRecord,
  type LogRange,
  type Membership,
  type MembershipListener,
  type OutgoingRecord,
  type PartitionPublisher,
  type RecordReader,
  type StageBroker,
  type TopicPartition,
} from '@docstream/core';

interface StoredRecord extends ConsumedRecord {
  /** Transaction markers and aborted records take an offset and are never delivered. */
  readonly isVisible: boolean;
}

interface MemberState {
  readonly listener: MembershipListener;
  readonly fetchFrom: Map<string, bigint>;
  readonly paused: Set<string>;
  hasLeft: boolean;
}

/**
 * Kafka in memory, as far as the runtimes need it: one-record transactions with markers (sparse offsets), fencing by
 * publisher epochs, committed positions with metadata, one member a group. Deliveries happen in later microtasks.
 */
export class MemoryBroker implements StageBroker {
  readonly #logs = new Map<string, StoredRecord[]>();
  readonly #starts = new Map<string, bigint>();
  readonly #ends = new Map<string, bigint>();
  readonly #positions = new Map<string, CommittedPosition>();
  readonly #epochs = new Map<string, number>();
  readonly #members = new Map<string, MemberState>();
  readonly #partitions: number;
  /** Set to make every call fail, as when the broker is away. */
  outage: Error | undefined;
  /** Records, markers included, that one fetch brings at most. */
  fetchRecords = Infinity;
  /** Transactions committed so far. */
  transactions = 0;

  constructor(partitions = 1) {
    this.#partitions = partitions;
  }

  /** Appends as a plain producer; returns the offset. */
  append(record: OutgoingRecord): bigint {
    return this.#append(record, true);
  }

  /** Takes an offset without a visible record. */
  appendMarker(topic: string, partition = 0): void {
    this.#append({ topic, partition, key: null, value: null, headers: [] }, false);
  }

  /** Retention: everything below that offset is gone. */
  deleteBelow(topic: string, partition: number, offset: bigint): void {
    const name = nameOf({ topic, partition });
    this.#starts.set(name, offset);
    this.#logs.set(
      name,
      this.#log(name).filter((record) => record.offset >= offset),
    );
  }

  records(topic: string): readonly ConsumedRecord[] {
    return [...this.#logs]
      .filter(([name]) => name.startsWith(`${topic}/`))
      .flatMap(([, log]) => log.filter((record) => record.isVisible));
  }

  /** Reads these logs apart from every group's position. */
  reader(): RecordReader {
    const read = this.#read.bind(this);
    return { read, close: async () => undefined };
  }

  setCommitted(group: string, partition: TopicPartition, position: CommittedPosition): void {
    this.#positions.set(`${group}/${nameOf(partition)}`, position);
  }

  /** Another member takes over: the current publisher of the partition is fenced. */
  fence(group: string, partition: TopicPartition): void {
    const name = `${group}/${nameOf(partition)}`;
    this.#epochs.set(name, (this.#epochs.get(name) ?? 0) + 1);
  }

  /** Gives all partitions of the topics to the group's member once more, as after a rebalance. */
  rebalance(group: string, topics: readonly string[]): void {
    const member = this.#members.get(group);
    if (member === undefined) return;
    member.fetchFrom.clear();
    member.listener.onAssigned(
      topics.flatMap((topic) =>
        Array.from({ length: this.#partitions }, (_, partition) => ({ topic, partition })),
      ),
    );
  }

  async join(group: string, topics: readonly string[], listener: MembershipListener): Promise<Membership> {
    this.#throwWhenAway();
    const member: MemberState = { listener, fetchFrom: new Map(), paused: new Set(), hasLeft: false };
    this.#members.set(group, member);
    this.rebalance(group, topics);
    return {
      start: (partition, offset) => {
        member.fetchFrom.set(nameOf(partition), offset);
        member.paused.delete(nameOf(partition));
        queueMicrotask(() => this.#deliver(member, partition));
      },
      pause: (partition) => void member.paused.add(nameOf(partition)),
      resume: (partition) => {
        member.paused.delete(nameOf(partition));
        queueMicrotask(() => this.#deliver(member, partition));
      },
      commit: async (partition, offset) => this.setCommitted(group, partition, { offset, metadata: '' }),
      lastContactMs: () => Date.now(),
      leave: async () => {
        member.hasLeft = true;
        if (this.#members.get(group) === member) this.#members.delete(group);
      },
    };
  }

  async takeOver(group: string, partition: TopicPartition): Promise<PartitionPublisher> {
    this.#throwWhenAway();
    this.fence(group, partition);
    const name = `${group}/${nameOf(partition)}`;
    const epoch = this.#epochs.get(name);
    return {
      publish: async (records, position) => {
        this.#throwWhenAway();
        if (this.#epochs.get(name) !== epoch) throw new OwnershipLostError('fenced by a newer publisher');
        for (const record of records) this.#append(record, true);
        for (const topic of new Set(records.map((record) => record.topic))) this.appendMarker(topic);
        this.#positions.set(name, position);
        this.transactions += 1;
      },
      close: async () => undefined,
    };
  }

  async committed(group: string, partition: TopicPartition): Promise<CommittedPosition | null> {
    this.#throwWhenAway();
    return this.#positions.get(`${group}/${nameOf(partition)}`) ?? null;
  }

  async logRange(partition: TopicPartition): Promise<LogRange> {
    this.#throwWhenAway();
    const name = nameOf(partition);
    return { start: this.#starts.get(name) ?? 0n, end: this.#ends.get(name) ?? 0n };
  }

  async newestOf(topic: string, key: Uint8Array): Promise<ConsumedRecord | null> {
    this.#throwWhenAway();
    const name = Buffer.from(key).toString();
    return (
      this.records(topic).findLast((record) => Buffer.from(record.key ?? []).toString() === name) ?? null
    );
  }

  async checkHealth(): Promise<void> {
    this.#throwWhenAway();
  }

  async close(): Promise<void> {
    this.#members.clear();
  }

  async *#read(partition: TopicPartition, range: LogRange): AsyncGenerator<ConsumedRecord> {
    const log = await this.logRange(partition);
    const end = range.end < log.end ? range.end : log.end;
    for (const record of [...this.#log(nameOf(partition))]) {
      if (record.isVisible && record.offset >= range.start && record.offset < end) yield record;
    }
  }

  #append(record: OutgoingRecord, isVisible: boolean): bigint {
    const partition = record.partition ?? 0;
    const name = nameOf({ topic: record.topic, partition });
    const offset = this.#ends.get(name) ?? 0n;
    this.#ends.set(name, offset + 1n);
    const { topic, key, value, headers } = record;
    this.#log(name).push({
      topic,
      partition,
      key,
      value,
      headers,
      offset,
      isVisible,
      timestampMs: 1_700_000_000_000,
    });
    for (const member of this.#members.values())
      queueMicrotask(() => this.#deliver(member, { topic, partition }));
    return offset;
  }

  #deliver(member: MemberState, partition: TopicPartition): void {
    const name = nameOf(partition);
    const from = member.fetchFrom.get(name);
    if (member.hasLeft || from === undefined || member.paused.has(name)) return;
    if (from < (this.#starts.get(name) ?? 0n)) {
      member.paused.add(name);
      member.listener.onOutOfRange(partition);
      return;
    }
    const waiting = this.#log(name).filter((record) => record.offset >= from);
    if (waiting.length === 0) return;
    const fetched = waiting.slice(0, this.fetchRecords);
    const isAll = fetched.length === waiting.length;
    const fetchPosition = isAll ? (this.#ends.get(name) ?? from) : (fetched.at(-1)?.offset ?? from) + 1n;
    if (!isAll) setImmediate(() => this.#deliver(member, partition));
    member.fetchFrom.set(name, fetchPosition);
    member.listener.onDelivery({
      ...partition,
      records: fetched.filter((record) => record.isVisible),
      fetchPosition,
    });
  }

  #log(name: string): StoredRecord[] {
    const log = this.#logs.get(name) ?? [];
    this.#logs.set(name, log);
    return log;
  }

  #throwWhenAway(): void {
    if (this.outage !== undefined) throw this.outage;
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
