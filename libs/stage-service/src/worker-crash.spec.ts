import { TOPICS, type DocumentDeadLettered } from '@docstream/contracts';
import type { ConsumedRecord, StageContext, StageDefinition } from '@docstream/core';
import { StageRuntime } from '@docstream/stage-runtime';
import {
  MemoryBlobStore,
  MemoryBroker,
  MemoryCodec,
  eventually,
  hurriedClock,
  identityOf,
  recordOf,
  silentLogger,
} from '@docstream/testing';
import { createWorkerPool } from '@docstream/worker-pool';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { identifyEvent } from './decode.js';

jest.setTimeout(60_000);

const INPUT = TOPICS.classified;
const FUNCTION = { module: new URL('./fixtures/fragile.mjs', import.meta.url), export: 'work' };
const broker = new MemoryBroker();
const codec = new MemoryCodec();

function textOf(record: ConsumedRecord): string {
  return Buffer.from(record.value ?? []).toString();
}

const stage: StageDefinition<string, string, string> = {
  name: 'extractor',
  consumes: INPUT,
  retry: { maxAttempts: 3, initialDelayMs: 1, maxDelayMs: 2 },
  deadlineMs: 20_000,
  identify: identifyEvent,
  decode: async (record) => ({ event: textOf(record), identity: identifyEvent(record) }),
  load: async (event) => event,
  run: FUNCTION,
  save: async (fileName) => [
    {
      topic: TOPICS.extracted,
      event: {
        fileName,
        blob: { sha256: '0'.repeat(64), bytes: 1, mediaType: 'application/pdf' },
        quality: 'complete',
        pageCount: 1,
        language: null,
        classification: { type: 'invoice', confidence: 1, margin: 1, runnerUp: null, model: '', head: '' },
        fields: [],
        extractor: '',
        runMs: 0,
      },
    },
  ],
};

const pool = createWorkerPool<string, string>({
  function: FUNCTION,
  size: 2,
  limits: { memoryMb: 512, outputBytes: 1_000_000 },
});
const attempts: [string, number][] = [];
const execute = (input: string, context: StageContext) => {
  attempts.push([input, context.attempt]);
  return pool.run(input, context);
};
const runtime = new StageRuntime({
  stage,
  execute,
  broker,
  codec,
  blobStore: new MemoryBlobStore(),
  checks: {},
  logger: silentLogger,
  clock: hurriedClock,
  onFatal: (error) => {
    throw error;
  },
});

afterEach(async () => {
  await runtime.stop(2_000);
  await pool.close();
});

describe('a document that crashes its worker process', () => {
  it('costs only itself: it is dead-lettered after its attempts, the others are done at their first', async () => {
    const others = Array.from({ length: 20 }, (_, index) => `good-${index}`);
    for (const text of [...others.slice(0, 10), 'crash-1', ...others.slice(10), 'crash-2']) {
      broker.append(recordOf(INPUT, identityOf(text), Buffer.from(text)));
    }
    await pool.ready();
    await runtime.start();
    await eventually('all have ended', async () => {
      const at = { topic: INPUT.name, partition: 0 };
      return (await broker.committed('docstream.extractor.v1', at))?.offset === 22n;
    });
    const letters: DocumentDeadLettered[] = await Promise.all(
      broker
        .records(TOPICS.deadLettered.name)
        .map(({ value }) => codec.decode(TOPICS.deadLettered, value ?? new Uint8Array())),
    );
    expect(letters.map(({ code, attempts: tried }) => [code, tried])).toEqual([
      ['WORKER_CRASHED', 3],
      ['WORKER_CRASHED', 3],
    ]);
    const repeated = attempts.filter(([text, attempt]) => text.startsWith('good') && attempt > 1);
    expect(repeated).toEqual([]);
    expect(attempts.filter(([text]) => text.startsWith('good'))).toHaveLength(20);
    expect(broker.records(TOPICS.extracted.name)).toHaveLength(20);
    expect(pool.pids()).toHaveLength(2);
  });
});
