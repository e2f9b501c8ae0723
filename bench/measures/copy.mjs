// Throughput of a copy: our stage, a plain kafkajs loop, Kafka Streams. Alternating, each run in a process of its own
// with an output topic and a group of its own, all with the same input on the same broker.
import { join } from 'node:path';
import { BenchError } from '../parts/bench-error.mjs';
import { startNode, startStreams } from '../parts/children.mjs';
import { median, round } from '../parts/numbers.mjs';
import { isIntact, keyOf, readIndex, writeValue } from '../parts/record.mjs';

const BYTES = 1_024;
const PARTITIONS = 4;

/** Each record once, as it was sent. */
async function verify(cluster, output, count, who) {
  const seen = new Uint8Array(count);
  let broken = 0;
  await cluster.readAll(output, (value) => {
    if (isIntact(value, BYTES)) seen[readIndex(value)] += 1;
    else broken += 1;
  });
  const missing = seen.filter((times) => times === 0).length;
  const repeated = seen.filter((times) => times > 1).length;
  if (missing + repeated + broken > 0)
    throw new BenchError(
      `${who}: of ${count} records ${missing} are missing, ${repeated} came more than once, ${broken} were changed`,
    );
}

/** Records per second from the first output to the last position committed; seen from outside, for all in the same way. */
async function runOnce({ cluster, input, count, start, who }) {
  const output = await cluster.createTopic(cluster.newName(`copy-${who}`), PARTITIONS);
  const group = cluster.newName(`copy-${who}`);
  const child = start({ brokers: cluster.brokers, group, input, output });
  const transactions = [];
  child.onTold((told) => told.records > 0 && transactions.push(told.records));
  try {
    await cluster.until(`the first record of ${who}`, async () => (await cluster.appended(output)) > 0, {
      children: [child],
    });
    const began = performance.now();
    await cluster.until(`the copy of ${who}`, async () => (await cluster.committed(group, input)) >= count, {
      children: [child],
    });
    const seconds = (performance.now() - began) / 1_000;
    const { peakMb } = child;
    await child.stop();
    await verify(cluster, output, count, who);
    await cluster.deleteTopics(output);
    return { perSecond: count / seconds, peakMb, transactions };
  } finally {
    await child.stop();
  }
}

export async function measureCopy({ cluster, say, quick, dataDir, jars, blobStoreUrl, settings, profile }) {
  const count = quick ? 30_000 : 100_000;
  const alternations = quick ? 1 : 3;
  say(`copy: appending ${count} records of 1 KB`);
  const input = await cluster.createTopic(cluster.newName('copy-input'), PARTITIONS);
  await cluster.fill(input, count, (index) => ({
    key: keyOf(index),
    value: writeValue({ index, bytes: BYTES }),
  }));
  const starters = {
    stage: (names) => startNode('stage', { ...names, work: 'copy', blobStoreUrl, settings }, profile),
    plain: (names) => startNode('plain', names),
    streams: (names) => startStreams({ ...names, jars, stateDir: join(dataDir, names.group) }),
  };
  const runs = { stage: [], plain: [], streams: [] };
  const order = Object.keys(starters);
  for (let round_ = 0; round_ < alternations; round_ += 1) {
    for (const who of order) {
      const run = await runOnce({ cluster, input, count, start: starters[who], who });
      runs[who].push(run);
      say(`copy ${round_ + 1} of ${alternations}: ${who} ${Math.round(run.perSecond)} records/s`);
    }
    // Nobody always follows the same one.
    order.push(order.shift());
  }
  await cluster.deleteTopics(input);
  const ratios = (other) =>
    runs.stage.map(({ perSecond }, at) => round(perSecond / runs[other][at].perSecond, 3));
  const rates = (who) => runs[who].map(({ perSecond }) => Math.round(perSecond));
  const peaks = (who) => runs[who].map(({ peakMb }) => peakMb).filter((peak) => peak !== null);
  return {
    vsPlainKafkajs: round(median(ratios('plain'))),
    vsKafkaStreams: round(median(ratios('streams'))),
    rssMbSmall: peaks('stage').length === 0 ? null : round(Math.max(...peaks('stage')), 0),
    copy: {
      records: count,
      alternations,
      stageRecordsPerSecond: rates('stage'),
      plainKafkajsRecordsPerSecond: rates('plain'),
      kafkaStreamsRecordsPerSecond: rates('streams'),
      vsPlainKafkajs: ratios('plain'),
      vsKafkaStreams: ratios('streams'),
      recordsPerTransaction: median(runs.stage.flatMap(({ transactions }) => transactions)),
      rssMbPlainKafkajs: peaks('plain').map((peak) => round(peak, 0)),
      rssMbKafkaStreams: peaks('streams').map((peak) => round(peak, 0)),
    },
  };
}
