// Work of 0 to 5 ms on the records of one partition: one after the other, and with 20 keys side by side.
import { startNode } from '../parts/children.mjs';
import { median, round } from '../parts/numbers.mjs';
import { seededRandom, writeValue } from '../parts/record.mjs';

const KEYS = 20;
const BYTES = 64;

async function runOnce({ cluster, input, count, blobStoreUrl, concurrency }) {
  const output = await cluster.createTopic(cluster.newName('keys-output'), 1);
  const group = cluster.newName('keys');
  const settings = { concurrency };
  const child = startNode('stage', {
    ...{ brokers: cluster.brokers, group, input, output, work: 'wait', blobStoreUrl, settings },
  });
  try {
    await cluster.until('the first record', async () => (await cluster.appended(output)) > 0, {
      children: [child],
    });
    const began = performance.now();
    await cluster.until('the work', async () => (await cluster.committed(group, input)) >= count, {
      children: [child],
    });
    return (performance.now() - began) / 1_000;
  } finally {
    await child.stop();
    await cluster.deleteTopics(output);
  }
}

export async function measureKeys({ cluster, say, quick, blobStoreUrl }) {
  const count = quick ? 2_000 : 10_000;
  const repeats = quick ? 1 : 3;
  const random = seededRandom(20);
  const input = await cluster.createTopic(cluster.newName('keys-input'), 1);
  await cluster.fill(input, count, (index) => ({
    key: `key-${Math.floor(random() * KEYS)}`,
    value: writeValue({ index, bytes: BYTES, waitMs: Math.floor(random() * 5) }),
  }));
  const parallel = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    parallel.push(await runOnce({ cluster, input, count, blobStoreUrl, concurrency: 24 }));
    say(`keys ${repeat + 1} of ${repeats}: side by side ${parallel.at(-1).toFixed(1)} s`);
  }
  const serial = await runOnce({ cluster, input, count, blobStoreUrl, concurrency: 1 });
  say(`keys: one after the other ${serial.toFixed(1)} s`);
  await cluster.deleteTopics(input);
  return {
    keyParallelSeconds: round(median(parallel)),
    serialSeconds: round(serial),
    keys: { records: count, keys: KEYS, keyParallelSeconds: parallel.map((seconds) => round(seconds)) },
  };
}
