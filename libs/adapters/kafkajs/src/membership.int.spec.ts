import { eventually, silentLogger } from '@docstream/testing';
import { within, type MembershipListener } from '@docstream/core';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { createKafkaClient } from './client.js';
import { KafkaStageBroker } from './stage-broker.js';

jest.setTimeout(60_000);

const brokers = (process.env['DOCSTREAM_KAFKA_BROKERS'] ?? '').split(',');
const client = createKafkaClient({ brokers, clientId: 'spec' }, silentLogger);
const broker = new KafkaStageBroker(client, silentLogger);
const admin = client.admin();
const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });

beforeAll(async () => {
  await Promise.all([admin.connect(), producer.connect()]);
});
afterAll(async () => {
  await Promise.all([admin.disconnect(), producer.disconnect(), broker.close(2_000)]);
});

const listener: MembershipListener = {
  onAssigned: () => undefined,
  onDelivery: () => undefined,
  onOutOfRange: () => undefined,
  onCrash: () => undefined,
};

describe('KafkaMembership', () => {
  it('leaves within its deadline while the group is rebalancing and another member holds that up', async () => {
    const topic = `spec.${randomUUID()}`;
    const group = randomUUID();
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic, numPartitions: 2, replicationFactor: 1 }],
    });
    const stateOf = async (): Promise<string | undefined> =>
      (await admin.describeGroups([group])).groups[0]?.state;
    // A member that works on one record without a heartbeat: nobody's rebalance ends before its time is up.
    const held = Promise.withResolvers<void>();
    let isBusy = false;
    const slow = client.consumer({ groupId: group, sessionTimeout: 30_000, rebalanceTimeout: 30_000 });
    await slow.connect();
    await slow.subscribe({ topics: [topic], fromBeginning: true });
    await slow.run({
      eachMessage: async () => {
        isBusy = true;
        await held.promise;
      },
    });
    const membership = await broker.join(group, [topic], listener);
    await eventually('both are in', async () => (await stateOf()) === 'Stable');
    const messages = [0, 1].map((partition) => ({ partition, value: 'x' }));
    await producer.send({ topic, messages });
    await eventually('one is busy', () => isBusy);
    const third = broker.join(group, [topic], listener);
    await eventually('the group rebalances', async () => (await stateOf()) === 'PreparingRebalance');
    await within(10_000, membership.leave(1_000), () => new Error('it never left'));
    held.resolve();
    await (await third).leave(5_000);
    await slow.disconnect();
    expect(membership.lastContactMs()).toBeGreaterThan(0);
  });

  it('hears from the broker while all its partitions are paused', async () => {
    const topic = `spec.${randomUUID()}`;
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic, numPartitions: 2, replicationFactor: 1 }],
    });
    const membership = await broker.join(randomUUID(), [topic], listener);
    const before = membership.lastContactMs();
    await eventually('it hears again', () => membership.lastContactMs() > before + 2_000);
    await membership.leave(5_000);
  });
});
