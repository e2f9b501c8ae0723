// One stage in a process of its own: the real runtime on the real broker adapter. What comes in goes out byte for
// byte; `work` says what happens in between. Values are no Avro here, positions are.
import { setTimeout as sleep } from 'node:timers/promises';
import { createBlobStore } from '@docstream/adapter-blob-store';
import { KafkaStageBroker, createKafkaClient } from '@docstream/adapter-kafkajs';
import { TOPICS, encodeEvent } from '@docstream/contracts';
import { StageRuntime, silentObserver } from '@docstream/stage-runtime';
import { readWaitMs } from '../parts/record.mjs';

const { brokers, group, input, output, work, blobStoreUrl, settings } = JSON.parse(process.argv[2]);
const REGISTRY_PREFIX = Buffer.from([0, 0, 0, 0, 1]);
const RUN = '01JZZZZZZZZZZZZZZZZZZZZZZZ';
const produces = { ...TOPICS.classified, name: output };

const fail = (error) => {
  console.error(error);
  process.exit(1);
};
const logger = { debug: () => {}, info: () => {}, warn: console.error, error: console.error };
const client = createKafkaClient({ brokers, clientId: 'bench-stage' }, logger);
const broker = new KafkaStageBroker(client, logger);
const blobStore = createBlobStore(blobStoreUrl);
const codec = {
  encode: async ({ event }, value) =>
    event === 'Position' ? Buffer.concat([REGISTRY_PREFIX, encodeEvent(event, value)]) : value,
};
const identify = ({ key }) => ({ documentId: key.toString(), run: RUN, tenant: 'default' });

const LOADS = {
  copy: async (value) => value,
  wait: async (value) => value,
  redeem: async (value) => blobStore.redeem('default', JSON.parse(value.toString())),
};
const RUNS = {
  copy: async (value) => value,
  wait: async (value) => {
    await sleep(readWaitMs(value));
    return value;
  },
  redeem: async (value) => value.byteLength,
};

const runtime = new StageRuntime({
  stage: {
    name: 'classifier',
    consumes: TOPICS.parsed,
    retry: { maxAttempts: 3, initialDelayMs: 100, maxDelayMs: 1_000 },
    deadlineMs: 60_000,
    identify,
    decode: async (record) => ({ event: record.value, identity: identify(record) }),
    load: LOADS[work],
    run: { inline: RUNS[work] },
    save: async (_, value) => [{ topic: produces, event: value }],
  },
  broker,
  codec,
  blobStore,
  checks: { kafka: () => broker.checkHealth(), 'blob-store': () => blobStore.checkHealth() },
  logger,
  onFatal: fail,
  observer: {
    ...silentObserver,
    onTakeOver: ({ partition }) => process.send?.({ taken: partition }),
    onTransaction: (records, seconds) => process.send?.({ records, seconds }),
  },
  settings,
  group,
  topic: input,
});

process.once('disconnect', () => process.exit(0));
process.once('message', async () => {
  await runtime.stop(10_000);
  await broker.close(500);
  process.exit(0);
});
await runtime.start().catch(fail);
