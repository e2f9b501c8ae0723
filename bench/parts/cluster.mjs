// The broker as the benchmarks see it from outside: topics, records in, records back, positions.
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { BenchError } from './bench-error.mjs';

const POLL_MS = 50;
const SEND_BYTES = 2 * 1_048_576;
const RECORD_BYTES = 10 * 1_048_576;
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

export class Cluster {
  #kafka;
  #admin;
  #names = 0;

  constructor(brokers) {
    this.brokers = brokers;
    this.#kafka = new kafkajs.Kafka({
      clientId: 'bench',
      brokers,
      logLevel: kafkajs.logLevel.NOTHING,
      retry: { initialRetryTime: 20, retries: 10 },
    });
    this.#admin = this.#kafka.admin();
  }

  async open() {
    await this.#admin.connect();
    await this.createTopic('docstream.positions.v1', 1, { 'cleanup.policy': 'compact' });
  }

  close() {
    return this.#admin.disconnect();
  }

  /** A name that was not used in this run. */
  newName(what) {
    this.#names += 1;
    return `bench.${what}-${this.#names}`;
  }

  async createTopic(topic, partitions, configs = {}) {
    const all = {
      'message.timestamp.type': 'LogAppendTime',
      'max.message.bytes': String(RECORD_BYTES),
      ...configs,
    };
    const configEntries = Object.entries(all).map(([name, value]) => ({ name, value }));
    await this.#admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }],
    });
    return topic;
  }

  deleteTopics(...topics) {
    return this.#admin.deleteTopics({ topics });
  }

  /** Appends `count` records made by `make(index)`. */
  async fill(topic, count, make) {
    const producer = await this.producer();
    let messages = [];
    let bytes = 0;
    for (let index = 0; index < count; index += 1) {
      const message = make(index);
      messages.push(message);
      bytes += message.value.byteLength;
      if (bytes < SEND_BYTES && index + 1 < count) continue;
      await producer.send({ topic, messages, acks: -1 });
      messages = [];
      bytes = 0;
    }
    await producer.disconnect();
  }

  async producer() {
    const producer = this.#kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    return producer;
  }

  /** Records ever appended, transaction markers included. */
  async appended(topic) {
    return sum((await this.#admin.fetchTopicOffsets(topic)).map(({ high }) => Number(high)));
  }

  /** Sum of the group's committed offsets. */
  async committed(group, topic) {
    const [found] = await this.#admin.fetchOffsets({ groupId: group, topics: [topic] });
    return sum(found.partitions.map(({ offset }) => Math.max(0, Number(offset))));
  }

  /** Polls until the condition holds; `checks` are asked meanwhile whether there is any point. */
  async until(what, condition, { children = [], withinMs = 300_000 } = {}) {
    const deadline = performance.now() + withinMs;
    // A coordinator or leader that has just been chosen says so once or twice: asked again.
    const isTrue = async () => {
      try {
        return await condition();
      } catch (error) {
        if (error.retriable !== true) throw error;
        return false;
      }
    };
    while (!(await isTrue())) {
      for (const child of children) child.check();
      if (performance.now() > deadline)
        throw new BenchError(`${what} took longer than ${withinMs / 1_000} s`);
      await sleep(POLL_MS);
    }
  }

  /** Follows a topic from its beginning, committed records only; `onValue` gets each value. Resolves when it reads. */
  async follow(topic, onValue, onPosition = () => {}) {
    const consumer = this.#kafka.consumer({
      groupId: this.newName('reader'),
      maxWaitTimeInMs: 100,
      maxBytesPerPartition: 4 * 1_048_576,
      readUncommitted: false,
    });
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) =>
      onPosition(payload.partition, Number(payload.lastOffset) + 1),
    );
    const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: 4,
      eachBatch: async ({ batch }) => {
        for (const { value } of batch.messages) onValue(value, batch.partition);
      },
    });
    await joined;
    return () => consumer.disconnect();
  }

  /** Hands every committed record of a topic that nobody writes to any more to `onValue`. */
  async readAll(topic, onValue) {
    const open = new Map(
      (await this.#admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]),
    );
    for (const [partition, end] of open) if (end === 0) open.delete(partition);
    const end = await this.follow(topic, onValue, (partition, position) => {
      if (position >= (open.get(partition) ?? 0)) open.delete(partition);
    });
    await this.until(`reading ${topic} back`, () => open.size === 0, { withinMs: 120_000 });
    await end();
  }
}
