import type { ConsumedRecord } from '@docstream/core';
import { eventually, silentLogger } from '@docstream/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createKafkaClient } from './client.js';
import { KafkaRecordProducer } from './producer.js';
import { KafkaTopicFollower } from './topic-follower.js';

jest.setTimeout(60_000);

const brokers = (process.env['DOCSTREAM_KAFKA_BROKERS'] ?? '').split(',');
const client = createKafkaClient({ brokers, clientId: 'spec' }, silentLogger);
const producer = new KafkaRecordProducer(client, silentLogger);
const admin = client.admin();
const followers: KafkaTopicFollower[] = [];

async function createTopic(): Promise<string> {
  const topic = `spec.${randomUUID()}`;
  const configEntries = [{ name: 'cleanup.policy', value: 'compact' }];
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: 3, replicationFactor: 1, configEntries }],
  });
  return topic;
}

const say = (topic: string, key: string, text: string) =>
  producer.produce([{ topic, key: Buffer.from(key), value: Buffer.from(text), headers: [] }]);

async function follow(topic: string): Promise<ConsumedRecord[]> {
  const records: ConsumedRecord[] = [];
  const follower = new KafkaTopicFollower(client, topic, 'spec', silentLogger);
  followers.push(follower);
  await follower.start((record) => void records.push(record), new AbortController().signal);
  return records;
}

const texts = (records: readonly ConsumedRecord[]): string[] =>
  records.map(({ value }) => Buffer.from(value ?? []).toString());

beforeAll(() => admin.connect());
afterAll(async () => {
  await Promise.all(followers.map((follower) => follower.close(5_000)));
  await producer.close();
  await admin.disconnect();
});

describe('KafkaTopicFollower', () => {
  it('has handed over all that lay there when its start resolves, then what comes, to each reader', async () => {
    const topic = await createTopic();
    for (const key of ['a', 'b', 'c', 'd']) await say(topic, key, `${key}1`);
    const [one, other] = await Promise.all([follow(topic), follow(topic)]);
    expect(texts(one).sort()).toEqual(['a1', 'b1', 'c1', 'd1']);
    expect(texts(other).sort()).toEqual(['a1', 'b1', 'c1', 'd1']);
    await say(topic, 'a', 'a2');
    await eventually('both hear of it', () => one.length === 5 && other.length === 5);
    expect(texts(one).at(-1)).toBe('a2');
  });

  it('starts on an empty topic', async () => {
    const topic = await createTopic();
    const records = await follow(topic);
    expect(records).toEqual([]);
    await say(topic, 'a', 'first');
    await eventually('the first came', () => records.length === 1);
  });

  it('waits for a topic that does not exist yet, and gives up when told to', async () => {
    const follower = new KafkaTopicFollower(client, `spec.${randomUUID()}`, 'spec', silentLogger);
    const stopped = new AbortController();
    const started = follower.start(() => undefined, stopped.signal);
    const first = await Promise.race([started.then(() => 'started'), admin.listTopics().then(() => 'waits')]);
    expect(first).toBe('waits');
    stopped.abort();
    await started;
    await follower.close(5_000);
  });
});
