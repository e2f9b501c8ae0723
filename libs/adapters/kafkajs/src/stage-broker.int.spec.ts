import {
  OwnershipLostError,
  type ConsumedRecord,
  type Delivery,
  type Membership,
  type TopicPartition,
} from '@docstream/core';
import { eventually, silentLogger } from '@docstream/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { createKafkaClient } from './client.js';
import { KafkaClusterAdmin } from './cluster-admin.js';
import { KafkaStageBroker } from './stage-broker.js';

const brokers = (process.env['DOCSTREAM_KAFKA_BROKERS'] ?? '').split(',');
const client = createKafkaClient({ brokers, clientId: 'spec' }, silentLogger);
const broker = new KafkaStageBroker(client, silentLogger);
const admin = client.admin();
const clusterAdmin = new KafkaClusterAdmin(client, silentLogger);
const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });

jest.setTimeout(60_000);

class Reader {
  readonly deliveries: Delivery[] = [];
  readonly assignments: (readonly TopicPartition[])[] = [];
  readonly outOfRange: TopicPartition[] = [];
  readonly crashes: unknown[] = [];
  membership: Membership | undefined;

  onAssigned(partitions: readonly TopicPartition[]): void {
    this.assignments.push(partitions);
  }
  onDelivery(delivery: Delivery): void {
    this.deliveries.push(delivery);
  }
  onOutOfRange(partition: TopicPartition): void {
    this.outOfRange.push(partition);
  }
  onCrash(error: unknown): void {
    this.crashes.push(error);
  }

  get records(): ConsumedRecord[] {
    return this.deliveries.flatMap(({ records }) => records);
  }

  async join(group: string, topic: string): Promise<Membership> {
    this.membership = await broker.join(group, [topic], this);
    return this.membership;
  }
}

async function createTopic(partitions = 1): Promise<TopicPartition> {
  const topic = `spec.${randomUUID()}`;
  // Waits for leaders that know that they lead: metadata names them a moment earlier.
  await clusterAdmin.createTopics([{ name: topic, partitions, replicationFactor: 1, configs: {} }]);
  return { topic, partition: 0 };
}

const send = (topic: string, ...values: string[]) =>
  producer.send({ topic, messages: values.map((value) => ({ value })) });
const outgoing = (topic: string, value: string) => ({
  topic,
  key: null,
  value: Buffer.from(value),
  headers: [],
});
const textOf = ({ value }: ConsumedRecord): string => Buffer.from(value ?? []).toString();

describe('KafkaStageBroker', () => {
  const readers: Reader[] = [];
  const newReader = (): Reader => {
    const reader = new Reader();
    readers.push(reader);
    return reader;
  };

  beforeAll(async () => {
    await Promise.all([admin.connect(), producer.connect()]);
  });

  afterAll(async () => {
    await Promise.all(
      readers.flatMap(({ membership }) => (membership === undefined ? [] : [membership.leave(5_000)])),
    );
    await Promise.all([broker.close(5_000), clusterAdmin.close(5_000)]);
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  });

  it('commits outputs and position with metadata in one transaction', async () => {
    const input = await createTopic();
    const output = await createTopic();
    const group = randomUUID();
    const publisher = await broker.takeOver(group, input);
    expect(await broker.committed(group, input)).toBeNull();
    await publisher.publish([outgoing(output.topic, 'a')], { offset: 7n, metadata: 'v1;d=3-5' });
    await publisher.publish([], { offset: 9n, metadata: 'v1;a=0:1' });
    expect(await broker.committed(group, input)).toEqual({ offset: 9n, metadata: 'v1;a=0:1' });
    expect(await broker.logRange(output)).toEqual({ start: 0n, end: 2n });
    await publisher.close();
  });

  it('fences the predecessor: its publication changes neither outputs nor position', async () => {
    const input = await createTopic();
    const output = await createTopic();
    const group = randomUUID();
    const old = await broker.takeOver(group, input);
    await old.publish([outgoing(output.topic, 'old')], { offset: 1n, metadata: '' });
    const successor = await broker.takeOver(group, input);
    await expect(
      old.publish([outgoing(output.topic, 'zombie')], { offset: 2n, metadata: '' }),
    ).rejects.toThrow(OwnershipLostError);
    await expect(old.publish([], { offset: 2n, metadata: '' })).rejects.toThrow(OwnershipLostError);
    await successor.publish([outgoing(output.topic, 'new')], { offset: 3n, metadata: '' });
    expect(await broker.committed(group, input)).toEqual({ offset: 3n, metadata: '' });
    const reader = newReader();
    const membership = await reader.join(randomUUID(), output.topic);
    membership.start(output, 0n);
    await eventually('both are read', () => reader.records.length >= 2);
    expect(reader.records.map(textOf)).toEqual(['old', 'new']);
    await Promise.all([old.close(), successor.close()]);
  });

  it('delivers what is committed over a topic of one-record transactions with every third aborted, up to its end', async () => {
    const { topic } = await createTopic();
    const writer = client.producer({
      transactionalId: randomUUID(),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await writer.connect();
    for (let index = 0; index < 30; index += 1) {
      const transaction = await writer.transaction();
      for (let attempt = 0; ; attempt += 1) {
        try {
          await transaction.send({ topic, messages: [{ value: String(index) }] });
          break;
        } catch (error) {
          // The previous transaction is still being ended.
          if (attempt > 50) throw error;
        }
      }
      await (index % 3 === 2 ? transaction.abort() : transaction.commit());
    }
    await writer.disconnect();
    const reader = newReader();
    const membership = await reader.join(randomUUID(), topic);
    membership.start({ topic, partition: 0 }, 0n);
    const { end } = await broker.logRange({ topic, partition: 0 });
    await eventually('the end is reached', () => reader.deliveries.at(-1)?.fetchPosition === end);
    expect(reader.records.map(textOf)).toEqual(
      [...Array(30).keys()].filter((index) => index % 3 !== 2).map(String),
    );
    expect(end).toBe(60n);
  });

  it('delivers nothing before start, and from that offset on afterwards', async () => {
    const { topic } = await createTopic();
    await send(topic, 'a', 'b', 'c');
    const reader = newReader();
    const membership = await reader.join(randomUUID(), topic);
    expect(reader.assignments).toEqual([[{ topic, partition: 0 }]]);
    membership.start({ topic, partition: 0 }, 1n);
    await eventually('two records came', () => reader.records.length >= 2);
    expect(reader.records.map(textOf)).toEqual(['b', 'c']);
  });

  it('pauses and resumes without losing or repeating a record', async () => {
    const { topic } = await createTopic();
    const at = { topic, partition: 0 };
    const reader = newReader();
    const membership = await reader.join(randomUUID(), topic);
    membership.start(at, 0n);
    await send(topic, 'a');
    await eventually('a came', () => reader.records.length === 1);
    membership.pause(at);
    await send(topic, 'b', 'c');
    membership.resume(at);
    await eventually('b and c came', () => reader.records.length >= 3);
    expect(reader.records.map(textOf)).toEqual(['a', 'b', 'c']);
  });

  it('reports records deleted under a running consumer, does not jump and keeps the committed offset', async () => {
    const at = await createTopic();
    const group = randomUUID();
    await send(at.topic, ...Array.from({ length: 20 }, (_, index) => String(index)));
    const publisher = await broker.takeOver(group, at);
    await publisher.publish([], { offset: 3n, metadata: '' });
    await publisher.close();
    const reader = newReader();
    const membership = await reader.join(group, at.topic);
    // kafkajs deletes only in topics that it has looked at.
    await admin.fetchTopicOffsets(at.topic);
    await admin.deleteTopicRecords({ topic: at.topic, partitions: [{ partition: 0, offset: '10' }] });
    membership.start(at, 3n);
    await eventually('it is reported', () => reader.outOfRange.length > 0);
    await send(at.topic, 'late');
    expect(reader.records).toEqual([]);
    expect(await broker.committed(group, at)).toEqual({ offset: 3n, metadata: '' });
    expect(await broker.logRange(at)).toEqual({ start: 10n, end: 21n });
    membership.start(at, 10n);
    await eventually('the rest came', () => reader.records.length === 11);
  });

  it.each(['GZIP', 'Snappy', 'ZSTD'] as const)('reads a foreign batch compressed with %s', async (codec) => {
    const { topic } = await createTopic();
    const compression = kafkajs.CompressionTypes[codec];
    await producer.send({
      topic,
      compression,
      messages: [{ value: 'x'.repeat(10_000) }, { value: 'second' }],
    });
    const reader = newReader();
    const membership = await reader.join(randomUUID(), topic);
    membership.start({ topic, partition: 0 }, 0n);
    await eventually('both came', () => reader.records.length >= 2);
    expect(reader.records.map((record) => textOf(record).length)).toEqual([10_000, 6]);
  });

  it('shares the partitions of a group between two members and hands them on when one leaves', async () => {
    const { topic } = await createTopic(4);
    const group = randomUUID();
    const [first, second] = [newReader(), newReader()];
    await first.join(group, topic);
    const leaving = await second.join(group, topic);
    const count = (reader: Reader): number => reader.assignments.at(-1)?.length ?? 0;
    await eventually('both have two', () => count(first) === 2 && count(second) === 2);
    await leaving.leave(5_000);
    await eventually('the first has all', () => count(first) === 4);
  });

  it('publishes many transactions in a row, each with its position', async () => {
    const input = await createTopic();
    const output = await createTopic();
    const group = randomUUID();
    const publisher = await broker.takeOver(group, input);
    for (let index = 1n; index <= 60n; index += 1n) {
      await publisher.publish([outgoing(output.topic, String(index))], { offset: index, metadata: 'v1' });
    }
    expect(await broker.committed(group, input)).toEqual({ offset: 60n, metadata: 'v1' });
    expect((await broker.logRange(output)).end).toBe(120n);
    await publisher.close();
  });

  it('says that the broker is away, in bounded time', async () => {
    const nobody = createKafkaClient({ brokers: ['127.0.0.1:1'], clientId: 'spec' }, silentLogger);
    const away = new KafkaStageBroker(nobody, silentLogger);
    await expect(away.checkHealth()).rejects.toMatchObject({
      code: 'BROKER_UNAVAILABLE',
      dependency: 'kafka',
    });
    await expect(away.takeOver('g', { topic: 't', partition: 0 })).rejects.toMatchObject({
      code: 'BROKER_UNAVAILABLE',
    });
    await away.close(1_000);
  });
});
