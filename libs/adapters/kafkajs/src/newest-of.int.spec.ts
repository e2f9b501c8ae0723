import { eventually, silentLogger } from '@docstream/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createKafkaClient } from './client.js';
import { KafkaStageBroker } from './stage-broker.js';

const brokers = (process.env['DOCSTREAM_KAFKA_BROKERS'] ?? '').split(',');
const client = createKafkaClient({ brokers, clientId: 'spec' }, silentLogger);
const broker = new KafkaStageBroker(client, silentLogger);
const admin = client.admin();
const topic = `spec.${randomUUID()}`;
const key = (text: string): Buffer => Buffer.from(text);
const record = (name: string, text: string, partition?: number) => ({
  topic,
  key: key(name),
  value: Buffer.from(text),
  headers: [],
  ...(partition === undefined ? {} : { partition }),
});
const newest = async (name: string): Promise<string> =>
  Buffer.from((await broker.newestOf(topic, key(name)))?.value ?? []).toString();

jest.setTimeout(60_000);

describe('newestOf', () => {
  beforeAll(async () => {
    await admin.connect();
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic, numPartitions: 5, replicationFactor: 1 }],
    });
  });

  afterAll(async () => {
    await Promise.all([admin.disconnect(), broker.close(5_000)]);
  });

  it('finds the newest record of each key in the partition that publishers choose for it', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `group/topic/${index}`);
    const publisher = await broker.takeOver(randomUUID(), { topic, partition: 0 });
    for (const version of ['old', 'new']) {
      await publisher.publish(
        names.map((name) => record(name, `${version} ${name}`)),
        { offset: 0n, metadata: 'v1' },
      );
    }
    await publisher.close();
    expect(await Promise.all(names.map(newest))).toEqual(names.map((name) => `new ${name}`));
    expect(await broker.newestOf(topic, key('group/topic/12'))).toBeNull();
  });

  it('sees what lies above an open transaction of somebody else, once that is decided, and stops waiting when told', async () => {
    const stranger = client.producer({
      transactionalId: randomUUID(),
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await stranger.connect();
    const open = await stranger.transaction();
    await open.send({ topic, messages: [0, 1, 2, 3, 4].map((partition) => ({ value: 'open', partition })) });
    const publisher = await broker.takeOver(randomUUID(), { topic, partition: 0 });
    await publisher.publish([record('mine', 'committed')], { offset: 0n, metadata: 'v1' });
    await publisher.close();
    const given = new AbortController();
    const stopped = broker.newestOf(topic, key('mine'), given.signal);
    given.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE' });
    const reading = newest('mine');
    await eventually('the reader is there', async () => {
      const { groups } = await admin.listGroups();
      return groups.some(({ groupId }) => groupId.startsWith('docstream-reader-'));
    });
    await open.abort();
    expect(await reading).toBe('committed');
    await stranger.disconnect();
  });
});
