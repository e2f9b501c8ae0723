import type { ConsumedRecord, LogRange, TopicPartition } from '@docstream/core';
import { eventually, silentLogger } from '@docstream/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { createKafkaClient } from './client.js';
import { KafkaRecordReader } from './record-reader.js';
import { toKafkaMessage } from './records.js';

const brokers = (process.env['DOCSTREAM_KAFKA_BROKERS'] ?? '').split(',');
const client = createKafkaClient({ brokers, clientId: 'spec' }, silentLogger);
const admin = client.admin();
const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
const ALL: LogRange = { start: 0n, end: 1_000_000n };

jest.setTimeout(60_000);

async function createTopic(configs: Record<string, string> = {}, numPartitions = 1): Promise<TopicPartition> {
  const topic = `spec.${randomUUID()}`;
  const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions, replicationFactor: 1, configEntries }],
  });
  return { topic, partition: 0 };
}

const send = (topic: string, values: readonly string[], partition = 0) =>
  producer.send({ topic, messages: values.map((value) => ({ value, partition })) });
async function deleteBelow({ topic, partition }: TopicPartition, offset: string): Promise<void> {
  // kafkajs deletes only in topics that it has looked at.
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset }] });
}
const textOf = ({ value }: ConsumedRecord): string => Buffer.from(value ?? []).toString();
const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

/** Transactions of one record each, every third one aborted. */
async function sendTransactions(topic: string, count: number): Promise<void> {
  const writer = client.producer({ transactionalId: randomUUID(), idempotent: true, maxInFlightRequests: 1 });
  await writer.connect();
  for (let index = 0; index < count; index += 1) {
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
}

describe('KafkaRecordReader', () => {
  const reader = new KafkaRecordReader(client, silentLogger);
  const readAll = async (at: TopicPartition, range: LogRange, from = reader): Promise<ConsumedRecord[]> => {
    const records: ConsumedRecord[] = [];
    for await (const record of from.read(at, range)) records.push(record);
    return records;
  };

  beforeAll(async () => {
    await Promise.all([admin.connect(), producer.connect()]);
  });

  afterAll(async () => {
    await reader.close(5_000);
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  });

  it('reads what is committed in a topic of one-record transactions with every third aborted, and ends', async () => {
    const at = await createTopic();
    await sendTransactions(at.topic, 30);
    const records = await readAll(at, ALL);
    expect(records.map(textOf)).toEqual(numbers(30).filter((text) => Number(text) % 3 !== 2));
    expect(records.map(({ offset }) => offset)).toEqual(records.map((record) => BigInt(textOf(record)) * 2n));
  });

  it('ends at the end of the range, also between the records of one batch and on a marker', async () => {
    const at = await createTopic();
    await send(at.topic, numbers(10));
    expect((await readAll(at, { start: 3n, end: 6n })).map(textOf)).toEqual(['3', '4', '5']);
    const sparse = await createTopic();
    await sendTransactions(sparse.topic, 4);
    expect((await readAll(sparse, { start: 1n, end: 6n })).map(textOf)).toEqual(['1']);
  });

  it('reads the headers that were sent, whatever their names, and those without a value', async () => {
    const { topic, partition } = await createTopic();
    const names = ['trace', 'constructor', 'toString', '__proto__'];
    const headers = names.flatMap((name): (readonly [string, Uint8Array | null])[] => [
      [name, null],
      [name, Buffer.from(name)],
      [name, Buffer.alloc(0)],
    ]);
    const record = { topic, partition, key: null, value: null, headers };
    await producer.send({ topic, messages: [toKafkaMessage(record)] });
    const [read] = await readAll({ topic, partition }, ALL);
    expect(read?.headers).toEqual(headers);
  });

  it('gives nothing for an empty range, an empty topic and a range beyond the end', async () => {
    const at = await createTopic();
    expect(await readAll(at, ALL)).toEqual([]);
    await send(at.topic, ['a']);
    expect(await readAll(at, { start: 0n, end: 0n })).toEqual([]);
    expect(await readAll(at, { start: 5n, end: 9n })).toEqual([]);
  });

  it('begins at the log start when retention deleted the start of the range', async () => {
    const at = await createTopic();
    await send(at.topic, numbers(10));
    await deleteBelow(at, '4');
    expect((await readAll(at, { start: 1n, end: 6n })).map(textOf)).toEqual(['4', '5']);
    expect(await readAll(at, { start: 1n, end: 3n })).toEqual([]);
  });

  it('leaves out what retention deletes while it reads', async () => {
    const at = await createTopic();
    for (const text of numbers(60)) await send(at.topic, [text]);
    const small = new KafkaRecordReader(client, silentLogger, { bufferRecords: 1, bufferBytes: 1 });
    const read: string[] = [];
    for await (const record of small.read(at, ALL)) {
      read.push(textOf(record));
      if (read.length === 1) {
        await deleteBelow(at, '50');
      }
    }
    await small.close(5_000);
    expect(read).toEqual([...numbers(60).slice(0, read.length - 10), ...numbers(60).slice(50)]);
    expect(read.length).toBeLessThan(60);
  });

  it('stops fetching while what waits for its caller is too much, headers counted', async () => {
    const at = await createTopic();
    const messages = [{ value: 'x', headers: { 'x-large': Buffer.alloc(100_000) } }];
    for (let sent = 0; sent < 20; sent += 1) await producer.send({ topic: at.topic, messages });
    let [pauses, fetched] = [0, 0];
    const watched = Object.create(client) as typeof client;
    watched.consumer = (config) => {
      const consumer = client.consumer(config);
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => (fetched += payload.batchSize));
      const { pause } = consumer;
      consumer.pause = (partitions) => {
        pauses += 1;
        pause(partitions);
      };
      return consumer;
    };
    const small = new KafkaRecordReader(watched, silentLogger, { bufferBytes: 150_000 });
    const read: string[] = [];
    for await (const record of small.read(at, ALL)) {
      read.push(textOf(record));
      if (read.length > 1) continue;
      // The first one is that of the assignment.
      await eventually('it has paused', () => pauses > 1);
      expect(fetched).toBeLessThan(10);
    }
    await small.close(5_000);
    expect(read).toHaveLength(20);
  });

  it('reads one partition of several', async () => {
    const { topic } = await createTopic({}, 3);
    await Promise.all([0, 1, 2].map((partition) => send(topic, [`of ${partition}`], partition)));
    expect((await readAll({ topic, partition: 1 }, ALL)).map(textOf)).toEqual(['of 1']);
  });

  it('leaves no group behind when the caller breaks out', async () => {
    const at = await createTopic();
    await send(at.topic, numbers(500));
    const read: string[] = [];
    const readers = async (): Promise<string[]> => {
      const { groups } = await admin.listGroups();
      return groups.map(({ groupId }) => groupId).filter((id) => id.startsWith('docstream-reader-'));
    };
    const before = await readers();
    let during: string[] = [];
    for await (const record of reader.read(at, ALL)) {
      read.push(textOf(record));
      during = (await readers()).filter((id) => !before.includes(id));
      if (read.length === 3) break;
    }
    expect(read).toEqual(['0', '1', '2']);
    expect(during.length).toBeGreaterThan(0);
    await eventually('its group is gone', async () => {
      const left = await readers();
      return during.every((id) => !left.includes(id));
    });
  });

  it('reads large records in order while the caller lags', async () => {
    const at = await createTopic({ 'max.message.bytes': String(10 * 1_048_576) });
    const sizes = [3_000_000, 10, 9_000_000, 20, 3_000_000, 3_000_000];
    for (const size of sizes) await send(at.topic, ['x'.repeat(size)]);
    const read: number[] = [];
    for await (const { value } of reader.read(at, ALL)) {
      read.push(value?.byteLength ?? 0);
      await admin.fetchTopicOffsets(at.topic);
    }
    expect(read).toEqual(sizes);
  });

  it('keeps the order over many pauses', async () => {
    const at = await createTopic();
    for (let index = 0; index < 40; index += 1) {
      await send(
        at.topic,
        numbers(50).map((text) => String(index * 50 + Number(text))),
      );
    }
    const small = new KafkaRecordReader(client, silentLogger, { bufferRecords: 60, bufferBytes: 2_000 });
    expect((await readAll(at, ALL, small)).map(textOf)).toEqual(numbers(2_000));
    await small.close(5_000);
  });

  it('waits for an open transaction, and fails after the silence it was told to bear', async () => {
    const at = await createTopic();
    const writer = client.producer({
      transactionalId: randomUUID(),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await writer.connect();
    const transaction = await writer.transaction();
    await transaction.send({ topic: at.topic, messages: [{ value: 'open' }] });
    const impatient = new KafkaRecordReader(client, silentLogger, { silenceMs: 500 });
    await expect(readAll(at, ALL, impatient)).rejects.toMatchObject({
      code: 'BROKER_UNAVAILABLE',
      dependency: 'kafka',
    });
    const reading = readAll(at, ALL);
    await transaction.commit();
    expect((await reading).map(textOf)).toEqual(['open']);
    await Promise.all([writer.disconnect(), impatient.close(5_000)]);
  });

  it('says that the broker is away, in bounded time', async () => {
    const nobody = createKafkaClient({ brokers: ['127.0.0.1:1'], clientId: 'spec' }, silentLogger);
    const away = new KafkaRecordReader(nobody, silentLogger);
    await expect(readAll({ topic: 't', partition: 0 }, ALL, away)).rejects.toMatchObject({
      code: 'BROKER_UNAVAILABLE',
    });
    await away.close(1_000);
  });
});
