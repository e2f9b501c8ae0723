// Peak of resident memory of the stage's process with large documents waiting: claim-checked, and inline in the record.
import { createBlobStore } from '@docstream/adapter-blob-store';
import { startNode } from '../parts/children.mjs';
import { round } from '../parts/numbers.mjs';
import { keyOf, writeValue } from '../parts/record.mjs';

const PARTITIONS = 4;
const MEGABYTE = 1_000_000;
/** So many different documents, referred to again and again: each reference is redeemed and verified anew. */
const DIFFERENT = 20;

async function runOnce({ cluster, input, count, work, blobStoreUrl, settings }) {
  const output = await cluster.createTopic(cluster.newName('memory-output'), PARTITIONS);
  const group = cluster.newName('memory');
  const names = { brokers: cluster.brokers, group, input, output };
  const child = startNode('stage', { ...names, work, blobStoreUrl, settings });
  const began = performance.now();
  try {
    await cluster.until('the large documents', async () => (await cluster.committed(group, input)) >= count, {
      children: [child],
    });
    const seconds = (performance.now() - began) / 1_000;
    return {
      peakMb: child.peakMb === null ? null : round(child.peakMb, 0),
      perSecond: round(count / seconds, 1),
    };
  } finally {
    await child.stop();
    await cluster.deleteTopics(input, output);
  }
}

async function claimChecked({ cluster, quick, blobStoreUrl, settings }) {
  const count = quick ? 200 : 1_000;
  const store = createBlobStore(blobStoreUrl);
  const references = [];
  for (let index = 0; index < DIFFERENT; index += 1) {
    const bytes = writeValue({ index, bytes: 5 * MEGABYTE });
    references.push(Buffer.from(JSON.stringify(await store.deposit('default', bytes, 'application/pdf'))));
  }
  const input = await cluster.createTopic(cluster.newName('claims-input'), PARTITIONS);
  await cluster.fill(input, count, (index) => ({ key: keyOf(index), value: references[index % DIFFERENT] }));
  return { count, ...(await runOnce({ cluster, input, count, work: 'redeem', blobStoreUrl, settings })) };
}

async function inline({ cluster, quick, blobStoreUrl, settings }) {
  const count = quick ? 40 : 120;
  const input = await cluster.createTopic(cluster.newName('inline-input'), PARTITIONS);
  await cluster.fill(input, count, (index) => ({
    key: keyOf(index),
    value: writeValue({ index, bytes: 9 * MEGABYTE }),
  }));
  return { count, ...(await runOnce({ cluster, input, count, work: 'copy', blobStoreUrl, settings })) };
}

export async function measureMemory(context) {
  const large = await claimChecked(context);
  context.say(`memory: ${large.count} documents of 5 MB by claim check, peak ${large.peakMb} MiB`);
  const whole = await inline(context);
  context.say(`memory: ${whole.count} records of 9 MB, peak ${whole.peakMb} MiB`);
  return {
    rssMbLarge: large.peakMb,
    rssMbInline: whole.peakMb,
    memory: {
      largeDocuments: large.count,
      largeDocumentsPerSecond: large.perSecond,
      inlineRecords: whole.count,
      inlineRecordsPerSecond: whole.perSecond,
    },
  };
}
