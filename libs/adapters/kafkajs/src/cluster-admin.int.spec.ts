import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { DependencyError, OwnershipLostError, type TopicPartition } from '@docstream/core';
import { silentLogger } from '@docstream/testing';
import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { createKafkaClient } from './client.js';
import { KafkaClusterAdmin } from './cluster-admin.js';
import { KafkaRecordProducer } from './producer.js';
import { KafkaStageBroker } from './stage-broker.js';

const brokers = (process.env['DOCSTREAM_KAFKA_BROKERS'] ?? '').split(',');
const client = createKafkaClient({ brokers, clientId: 'spec' }, silentLogger);
const admin = new KafkaClusterAdmin(client, silentLogger);

jest.setTimeout(60_000);
afterAll(() => admin.close(2_000));

async function createTopic(configs: Record<string, string> = {}): Promise<string> {
  const name = `spec.${randomUUID()}`;
  await admin.createTopics([{ name, partitions: 2, replicationFactor: 1, configs }]);
  return name;
}

async function describeOne(name: string) {
  const [topic] = await admin.describeTopics([name, `spec.${randomUUID()}`]);
  return topic;
}

describe('KafkaClusterAdmin', () => {
  it('describes the cluster and its broker', async () => {
    const { brokers: found } = await admin.describeCluster();
    expect(found.length).toBeGreaterThan(0);
    const configs = await admin.describeBroker(found[0]?.id ?? 0);
    expect(Number(configs['offsets.retention.minutes'])).toBeGreaterThan(0);
  });

  it('creates a topic with its configs, leaving out topics that do not exist', async () => {
    const name = await createTopic({ 'retention.ms': '60000', 'message.timestamp.type': 'LogAppendTime' });
    expect(await describeOne(name)).toMatchObject({
      partitions: 2,
      replicationFactor: 1,
      configs: { 'retention.ms': '60000', 'message.timestamp.type': 'LogAppendTime' },
    });
    expect(await admin.listTopics()).toContain(name);
  });

  it('changes the configs that it is told and keeps the others', async () => {
    const name = await createTopic({ 'retention.ms': '60000', 'segment.bytes': '1048576' });
    await admin.alterTopicConfigs(name, { 'retention.ms': '120000' });
    expect((await describeOne(name))?.configs).toMatchObject({
      'retention.ms': '120000',
      'segment.bytes': '1048576',
    });
  });

  it('adds partitions, whose range is empty', async () => {
    const name = await createTopic();
    await admin.addPartitions(name, 3);
    const ranges = await admin.logRanges(name);
    expect(ranges.map(({ partition, range }) => [partition, range.start, range.end])).toEqual([
      [0, 0n, 0n],
      [1, 0n, 0n],
      [2, 0n, 0n],
    ]);
  });

  it('knows no offset and no member of a group that never was', async () => {
    const name = await createTopic();
    const group = `spec.${randomUUID()}`;
    expect(await admin.committedPositions(group, [name])).toEqual([]);
    expect(await admin.countMembers(group)).toBe(0);
  });

  it('commits a first offset once, and only where there is none', async () => {
    const topic = await createTopic();
    const group = `spec.${randomUUID()}`;
    expect(await admin.commitFirstPosition(group, { topic, partition: 1 }, 0n)).toBe(true);
    expect(await admin.commitFirstPosition(group, { topic, partition: 1 }, 5n)).toBe(false);
    expect(await admin.committedPositions(group, [topic])).toEqual([
      { topic, partition: 1, offset: 0n, metadata: 'v1' },
    ]);
  });

  it('commits a first offset for a group with a member, too', async () => {
    const topic = await createTopic();
    const group = `spec.${randomUUID()}`;
    const stageBroker = new KafkaStageBroker(client, silentLogger);
    const assigned = Promise.withResolvers<readonly TopicPartition[]>();
    const membership = await stageBroker.join(group, [topic], {
      onAssigned: assigned.resolve,
      onDelivery: () => undefined,
      onOutOfRange: () => undefined,
      onCrash: assigned.reject,
    });
    try {
      expect(await assigned.promise).toHaveLength(2);
      expect(await admin.countMembers(group)).toBe(1);
      expect(await admin.commitFirstPosition(group, { topic, partition: 0 }, 0n)).toBe(true);
      expect((await admin.committedPositions(group, [topic])).map(({ partition }) => partition)).toEqual([0]);
    } finally {
      await membership.leave(2_000);
      await stageBroker.close(2_000);
    }
  });

  it('moves a position that its owner committed last, and the owner loses', async () => {
    const topic = await createTopic();
    const group = `spec.${randomUUID()}`;
    const at = { topic, partition: 0 };
    const stageBroker = new KafkaStageBroker(client, silentLogger);
    const owner = await stageBroker.takeOver(group, at);
    await owner.publish([], { offset: 5n, metadata: 'v1;d=2' });
    const seen: unknown[] = [];
    const isMoved = await admin.movePosition(group, at, async (committed) => {
      seen.push(committed);
      return {
        position: { offset: 0n, metadata: 'v1' },
        records: [{ topic, key: null, value: Buffer.from('moved'), headers: [] }],
      };
    });
    expect({ isMoved, seen }).toEqual({ isMoved: true, seen: [{ offset: 5n, metadata: 'v1;d=2' }] });
    await expect(owner.publish([], { offset: 6n, metadata: 'v1' })).rejects.toThrow(OwnershipLostError);
    expect(await admin.committedPositions(group, [topic])).toEqual([{ ...at, offset: 0n, metadata: 'v1' }]);
    expect(await admin.movePosition(group, at, async () => null)).toBe(false);
    await Promise.all([owner.close(), stageBroker.close(2_000)]);
  });

  it('finds the first record of a time by partition, and the end where there is none', async () => {
    const topic = await createTopic({ 'message.timestamp.type': 'LogAppendTime' });
    const producer = new KafkaRecordProducer(client, silentLogger);
    const record = { topic, partition: 1, key: null, value: Buffer.from('x'), headers: [] };
    await producer.produce([record, record]);
    await producer.close();
    expect(await admin.offsetsAt(topic, 1)).toEqual(
      new Map([
        [0, 0n],
        [1, 0n],
      ]),
    );
    expect(await admin.offsetsAt(topic, Date.now() + 3_600_000)).toEqual(
      new Map([
        [0, 0n],
        [1, 2n],
      ]),
    );
  });

  it('gives up on a broker that takes connections and never answers', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => sockets.add(socket));
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const silent = createKafkaClient({ brokers: [`127.0.0.1:${port}`], clientId: 'spec' }, silentLogger);
    const late = new KafkaClusterAdmin(silent, silentLogger, { deadlineMs: 200 });
    try {
      await expect(late.describeCluster()).rejects.toBeInstanceOf(DependencyError);
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
      await late.close(200);
    }
  });
});
