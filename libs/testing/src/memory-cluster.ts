import { CONSUMED_TOPICS, SERVICES, groupOf } from '@docstream/contracts';
import type {
  ClusterAdmin,
  Compatibility,
  GroupPosition,
  LogRange,
  NewTopic,
  OutgoingRecord,
  SubjectRegistry,
  TopicDescription,
} from '@docstream/core';

interface MemoryTopic {
  partitions: number;
  replicationFactor: number;
  configs: Record<string, string>;
  ranges: Map<number, LogRange>;
}

/** ClusterAdmin in memory: topics with configs, log ranges that a test sets, committed offsets. */
export class MemoryClusterAdmin implements ClusterAdmin {
  readonly topics = new Map<string, MemoryTopic>();
  /** Key: `group/topic/partition`. */
  readonly positions = new Map<string, GroupPosition>();
  readonly members = new Map<string, number>();
  /** What was published with moved positions. */
  readonly published: OutgoingRecord[] = [];
  /** Offset of the first record at or after a time; key: `partition timeMs`. */
  readonly times = new Map<string, bigint>();
  /** Called before and after a move of that partition is committed; a test may throw. */
  onMove: (partition: number, when: 'before' | 'after') => void = () => undefined;
  brokers = 1;
  brokerConfigs: Record<string, string> = {};

  async describeCluster() {
    const brokers = Array.from({ length: this.brokers }, (_, id) => ({ id, address: `broker-${id}:9092` }));
    return { clusterId: 'memory', brokers, controller: 0 };
  }

  async listTopics() {
    return [...this.topics.keys()];
  }

  async describeTopics(names: readonly string[]): Promise<readonly TopicDescription[]> {
    return [...this.topics]
      .filter(([name]) => names.includes(name))
      .map(([name, { partitions, replicationFactor, configs }]) => ({
        name,
        partitions,
        replicationFactor,
        configs,
      }));
  }

  async createTopics(topics: readonly NewTopic[]) {
    for (const { name, partitions, replicationFactor, configs } of topics) {
      this.topics.set(name, { partitions, replicationFactor, configs: { ...configs }, ranges: new Map() });
    }
  }

  async alterTopicConfigs(topic: string, configs: Readonly<Record<string, string>>) {
    Object.assign(this.#topic(topic).configs, configs);
  }

  async addPartitions(topic: string, total: number) {
    this.#topic(topic).partitions = total;
  }

  async describeBroker() {
    return this.brokerConfigs;
  }

  setRange(topic: string, partition: number, range: LogRange): void {
    this.#topic(topic).ranges.set(partition, range);
  }

  async logRanges(topic: string) {
    const { partitions, ranges } = this.#topic(topic);
    return Array.from({ length: partitions }, (_, partition) => ({
      topic,
      partition,
      range: ranges.get(partition) ?? { start: 0n, end: 0n },
    }));
  }

  async committedPositions(group: string, topics: readonly string[]) {
    return [...this.positions]
      .filter(([key, { topic }]) => key.startsWith(`${group}/`) && topics.includes(topic))
      .map(([, position]) => position);
  }

  async countMembers(group: string) {
    return this.members.get(group) ?? 0;
  }

  async commitFirstPosition(
    group: string,
    { topic, partition }: { readonly topic: string; readonly partition: number },
    offset: bigint,
  ) {
    const key = `${group}/${topic}/${partition}`;
    if (this.positions.has(key)) return false;
    this.positions.set(key, { topic, partition, offset, metadata: 'v1' });
    return true;
  }

  async movePosition(
    group: string,
    { topic, partition }: { readonly topic: string; readonly partition: number },
    decide: Parameters<ClusterAdmin['movePosition']>[2],
  ) {
    const key = `${group}/${topic}/${partition}`;
    const known = this.positions.get(key);
    const change = await decide(
      known === undefined ? null : { offset: known.offset, metadata: known.metadata },
    );
    this.onMove(partition, 'before');
    if (change === null) return false;
    this.positions.set(key, { topic, partition, ...change.position });
    this.published.push(...change.records);
    this.onMove(partition, 'after');
    return true;
  }

  async offsetsAt(topic: string, timeMs: number) {
    const ranges = await this.logRanges(topic);
    return new Map(
      ranges.map(({ partition, range }) => [
        partition,
        this.times.get(`${partition} ${timeMs}`) ?? range.end,
      ]),
    );
  }

  async newestOf(topic: string, key: Uint8Array) {
    const found = this.published.findLast(
      (record) => record.topic === topic && Buffer.compare(record.key ?? new Uint8Array(), key) === 0,
    );
    return found === undefined ? null : { partition: 0, offset: 0n, timestampMs: 0, ...found };
  }

  async readLag() {
    const lags = [];
    for (const service of SERVICES) {
      for (const topic of CONSUMED_TOPICS[service].filter((name) => this.topics.has(name))) {
        for (const { partition, range } of await this.logRanges(topic)) {
          const committed = this.positions.get(`${groupOf(service)}/${topic}/${partition}`)?.offset ?? null;
          const [logStart, logEnd] = [range.start, range.end];
          lags.push({ group: groupOf(service), topic, partition, committed, logStart, logEnd });
        }
      }
    }
    return lags;
  }

  async close() {
    // Nothing is open.
  }

  #topic(name: string): MemoryTopic {
    const topic = this.topics.get(name);
    if (topic === undefined) throw new Error(`there is no topic ${name}`);
    return topic;
  }
}

/** SubjectRegistry in memory; `calls` says in which order it was written. */
export class MemorySubjectRegistry implements SubjectRegistry {
  readonly calls: string[] = [];
  readonly #levels = new Map<string, Compatibility>();
  readonly #versions = new Map<string, string[]>();

  async listSubjects() {
    return [...this.#versions.keys()];
  }

  async compatibilityOf(subject: string) {
    return this.#levels.get(subject) ?? null;
  }

  async setCompatibility(subject: string, level: Compatibility) {
    this.calls.push(`compatibility ${subject} ${level}`);
    this.#levels.set(subject, level);
  }

  async lookup(subject: string, schema: string) {
    const version = (this.#versions.get(subject) ?? []).indexOf(schema) + 1;
    return version === 0 ? null : { id: version, version };
  }

  async register(subject: string, schema: string) {
    this.calls.push(`register ${subject}`);
    const versions = this.#versions.get(subject) ?? [];
    this.#versions.set(subject, versions.includes(schema) ? versions : [...versions, schema]);
    return (await this.lookup(subject, schema)) ?? { id: 0, version: 0 };
  }
}
