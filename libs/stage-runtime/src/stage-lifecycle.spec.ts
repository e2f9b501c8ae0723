import { HEADERS, TOPICS, readHeader, type DocumentExtracted } from '@docstream/contracts';
import { FatalError, readIdentity, type StageDefinition } from '@docstream/core';
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
import { afterEach, describe, expect, it } from '@jest/globals';
import { StageRuntime } from './stage-runtime.js';

const GROUP = 'docstream.extractor.v1';
const INPUT = TOPICS.classified;
const AT_0 = { topic: INPUT.name, partition: 0 };
const BREAKER = { windowDocuments: 50, threshold: 20, initialProbeMs: 60_000, maxProbeMs: 600_000 };

type Run = (text: string) => string | Promise<string>;

function stageOf(run: Run): StageDefinition<string, string, string> {
  const identify = (record: Parameters<StageDefinition<string, string, string>['identify']>[0]) =>
    readIdentity(record.headers) ?? identityOf('foreign');
  return {
    name: 'extractor',
    consumes: INPUT,
    retry: { maxAttempts: 2, initialDelayMs: 1, maxDelayMs: 2 },
    deadlineMs: 1_000,
    identify,
    decode: async (record) => ({
      event: Buffer.from(record.value ?? []).toString(),
      identity: identify(record),
    }),
    load: async (event) => event,
    run: { inline: async (text) => run(text) },
    save: async (text) => [{ topic: TOPICS.extracted, event: extracted(text) }],
  };
}

function extracted(fileName: string): DocumentExtracted {
  const classification = { type: 'invoice', confidence: 1, margin: 1, runnerUp: null, model: '', head: '' };
  const blob = { sha256: '0'.repeat(64), bytes: 1, mediaType: 'application/pdf' };
  const rest = { pageCount: 1, language: null, fields: [], extractor: '', runMs: 0 };
  return { fileName, blob, quality: 'complete', classification, ...rest };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const runtimes: StageRuntime<string, string, string>[] = [];
let broker = new MemoryBroker();

function create(
  run: Run,
  concurrency = 4,
  onFatal: (error: unknown) => void = (error) => {
    throw error;
  },
): StageRuntime<string, string, string> {
  const runtime = new StageRuntime({
    stage: stageOf(run),
    broker,
    codec: new MemoryCodec(),
    blobStore: new MemoryBlobStore(),
    checks: {},
    logger: silentLogger,
    clock: hurriedClock,
    random: () => 1,
    onFatal,
    settings: { concurrency },
    breaker: BREAKER,
  });
  runtimes.push(runtime);
  return runtime;
}

function send(...texts: string[]): void {
  for (const text of texts) broker.append(recordOf(INPUT, identityOf(text), Buffer.from(text)));
}

const published = (): number => broker.records(TOPICS.extracted.name).length;
const deadLetters = (): number => broker.records(TOPICS.deadLettered.name).length;
const position = async (): Promise<bigint | undefined> => (await broker.committed(GROUP, AT_0))?.offset;

afterEach(async () => {
  await Promise.all(runtimes.splice(0).map((runtime) => runtime.stop(500)));
  broker = new MemoryBroker();
});

describe('a paused stage', () => {
  it('finishes what is in work, starts nothing new, and goes on where it was', async () => {
    const gate = Promise.withResolvers<void>();
    send('a', 'b', 'c', 'd');
    const runtime = create(async (text) => {
      await gate.promise;
      return text;
    }, 2);
    await runtime.start();
    await eventually('two are in work', () => runtime.state().admission.inWork === 2);
    runtime.admission.pause({ paused: true, reason: null, at: 'now', by: 'spec' });
    gate.resolve();
    await eventually('they are published', () => published() === 2);
    await turns();
    expect(published()).toBe(2);
    expect(await position()).toBe(2n);
    runtime.admission.pause({ paused: false, reason: null, at: 'later', by: 'spec' });
    await eventually('all are published', () => published() === 4);
  });

  it('stops at once, and leaves all to its successor', async () => {
    send('a', 'b');
    const paused = create((text) => text);
    paused.admission.pause({ paused: true, reason: null, at: 'now', by: 'spec' });
    await paused.start();
    await eventually('they wait', () => paused.state().backlog === 2);
    await paused.stop(60_000);
    await create((text) => text).start();
    await eventually('both are published', () => published() === 2);
  });
});

describe('a stage that must end', () => {
  it('begins nothing new, commits what is in work beside the failure, and leaves that to its successor', async () => {
    const gate = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    send('a', 'refused', 'b', 'c');
    const runtime = create(
      async (text) => {
        if (text === 'refused') throw new FatalError('AUTHENTICATION_REFUSED', 'no');
        await gate.promise;
        return text;
      },
      3,
      () => ended.resolve(runtime.stop(5_000)),
    );
    await runtime.start();
    await eventually('the others are in work', () => runtime.state().admission.inWork === 2);
    gate.resolve();
    await ended.promise;
    expect([published(), deadLetters()]).toEqual([2, 0]);
    expect(await broker.committed(GROUP, AT_0)).toMatchObject({
      offset: 1n,
      metadata: expect.stringMatching(/;d=1$/),
    });
    await create((text) => text).start();
    await eventually('all are published', () => published() === 4);
  });
});

describe('a stage that fails with nearly everything', () => {
  it('leaves the backlog where it is after 20 dead letters, and goes on when it is resumed', async () => {
    let isBroken = true;
    const texts = Array.from({ length: 100 }, (_, index) => `t${index}`);
    send(...texts);
    const runtime = create((text) => {
      if (isBroken) throw new TypeError('x is not a function');
      return text;
    });
    await runtime.start();
    await eventually('it pauses', () => runtime.state().admission.breaker.kind === 'open');
    await eventually('what was in work has ended', () => runtime.state().admission.inWork === 0);
    await turns();
    expect(deadLetters()).toBeGreaterThanOrEqual(20);
    expect(deadLetters()).toBeLessThan(20 + 4);
    isBroken = false;
    runtime.admission.setBreaker({ paused: false, reason: null, at: 'now', by: 'spec' });
    await eventually('the rest is published', () => published() + deadLetters() === 100);
    expect(deadLetters()).toBeLessThan(20 + 4);
  });
});

describe('a runtime that is stopped', () => {
  it('does not stay in a group that it was still joining', async () => {
    const held = Promise.withResolvers<void>();
    const join = broker.join.bind(broker);
    let hasLeft = false;
    broker.join = async (...args) => {
      await held.promise;
      const membership = await join(...args);
      return {
        ...membership,
        leave: async (deadlineMs) => {
          hasLeft = true;
          await membership.leave(deadlineMs);
        },
      };
    };
    const runtime = create((text) => text);
    const started = runtime.start();
    await runtime.stop(100);
    held.resolve();
    await started;
    expect(hasLeft).toBe(true);
  });

  it('joins no group any more', async () => {
    const runtime = create((text) => text);
    await runtime.stop(100);
    broker.join = () => Promise.reject(new Error('it joined'));
    await runtime.start();
    expect(runtime.state().hasJoined).toBe(false);
  });

  it('finishes what is in work over a rebalance that comes meanwhile, and begins nothing else', async () => {
    const gate = Promise.withResolvers<void>();
    const begun: string[] = [];
    send('a', 'b', 'c');
    const runtime = create(async (text) => {
      begun.push(text);
      await gate.promise;
      return text;
    }, 1);
    await runtime.start();
    await eventually('work began', () => begun.length === 1);
    const stopped = runtime.stop(5_000);
    broker.rebalance(GROUP, [INPUT.name]);
    await turns();
    gate.resolve();
    await stopped;
    expect(begun).toEqual(['a']);
    expect(published()).toBe(1);
    expect(await position()).toBe(1n);
  });
});

describe('a record that ends its process', () => {
  const metadata = async (): Promise<string | undefined> => (await broker.committed(GROUP, AT_0))?.metadata;

  it('finds that its owner has said so before it began to work', async () => {
    send('a');
    const seen: (string | undefined)[] = [];
    await create(async (text) => {
      seen.push(await metadata());
      return text;
    }).start();
    await eventually('it is published', () => published() === 1);
    expect(seen).toEqual(['v1;t=1']);
    expect(await metadata()).toBe('v1');
  });

  it('is worked on alone after three owners without progress, its attempt committed before it begins', async () => {
    broker.setCommitted(GROUP, AT_0, { offset: 0n, metadata: 'v1;t=3' });
    send('a', 'b');
    const seen: [string, string | undefined, number][] = [];
    const runtime = create(async (text) => {
      seen.push([text, await metadata(), runtime.state().admission.inWork]);
      return text;
    });
    await runtime.start();
    await eventually('both are published', () => published() === 2);
    expect(seen).toEqual([
      ['a', 'v1;t=4;a=0:1', 1],
      ['b', expect.stringMatching(/^v1;t=4;(d=0;a=1:1|a=0:1)$/), 1],
    ]);
    await eventually('the suspicion is over', async () => (await metadata()) === 'v1');
  });

  it('is dead-lettered unseen when all its attempts were begun and none came back', async () => {
    broker.setCommitted(GROUP, AT_0, { offset: 0n, metadata: 'v1;t=5;a=0:2' });
    send('killer', 'b');
    const begun: string[] = [];
    const runtime = create((text) => {
      begun.push(text);
      return text;
    });
    await runtime.start();
    await eventually('all have ended', () => published() + deadLetters() === 2);
    expect(begun).toEqual(['b']);
    const [letter] = broker.records(TOPICS.extractorDeadLetter.name);
    expect(readHeader(letter?.headers ?? [], HEADERS.code)).toBe('WORKER_CRASHED');
  });

  it('spends no second attempt for a failure that its owner lives to see', async () => {
    broker.setCommitted(GROUP, AT_0, { offset: 0n, metadata: 'v1;t=3' });
    send('bug');
    let calls = 0;
    await create(() => {
      calls += 1;
      throw new TypeError('x is not a function');
    }).start();
    await eventually('it is dead-lettered', () => deadLetters() === 1);
    expect(calls).toBe(2);
  });
});
