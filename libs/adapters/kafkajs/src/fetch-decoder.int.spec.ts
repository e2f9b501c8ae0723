import { HEADERS, readHeader } from '@docstream/contracts';
import type { ConsumedRecord, TopicPartition } from '@docstream/core';
import { silentLogger } from '@docstream/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import Broker from 'kafkajs/src/broker/index.js';
import { createKafkaClient } from './client.js';
import { registerCompressionCodecs } from './codecs.js';
import { KafkaRecordReader } from './record-reader.js';

const brokers = (process.env['DOCSTREAM_KAFKA_BROKERS'] ?? '').split(',');
const client = createKafkaClient({ brokers, clientId: 'spec' }, silentLogger);
const admin = client.admin();
const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
const reader = new KafkaRecordReader(client, silentLogger, { silenceMs: 10_000 });
const textOf = ({ value }: ConsumedRecord): string => Buffer.from(value ?? []).toString();
const zeros = { value: Buffer.alloc(2_000_000) };

jest.setTimeout(60_000);

async function createTopic(): Promise<TopicPartition> {
  const topic = `spec.${randomUUID()}`;
  const configEntries = [{ name: 'max.message.bytes', value: '12000000' }];
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1, configEntries }] });
  return { topic, partition: 0 };
}

async function readAll(at: TopicPartition): Promise<ConsumedRecord[]> {
  const records: ConsumedRecord[] = [];
  for await (const record of reader.read(at, { start: 0n, end: 1_000_000n })) records.push(record);
  return records;
}

describe('what a broker has taken', () => {
  beforeAll(async () => {
    // More than this becomes a record that stands for its batch.
    registerCompressionCodecs(1_000_000);
    await Promise.all([admin.connect(), producer.connect()]);
  });

  afterAll(async () => {
    registerCompressionCodecs();
    await reader.close(5_000);
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  });

  it('is read where one batch has 200,000 records', async () => {
    const at = await createTopic();
    const [message, after] = [{ value: 'x' }, { value: 'after' }];
    // kafkajs's producer would take minutes for so many: they are put into its request.
    const produce = jest.spyOn(Broker.prototype, 'produce').mockImplementationOnce(function (
      this: Broker,
      request,
    ) {
      produce.mockRestore();
      for (const { partitions } of request.topicData) {
        for (const one of partitions) one.messages = Array.from({ length: 200_000 }, () => message);
      }
      return this.produce(request);
    });
    await producer.send({ topic: at.topic, messages: [message] });
    await producer.send({ topic: at.topic, messages: [after] });
    const records = await readAll(at);
    expect(records).toHaveLength(200_001);
    expect(records.at(-1)).toMatchObject({ offset: 200_000n, value: Buffer.from('after') });
  });

  it('is one record in the place of a batch that unpacks to too much, and what comes behind it is read', async () => {
    const at = await createTopic();
    const { topic } = at;
    await producer.send({ topic, messages: [{ value: 'before' }] });
    const compression = kafkajs.CompressionTypes.GZIP;
    await producer.send({ topic, compression, messages: [{ value: 'beside' }, zeros] });
    await producer.send({ topic, messages: [{ value: 'after' }] });
    const [before, batch, after, ...others] = await readAll(at);
    expect([before, after].map((record) => record && textOf(record))).toEqual(['before', 'after']);
    expect(others).toEqual([]);
    expect(batch).toMatchObject({ offset: 2n, key: null });
    expect(batch?.value?.byteLength).toBeLessThan(10_000);
    expect(readHeader(batch?.headers ?? [], HEADERS.undecodable)).toMatch(
      /^A batch of 2 records \(offsets 1 to 2, \d+ bytes, compression: gzip\) cannot be read: .* 1000000 bytes\.$/,
    );
  });

  it('is not read, also where it cannot be, when its transaction was aborted', async () => {
    const at = await createTopic();
    const writer = client.producer({
      transactionalId: randomUUID(),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await writer.connect();
    const transaction = await writer.transaction();
    const compression = kafkajs.CompressionTypes.GZIP;
    await transaction.send({ topic: at.topic, compression, messages: [zeros] });
    await transaction.abort();
    await writer.disconnect();
    await producer.send({ topic: at.topic, messages: [{ value: 'after' }] });
    expect((await readAll(at)).map(textOf)).toEqual(['after']);
  });
});
