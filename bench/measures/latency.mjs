// Time of one exactly-once hop: from the call that produces a record until a read-committed consumer has its output.
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '../parts/bench-error.mjs';
import { startNode } from '../parts/children.mjs';
import { quantile, round } from '../parts/numbers.mjs';
import { keyOf, readIndex, readSentMs, writeValue } from '../parts/record.mjs';

const BYTES = 1_024;
const PARTITIONS = 4;
const PER_SECOND = 180;
const WITHIN_MS = 30_000;

/** Sends records and hands out what each took. */
class Hop {
  #producer;
  #input;
  #index = 0;
  #waiting = new Map();

  constructor(producer, input) {
    this.#producer = producer;
    this.#input = input;
  }

  onValue(value) {
    const index = readIndex(value);
    this.#waiting.get(index)?.(performance.now() - readSentMs(value));
    this.#waiting.delete(index);
  }

  /** Resolves with the milliseconds of one record. */
  async send() {
    const index = this.#index;
    this.#index += 1;
    const { promise, resolve, reject } = Promise.withResolvers();
    this.#waiting.set(index, resolve);
    const late = new BenchError(`a record took longer than ${WITHIN_MS / 1_000} s`);
    const timer = setTimeout(() => reject(late), WITHIN_MS);
    const value = writeValue({ index, bytes: BYTES, sentMs: performance.now() });
    const sent = this.#producer.send({
      topic: this.#input,
      messages: [{ key: keyOf(index), value }],
      acks: -1,
    });
    const [milliseconds] = await Promise.all([promise, sent]).finally(() => clearTimeout(timer));
    return milliseconds;
  }
}

async function atIdle(hop, count) {
  const all = [];
  for (let sent = 0; sent < count; sent += 1) {
    all.push(await hop.send());
    await sleep(15);
  }
  return all;
}

async function underLoad(hop, count) {
  const began = performance.now();
  const all = [];
  for (let sent = 0; sent < count; sent += 1) {
    const dueInMs = began + (sent * 1_000) / PER_SECOND - performance.now();
    if (dueInMs > 0) await sleep(dueInMs);
    all.push(hop.send());
  }
  return Promise.all(all);
}

export async function measureLatency({ cluster, say, quick, blobStoreUrl }) {
  const input = await cluster.createTopic(cluster.newName('hop-input'), PARTITIONS);
  const output = await cluster.createTopic(cluster.newName('hop-output'), PARTITIONS);
  const names = { brokers: cluster.brokers, group: cluster.newName('hop'), input, output };
  const child = startNode('stage', { ...names, work: 'copy', blobStoreUrl, settings: {} });
  const producer = await cluster.producer();
  const hop = new Hop(producer, input);
  const end = await cluster.follow(output, (value) => hop.onValue(value));
  try {
    await atIdle(hop, 100);
    const idle = await atIdle(hop, quick ? 200 : 1_000);
    say(`hop at idle: p50 ${quantile(idle, 0.5).toFixed(1)} ms, p99 ${quantile(idle, 0.99).toFixed(1)} ms`);
    const loaded = await underLoad(hop, PER_SECOND * (quick ? 5 : 30));
    say(`hop at ${PER_SECOND} records/s: p99 ${quantile(loaded, 0.99).toFixed(1)} ms`);
    return {
      idleHopMsP50: round(quantile(idle, 0.5), 1),
      idleHopMsP99: round(quantile(idle, 0.99), 1),
      loadedHopMsP99: round(quantile(loaded, 0.99), 1),
      hop: {
        idleRecords: idle.length,
        idleMsMax: round(Math.max(...idle), 1),
        loadedRecords: loaded.length,
        loadedMsP50: round(quantile(loaded, 0.5), 1),
        loadedMsMax: round(Math.max(...loaded), 1),
      },
    };
  } finally {
    await end();
    await producer.disconnect();
    await child.stop();
    await cluster.deleteTopics(input, output);
  }
}
