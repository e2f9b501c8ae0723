import {
  HEADERS,
  TOPICS,
  readHeader,
  runIdOfReset,
  type DocumentExtracted,
  type RunId,
} from '@docstream/contracts';
import {
  PoisonError,
  movePosition,
  readIdentity,
  type CommittedPosition,
  type ConsumedRecord,
  type StageDefinition,
} from '@docstream/core';
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
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StageRuntime } from './stage-runtime.js';

const GROUP = 'docstream.extractor.v1';
const INPUT = TOPICS.classified;
const AT = { topic: INPUT.name, partition: 0 };
const RESET = { auditId: '01k8z', timeMs: 1_900_000_000_000 };
const EXTRACTED: DocumentExtracted = {
  fileName: null,
  blob: { sha256: '0'.repeat(64), bytes: 1, mediaType: 'application/pdf' },
  quality: 'complete',
  pageCount: 1,
  language: null,
  classification: { type: 'invoice', confidence: 1, margin: 1, runnerUp: null, model: '', head: '' },
  fields: [],
  extractor: '',
  runMs: 0,
};

const identify = (record: ConsumedRecord) => readIdentity(record.headers) ?? identityOf('foreign');
const stage: StageDefinition<string, string, string> = {
  name: 'extractor',
  consumes: INPUT,
  retry: { maxAttempts: 1, initialDelayMs: 1, maxDelayMs: 2 },
  deadlineMs: 1_000,
  identify,
  decode: async (record) => ({
    event: Buffer.from(record.value ?? []).toString(),
    identity: identify(record),
  }),
  load: async (event) => event,
  run: {
    inline: async (text) => {
      if (text.startsWith('bad')) throw new PoisonError('UNDECODABLE', 'bad');
      return text;
    },
  },
  save: async () => [{ topic: TOPICS.extracted, event: EXTRACTED }],
};

let broker: MemoryBroker;
let runtime: StageRuntime<string, string, string>;

beforeEach(() => {
  broker = new MemoryBroker();
  runtime = new StageRuntime({
    stage,
    broker,
    codec: new MemoryCodec(),
    blobStore: new MemoryBlobStore(),
    checks: {},
    logger: silentLogger,
    clock: hurriedClock,
    onFatal: (error) => {
      throw error;
    },
  });
});
afterEach(() => runtime.stop(500));

const texts = ['one', 'bad', 'three'];
const runsOf = (topic: string): (string | undefined)[] =>
  broker.records(topic).map(({ headers }) => readHeader(headers, HEADERS.run));
const send = (...some: string[]): void => {
  for (const text of some) broker.append(recordOf(INPUT, identityOf(text), Buffer.from(text)));
};
const rest = async (): Promise<CommittedPosition> => {
  const { end } = await broker.logRange(AT);
  await eventually('all is done', async () => (await broker.committed(GROUP, AT))?.offset === end);
  return { offset: end, metadata: 'v1' };
};
const reset = (known: CommittedPosition, to: bigint): void => {
  broker.fence(GROUP, AT);
  broker.setCommitted(GROUP, AT, movePosition(known, to, RESET) ?? known);
};
const newRun = (text: string): string => runIdOfReset(identityOf(text).run, RESET);
const oldRun = (text: string): RunId => identityOf(text).run;

describe('a stage whose position was reset', () => {
  it('notices it at rest, and gives events and dead letters of records read again the runs of the reset', async () => {
    send(...texts);
    await runtime.start();
    reset(await rest(), 0n);
    await eventually('all is done again', () => runsOf(TOPICS.extracted.name).length === 4);
    send('four');
    await eventually('the next one is done', () => runsOf(TOPICS.extracted.name).length === 5);
    expect(runsOf(TOPICS.extracted.name)).toEqual([
      oldRun('one'),
      oldRun('three'),
      newRun('one'),
      newRun('three'),
      oldRun('four'),
    ]);
    expect(runsOf(TOPICS.deadLettered.name)).toEqual([oldRun('bad'), newRun('bad')]);
    expect(runsOf(TOPICS.extractorDeadLetter.name)).toEqual([oldRun('bad'), newRun('bad')]);
  });

  it('reads only what the reset says', async () => {
    send(...texts);
    await runtime.start();
    reset(await rest(), 2n);
    await eventually('it is done again', () => runsOf(TOPICS.extracted.name).length === 3);
    await rest();
    expect(runsOf(TOPICS.extracted.name).slice(2)).toEqual([newRun('three')]);
  });
});
