// A stage's process is killed with -9 under load while another member is there: time until a record that was sent
// after the kill comes out of each of its partitions.
import { setTimeout as sleep } from 'node:timers/promises';
import { startNode } from '../parts/children.mjs';
import { round } from '../parts/numbers.mjs';
import { keyOf, readPartition, readSentMs, writeValue } from '../parts/record.mjs';

const PARTITIONS = 4;
const PER_SECOND = 200;
const BYTES = 1_024;

/** Sends to every partition in turn until told to stop. */
function startLoad(producer, topic) {
  let isOn = true;
  const done = (async () => {
    for (let index = 0; isOn; index += 1) {
      const partition = index % PARTITIONS;
      const value = writeValue({ index, bytes: BYTES, partition, waitMs: 2, sentMs: performance.now() });
      await producer.send({ topic, messages: [{ key: keyOf(index), value, partition }], acks: -1 });
      await sleep(1_000 / PER_SECOND);
    }
  })();
  return async () => {
    isOn = false;
    await done;
  };
}

async function runOnce({ cluster, blobStoreUrl }) {
  const input = await cluster.createTopic(cluster.newName('recovery-input'), PARTITIONS);
  const output = await cluster.createTopic(cluster.newName('recovery-output'), PARTITIONS);
  const names = { brokers: cluster.brokers, group: cluster.newName('recovery'), input, output };
  const owners = new Map();
  let changedAt = performance.now();
  const start = () => {
    const child = startNode('stage', { ...names, work: 'wait', blobStoreUrl, settings: {} });
    child.onTold(({ taken }) => {
      if (taken === undefined) return;
      owners.set(taken, child);
      changedAt = performance.now();
    });
    return child;
  };
  const survivor = start();
  const victim = start();
  const recovered = new Map();
  let killedAt = Number.POSITIVE_INFINITY;
  const producer = await cluster.producer();
  const endLoad = startLoad(producer, input);
  const endReading = await cluster.follow(output, (value) => {
    const partition = readPartition(value);
    if (readSentMs(value) > killedAt && !recovered.has(partition))
      recovered.set(partition, performance.now());
  });
  try {
    const isSettled = () =>
      owners.size === PARTITIONS &&
      new Set(owners.values()).size === 2 &&
      performance.now() - changedAt > 3_000;
    await cluster.until('sharing the partitions', isSettled, { children: [survivor, victim] });
    const orphans = [...owners].filter(([, owner]) => owner === victim).map(([partition]) => partition);
    killedAt = performance.now();
    void victim.kill();
    await cluster.until('recovering', () => orphans.every((partition) => recovered.has(partition)), {
      children: [survivor],
      withinMs: 60_000,
    });
    return Math.max(...orphans.map((partition) => recovered.get(partition) - killedAt)) / 1_000;
  } finally {
    await endLoad();
    await endReading();
    await producer.disconnect();
    await Promise.all([survivor.stop(), victim.kill()]);
    await cluster.deleteTopics(input, output);
  }
}

export async function measureRecovery(context) {
  const all = [];
  for (let repeat = 0; repeat < (context.quick ? 1 : 3); repeat += 1) {
    all.push(await runOnce(context));
    context.say(`recovery ${repeat + 1}: ${all.at(-1).toFixed(1)} s after kill -9`);
  }
  return {
    recoverySeconds: round(Math.max(...all), 1),
    recovery: { seconds: all.map((seconds) => round(seconds, 1)) },
  };
}
