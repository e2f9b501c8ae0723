import {
  HEADERS,
  TOPICS,
  eventIdOf,
  readHeader,
  textHeader,
  type DocumentDeadLettered,
  type DocumentExtracted,
  type Identity,
} from '@docstream/contracts';
import {
  DependencyError,
  PoisonError,
  readIdentity,
  type ConsumedRecord,
  type OutgoingRecord,
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
import { afterEach, describe, expect, it } from '@jest/globals';
import { StageRuntime } from './stage-runtime.js';

const GROUP = 'docstream.extractor.v1';
const INPUT = TOPICS.classified;
const AT_0 = { topic: INPUT.name, partition: 0 };

type Run = (text: string, attempt: number) => string | Promise<string>;

function extracted(text: string): DocumentExtracted {
  const blob = { sha256: '0'.repeat(64), bytes: 1, mediaType: 'application/pdf' };
  const classification = { type: 'invoice', confidence: 1, margin: 1, runnerUp: null, model: '', head: '' };
  return {
    fileName: text,
    blob,
    quality: 'complete',
    pageCount: 1,
    language: null,
    classification,
    fields: [],
    extractor: '',
    runMs: 0,
  };
}

function echoStage(run: Run): StageDefinition<string, string, string> {
  const identify = (record: ConsumedRecord): Identity =>
    readIdentity(record.headers) ?? identityOf('foreign');
  return {
    name: 'extractor',
    consumes: INPUT,
    retry: { maxAttempts: 3, initialDelayMs: 1, maxDelayMs: 2 },
    deadlineMs: 1_000,
    identify,
    decode: async (record) => {
      if (record.value === null) throw new PoisonError('EMPTY_RECORD', 'nothing');
      return { event: Buffer.from(record.value).toString(), identity: identify(record) };
    },
    load: async (event) => event,
    run: { inline: async (text, { attempt }) => run(text, attempt) },
    save: async (text) => [{ topic: TOPICS.extracted, event: extracted(text) }],
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Lets everything go on that waits for nothing else. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

class Bench {
  readonly broker: MemoryBroker;
  readonly codec = new MemoryCodec();
  readonly blobStore = new MemoryBlobStore();
  readonly fatal: unknown[] = [];
  readonly lost: bigint[] = [];
  /** Facts of what was logged as an error. */
  readonly errors: unknown[] = [];
  readonly runtimes: StageRuntime<string, string, string>[] = [];

  constructor(broker = new MemoryBroker()) {
    this.broker = broker;
  }

  async start(
    run: Run,
    settings = {},
    onFailure = (): unknown => undefined,
  ): Promise<StageRuntime<string, string, string>> {
    const runtime = new StageRuntime({
      stage: echoStage(run),
      broker: this.broker,
      codec: this.codec,
      blobStore: this.blobStore,
      checks: {
        'blob-store': () => this.blobStore.checkHealth(),
        'schema-registry': () => this.codec.checkHealth(),
        kafka: () => this.broker.checkHealth(),
      },
      logger: { ...silentLogger, error: (_message, facts) => void this.errors.push(facts) },
      clock: hurriedClock,
      random: () => 0.5,
      onFatal: (error) => this.fatal.push(error),
      settings,
      observer: {
        onOutcome: () => undefined,
        onFailure: () => void onFailure(),
        onTransaction: () => undefined,
        onTakeOver: () => undefined,
        onPosition: () => undefined,
        onPaused: () => undefined,
        onLost: (_partition, from, to) => this.lost.push(from, to),
      },
    });
    this.runtimes.push(runtime);
    await runtime.start();
    return runtime;
  }

  send(...texts: string[]): void {
    for (const text of texts) this.broker.append(recordOf(INPUT, identityOf(text), Buffer.from(text)));
  }

  async results(): Promise<string[]> {
    const events = this.broker
      .records(TOPICS.extracted.name)
      .map(({ value }) => this.codec.decode(TOPICS.extracted, value ?? new Uint8Array()));
    return (await Promise.all(events)).map(({ fileName }) => fileName ?? '');
  }

  async deadLetters(): Promise<DocumentDeadLettered[]> {
    const events = this.broker
      .records(TOPICS.deadLettered.name)
      .map(({ value }) => this.codec.decode(TOPICS.deadLettered, value ?? new Uint8Array()));
    return Promise.all(events);
  }

  async position(): Promise<bigint | undefined> {
    return (await this.broker.committed(GROUP, AT_0))?.offset;
  }

  async settled(): Promise<void> {
    await eventually('the whole log is committed', async () => {
      const { end } = await this.broker.logRange(AT_0);
      return (await this.position()) === end;
    });
  }
}

describe('StageRuntime', () => {
  let bench = new Bench();
  afterEach(async () => {
    await Promise.all(bench.runtimes.map((runtime) => runtime.stop(500)));
    bench = new Bench();
  });

  it('publishes one event for each record and commits the end of the log, markers included', async () => {
    bench.send('a', 'b');
    bench.broker.appendMarker(INPUT.name);
    await bench.start((text) => text);
    bench.send('c');
    bench.broker.appendMarker(INPUT.name);
    await bench.settled();
    expect((await bench.results()).sort()).toEqual(['a', 'b', 'c']);
    expect(await bench.position()).toBe(5n);
  });

  it('names document, run, source and a repeatable event id on what it publishes', async () => {
    bench.send('a');
    await bench.start((text) => text);
    await bench.settled();
    const [event] = bench.broker.records(TOPICS.extracted.name);
    const identity = identityOf('a');
    expect(Buffer.from(event?.key ?? []).toString()).toBe(identity.documentId);
    expect(readIdentity(event?.headers ?? [])).toEqual(identity);
    expect(readHeader(event?.headers ?? [], HEADERS.source)).toBe(`${INPUT.name}/0/0`);
    expect(readHeader(event?.headers ?? [], 'ce_id')).toBe(
      eventIdOf(identity.documentId, identity.run, 'extractor'),
    );
  });

  it('keeps the order of one key and does not let a slow record hold up the others', async () => {
    const slow = Promise.withResolvers<string>();
    const key = Buffer.from('same');
    for (const text of ['slow', 'after-slow'])
      bench.broker.append({ ...recordOf(INPUT, identityOf(text), Buffer.from(text)), key });
    bench.send('other');
    await bench.start((text) => (text === 'slow' ? slow.promise : text));
    await eventually('the other key is published', async () => (await bench.results()).includes('other'));
    expect(await bench.results()).toEqual(['other']);
    expect(await bench.position()).toBe(0n);
    slow.resolve('slow');
    await bench.settled();
    expect(await bench.results()).toEqual(['other', 'slow', 'after-slow']);
  });

  it('does not repeat what was published above the watermark when a successor takes over', async () => {
    const stuck = Promise.withResolvers<string>();
    bench.send('stuck', 'done-1', 'done-2');
    const first = await bench.start((text) => (text === 'stuck' ? stuck.promise : text));
    await eventually('two are published', async () => (await bench.results()).length === 2);
    await first.stop(50);
    await bench.start((text) => text);
    await bench.settled();
    expect((await bench.results()).sort()).toEqual(['done-1', 'done-2', 'stuck']);
    stuck.resolve('stuck');
  });

  it('drops its work when fenced and does it again from what is committed, once', async () => {
    const gate = Promise.withResolvers<void>();
    bench.send('a', 'b');
    let isFirst = true;
    await bench.start(async (text) => {
      if (isFirst) await gate.promise;
      return text;
    });
    bench.broker.fence(GROUP, AT_0);
    isFirst = false;
    gate.resolve();
    await bench.settled();
    expect((await bench.results()).sort()).toEqual(['a', 'b']);
  });

  it('goes on after a rebalance that gives it the same partition, doing nothing twice', async () => {
    bench.send('a', 'b', 'c');
    await bench.start((text) => text);
    bench.broker.rebalance(GROUP, [INPUT.name]);
    bench.send('d');
    bench.broker.rebalance(GROUP, [INPUT.name]);
    await bench.settled();
    expect((await bench.results()).sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('dead-letters poison with the original bytes and headers and goes on', async () => {
    const poison: OutgoingRecord = { ...recordOf(INPUT, identityOf('bad'), Buffer.from('bad')) };
    bench.broker.append({ ...poison, headers: [...poison.headers, ['x-mine', Buffer.from([0, 255])]] });
    bench.send('good');
    await bench.start((text) => {
      if (text === 'bad') throw new PoisonError('PDF_ENCRYPTED', 'it opens with a password only');
      return text;
    });
    await bench.settled();
    expect(await bench.results()).toEqual(['good']);
    expect(await bench.deadLetters()).toMatchObject([
      {
        stage: 'extractor',
        code: 'PDF_ENCRYPTED',
        attempts: 1,
        originalTopic: INPUT.name,
        originalOffset: 0,
      },
    ]);
    const [letter] = bench.broker.records(TOPICS.extractorDeadLetter.name);
    expect(Buffer.from(letter?.value ?? []).toString()).toBe('bad');
    expect(letter?.headers.find(([name]) => name === 'x-mine')?.[1]).toEqual(Buffer.from([0, 255]));
    expect(readHeader(letter?.headers ?? [], HEADERS.code)).toBe('PDF_ENCRYPTED');
    const offset = letter?.headers.find(([name]) => name === 'kafka_dlt-original-offset')?.[1];
    expect([...(offset ?? [])]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('dead-letters what stands for a batch that could not be read, with its bytes, and never looks into them', async () => {
    const texts: string[] = [];
    const batch = [textHeader(HEADERS.undecodable, 'A batch of 9 records cannot be read.')];
    bench.broker.append({ topic: INPUT.name, key: null, value: Buffer.from('batch'), headers: batch });
    bench.send('good');
    await bench.start((text) => {
      texts.push(text);
      return text;
    });
    await bench.settled();
    expect(texts).toEqual(['good']);
    expect(await bench.deadLetters()).toMatchObject([
      {
        code: 'UNDECODABLE',
        message: 'A batch of 9 records cannot be read.',
        attempts: 1,
        originalOffset: 0,
      },
    ]);
    const [letter] = bench.broker.records(TOPICS.extractorDeadLetter.name);
    expect(Buffer.from(letter?.value ?? []).toString()).toBe('batch');
    expect(readHeader(letter?.headers ?? [], HEADERS.undecodable)).toBe(
      'A batch of 9 records cannot be read.',
    );
  });

  it('tries a thrown bug three times, then dead-letters it as UNCLASSIFIED', async () => {
    const attempts: number[] = [];
    bench.send('bug', 'good');
    await bench.start((text, attempt) => {
      if (text !== 'bug') return text;
      attempts.push(attempt);
      throw new TypeError('x is not a function');
    });
    await bench.settled();
    expect(attempts).toEqual([1, 2, 3]);
    expect(await bench.results()).toEqual(['good']);
    expect(await bench.deadLetters()).toMatchObject([
      { code: 'UNCLASSIFIED', attempts: 3, message: 'x is not a function' },
    ]);
  });

  it('remembers attempts over a restart', async () => {
    const attempts: number[] = [];
    const run: Run = (_text, attempt) => {
      attempts.push(attempt);
      throw new TypeError('bug');
    };
    bench.send('bug');
    bench.broker.setCommitted(GROUP, AT_0, { offset: 0n, metadata: 'v1;a=0:2' });
    await bench.start(run);
    await bench.settled();
    expect(attempts).toEqual([3]);
  });

  it('waits while the blob store is away: no attempt spent, nothing dead-lettered, then goes on', async () => {
    let calls = 0;
    bench.blobStore.outage = new DependencyError('BLOB_STORE_UNAVAILABLE', 'blob-store', 'away');
    bench.send('a');
    const runtime = await bench.start(async (text, attempt) => {
      calls += 1;
      expect(attempt).toBe(1);
      await bench.blobStore.checkHealth();
      return text;
    });
    await eventually('the outage shows', () => runtime.state().down.has('blob-store'));
    expect(await bench.position()).toBe(0n);
    bench.blobStore.outage = undefined;
    await bench.settled();
    expect(await bench.results()).toEqual(['a']);
    expect(await bench.deadLetters()).toEqual([]);
    expect(runtime.state().down.size).toBe(0);
    expect(calls).toBeGreaterThan(1);
  });

  it('waits while the registry is away, also with a dead letter in hand', async () => {
    bench.codec.outage = new DependencyError('REGISTRY_UNAVAILABLE', 'schema-registry', 'away');
    bench.send('bad');
    const runtime = await bench.start(() => {
      throw new PoisonError('PDF_MALFORMED', 'damaged');
    });
    await eventually('the outage shows', () => runtime.state().down.has('schema-registry'));
    bench.codec.outage = undefined;
    await bench.settled();
    expect(await bench.deadLetters()).toMatchObject([{ code: 'PDF_MALFORMED' }]);
  });

  it('blames the record when it keeps failing with a dependency that is healthy', async () => {
    bench.send('a');
    await bench.start(() => {
      throw new DependencyError('BLOB_STORE_UNAVAILABLE', 'blob-store', 'only for me');
    });
    await bench.settled();
    expect(await bench.deadLetters()).toMatchObject([{ code: 'BLOB_STORE_UNAVAILABLE', attempts: 3 }]);
  });

  it('asks again, without blaming the record, when whoever failed says when', async () => {
    let denials = 0;
    bench.send('a');
    await bench.start((text, attempt) => {
      expect(attempt).toBe(1);
      denials += 1;
      if (denials <= 5) {
        throw new DependencyError('REGISTRY_UNAVAILABLE', 'schema-registry', 'unknown id', {
          facts: { retryAfterMs: 1 },
        });
      }
      return text;
    });
    await bench.settled();
    expect(await bench.results()).toEqual(['a']);
    expect(denials).toBe(6);
  });

  it('takes over again when the broker was away in between', async () => {
    bench.send('a');
    await bench.start((text) => text);
    await bench.settled();
    bench.broker.outage = new DependencyError('BROKER_UNAVAILABLE', 'kafka', 'away');
    bench.send('b');
    await new Promise((resolve) => setImmediate(resolve));
    bench.broker.outage = undefined;
    await bench.settled();
    expect(await bench.results()).toEqual(['a', 'b']);
  });

  it('dead-letters what does not fit into a record', async () => {
    bench.send('a');
    await bench.start(() => 'x'.repeat(TOPICS.extracted.maxRecordBytes));
    await bench.settled();
    expect(await bench.deadLetters()).toMatchObject([{ code: 'RECORD_TOO_LARGE' }]);
  });

  it('counts the lost range when retention overtook it, and goes on at the log start', async () => {
    bench.send('a', 'b', 'c');
    bench.broker.setCommitted(GROUP, AT_0, { offset: 0n, metadata: '' });
    bench.broker.deleteBelow(INPUT.name, 0, 2n);
    await bench.start((text) => text);
    await bench.settled();
    expect(bench.lost).toEqual([0n, 2n]);
    expect(await bench.results()).toEqual(['c']);
  });

  it('stops rather than jump when the position is unknown and the log has lost its beginning', async () => {
    bench.send('a', 'b');
    bench.broker.deleteBelow(INPUT.name, 0, 1n);
    await bench.start((text) => text);
    await eventually('a fatal error is reported', () => bench.fatal.length > 0);
    expect(bench.fatal).toMatchObject([{ code: 'POSITION_UNKNOWN' }]);
    expect(await bench.results()).toEqual([]);
  });

  it('stops fetching when the window is full and goes on when there is room', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => `t${index}`);
    const gate = Promise.withResolvers<void>();
    const runtime = await bench.start(
      async (text) => {
        await gate.promise;
        return text;
      },
      { windowRecords: 8, concurrency: 2 },
    );
    await eventually('the partition is taken', () => runtime.state().taken === 1);
    for (const text of texts) {
      bench.send(text);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(runtime.state().backlog).toBeLessThanOrEqual(9);
    gate.resolve();
    await bench.settled();
    expect((await bench.results()).sort()).toEqual([...texts].sort());
  });

  /** Appends one by one, so that each is a fetch of its own. */
  const sendSlowly = async (count: number, headers: readonly (readonly [string, Uint8Array])[] = []) => {
    for (let index = 0; index < count; index += 1) {
      const record = recordOf(INPUT, identityOf(`t${index}`), Buffer.from(`t${index}`));
      bench.broker.append({ ...record, headers: [...record.headers, ...headers] });
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  it('counts headers into the bytes that fill its window', async () => {
    const gate = Promise.withResolvers<void>();
    const runtime = await bench.start(
      async (text) => {
        await gate.promise;
        return text;
      },
      { windowBytes: 1_000_000 },
    );
    await eventually('the partition is taken', () => runtime.state().taken === 1);
    await sendSlowly(20, [['x-large', Buffer.alloc(400_000)]]);
    expect(runtime.state().backlog).toBe(3);
    gate.resolve();
    await bench.settled();
    expect(await bench.results()).toHaveLength(20);
  });

  it('counts many small headers as what they take in memory', async () => {
    const gate = Promise.withResolvers<void>();
    const runtime = await bench.start(
      async (text) => {
        await gate.promise;
        return text;
      },
      { windowBytes: 1_000_000 },
    );
    await eventually('the partition is taken', () => runtime.state().taken === 1);
    const many = Array.from({ length: 2_000 }, (_, index) => [`h${index}`, Buffer.alloc(0)] as const);
    await sendSlowly(20, many);
    expect(runtime.state().backlog).toBe(3);
    gate.resolve();
    await bench.settled();
  });

  /** Transactions with events: bytes of their values. `whenPublishing` runs before each. */
  const watchTransactions = (whenPublishing: (count: number) => unknown = () => undefined): number[][] => {
    const seen: number[][] = [];
    const takeOver = bench.broker.takeOver.bind(bench.broker);
    bench.broker.takeOver = async (group, partition) => {
      const publisher = await takeOver(group, partition);
      return {
        close: () => publisher.close(),
        publish: async (records, position) => {
          const events = records.filter(({ topic }) => topic === TOPICS.extracted.name);
          if (events.length > 0) {
            seen.push(events.map(({ value }) => value?.byteLength ?? 0));
            await whenPublishing(seen.length);
          }
          return publisher.publish(records, position);
        },
      };
    };
    return seen;
  };

  it('counts what waits for its transaction into the window, and begins no more than it has room for', async () => {
    const begun: string[] = [];
    const gate = Promise.withResolvers<void>();
    watchTransactions((count) => (count === 1 ? gate.promise : undefined));
    const runtime = await bench.start(
      (text) => {
        begun.push(text);
        return 'x'.repeat(400_000);
      },
      { windowBytes: 1_000_000, concurrency: 2 },
    );
    await eventually('the partition is taken', () => runtime.state().taken === 1);
    await sendSlowly(1);
    await eventually('the first is being published', () => begun.length === 1);
    bench.send(...Array.from({ length: 50 }, (_, index) => `all at once ${index}`));
    await turns();
    // Three fill it, beside the one that is being published; one more was in work with the last of them.
    expect(begun.length).toBeLessThanOrEqual(5);
    bench.send('later');
    await turns();
    expect(runtime.state().backlog).toBeLessThanOrEqual(51);
    gate.resolve();
    await bench.settled();
    expect(await bench.results()).toHaveLength(52);
  });

  it('puts no more into a transaction than it may hold, but for what a single record becomes', async () => {
    const gate = Promise.withResolvers<void>();
    const seen = watchTransactions((count) => (count === 1 ? gate.promise : undefined));
    let begun = 0;
    bench.send(...Array.from({ length: 30 }, (_, index) => (index === 7 ? 'large' : `t${index}`)));
    await bench.start(
      (text) => {
        begun += 1;
        return 'x'.repeat(text === 'large' ? 200_000 : 30_000);
      },
      { concurrency: 30, transactionBytes: 100_000 },
    );
    await eventually('all but the first wait', () => begun === 30);
    await turns();
    gate.resolve();
    await bench.settled();
    expect(seen.flat()).toHaveLength(30);
    expect(seen.filter((sizes) => sizes.length > 1).every((sizes) => sum(sizes) < 100_000)).toBe(true);
    expect(seen.filter((sizes) => sum(sizes) > 100_000)).toHaveLength(1);
    expect(Math.max(...seen.map(({ length }) => length))).toBe(3);
  });

  it('makes its transactions smaller after one that was near its time-out, also in the tenures to come', async () => {
    const seen = watchTransactions((count) => {
      if (count === 1) bench.broker.fence(GROUP, AT_0);
    });
    bench.send(...Array.from({ length: 100 }, (_, index) => `t${index}`));
    await bench.start((text) => text, {
      concurrency: 100,
      transactionRecords: 64,
      // Every one counts as slow.
      slowTransactionMs: 0,
    });
    await bench.settled();
    expect((await bench.results()).length).toBe(100);
    const lengths = seen.map(({ length }) => length);
    expect(Math.max(...lengths.slice(2))).toBeLessThanOrEqual(16);
    expect(lengths.at(-1)).toBe(1);
  });

  it('keeps the position within what a broker takes when a slow key leaves a gap at every second record', async () => {
    const slow = Promise.withResolvers<string>();
    const lengths: number[] = [];
    const takeOver = bench.broker.takeOver.bind(bench.broker);
    bench.broker.takeOver = async (group, partition) => {
      const publisher = await takeOver(group, partition);
      return {
        close: () => publisher.close(),
        publish: (records, position) => {
          lengths.push(position.metadata.length);
          return publisher.publish(records, position);
        },
      };
    };
    for (let index = 0; index < 2_500; index += 1) {
      bench.broker.append({
        ...recordOf(INPUT, identityOf(`s${index}`), Buffer.from(`s${index}`)),
        key: Buffer.from('slow'),
      });
      bench.send(`f${index}`);
    }
    await bench.start((text) => (text === 's0' ? slow.promise : text));
    await eventually('the position is full', () => lengths.some((length) => length > 3_500));
    slow.resolve('s0');
    await bench.settled();
    expect(Math.max(...lengths)).toBeLessThanOrEqual(3_900);
    const results = await bench.results();
    expect(results).toHaveLength(5_000);
    expect(new Set(results).size).toBe(5_000);
  }, 60_000);

  it('commits the new position at rest when retention overtook it and nothing is left', async () => {
    bench.send('a', 'b', 'c');
    bench.broker.setCommitted(GROUP, AT_0, { offset: 0n, metadata: '' });
    bench.broker.deleteBelow(INPUT.name, 0, 3n);
    await bench.start((text) => text);
    await bench.settled();
    expect(bench.lost).toEqual([0n, 3n]);
    expect(await bench.position()).toBe(3n);
  });

  it('finishes what is in hand when the log loses the fetch position: only the rest is lost', async () => {
    const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    bench.send('a', 'b');
    const begun: string[] = [];
    const runtime = await bench.start(
      (text) => {
        begun.push(text);
        return text === 'a' ? first.promise : text === 'b' ? second.promise : text;
      },
      { windowRecords: 2 },
    );
    await eventually('the window is full', () => runtime.state().backlog === 2 && begun.length === 2);
    bench.send('c', 'd', 'e');
    bench.broker.deleteBelow(INPUT.name, 0, 4n);
    first.resolve('a');
    await eventually('there is room for one', () => runtime.state().backlog === 1);
    await turns();
    second.resolve('b');
    await bench.settled();
    expect(bench.lost).toEqual([2n, 4n]);
    expect(await bench.results()).toEqual(['a', 'b', 'e']);
    expect(begun).toEqual(['a', 'b', 'e']);
  });

  it('does not take the end of the log, as a new leader sees it for a moment, for a lost tail', async () => {
    bench.send('a', 'b');
    bench.broker.setCommitted(GROUP, AT_0, { offset: 2n, metadata: '' });
    const logRange = bench.broker.logRange.bind(bench.broker);
    let asked = 0;
    bench.broker.logRange = async (partition) => {
      asked += 1;
      return asked <= 2 ? { start: 0n, end: 1n } : logRange(partition);
    };
    await bench.start((text) => text);
    bench.send('c');
    await bench.settled();
    expect(await bench.results()).toEqual(['c']);
    expect(bench.fatal).toEqual([]);
  });

  it('stops when the log really ends before the position', async () => {
    bench.broker.setCommitted(GROUP, AT_0, { offset: 2n, metadata: '' });
    await bench.start((text) => text);
    await eventually('a fatal error is reported', () => bench.fatal.length > 0);
    expect(bench.fatal).toMatchObject([{ code: 'POSITION_BEYOND_END' }]);
  });

  it('commits an attempt before the record is tried again, also while another transaction is under way', async () => {
    const held = Promise.withResolvers<void>();
    const committed: string[] = [];
    const takeOver = bench.broker.takeOver.bind(bench.broker);
    let isFirst = true;
    bench.broker.takeOver = async (group, partition) => {
      const publisher = await takeOver(group, partition);
      return {
        close: () => publisher.close(),
        publish: async (records, position) => {
          // More than the position alone: the first results.
          if (isFirst && records.length > 1) {
            isFirst = false;
            await held.promise;
          }
          await publisher.publish(records, position);
          committed.push(position.metadata);
        },
      };
    };
    const failed = Promise.withResolvers<void>();
    const committedAtRepeat: string[] = [];
    bench.send('good', 'bug');
    await bench.start(async (text, attempt) => {
      if (text === 'good') return text;
      if (attempt === 1) {
        await eventually('a transaction is under way', () => !isFirst);
        failed.resolve();
        throw new TypeError('bug');
      }
      committedAtRepeat.push(committed.at(-1) ?? '');
      return text;
    });
    await failed.promise;
    await turns();
    expect(committedAtRepeat).toEqual([]);
    held.resolve();
    await bench.settled();
    expect(committedAtRepeat).toEqual(['v1;a=0:1']);
  });

  it.each([
    ['a file name of 3 MiB that is no UTF-8', { [HEADERS.fileName]: Buffer.alloc(3 * 1_048_576, 0xff) }],
    [
      'headers larger than any record',
      { 'x-large': Buffer.alloc(TOPICS.extractorDeadLetter.maxRecordBytes) },
    ],
  ])('dead-letters a record with %s within the limits of the topics', async (_what, headers) => {
    const record = recordOf(INPUT, identityOf('bad'), Buffer.from('bad'));
    bench.broker.append({ ...record, headers: [...record.headers, ...Object.entries(headers)] });
    await bench.start(() => {
      throw new PoisonError('PDF_MALFORMED', 'damaged '.repeat(100_000));
    });
    await bench.settled();
    const [letter] = bench.broker.records(TOPICS.extractorDeadLetter.name);
    const [event] = bench.broker.records(TOPICS.deadLettered.name);
    const sizeOf = (one: ConsumedRecord | undefined): number =>
      one === undefined
        ? NaN
        : (one.value?.byteLength ?? 0) +
          one.headers.reduce((sum, [name, value]) => sum + name.length + (value?.byteLength ?? 0), 0);
    expect(sizeOf(letter)).toBeLessThan(TOPICS.extractorDeadLetter.maxRecordBytes);
    expect(sizeOf(event)).toBeLessThan(100_000);
  });

  it('keeps what did not fit beside a dead letter in the blob store, whole', async () => {
    const record = recordOf(INPUT, identityOf('bad'), Buffer.from('bad'));
    const large = Buffer.alloc(TOPICS.extractorDeadLetter.maxRecordBytes, 7);
    bench.broker.append({ ...record, headers: [...record.headers, ['x-large', large]] });
    await bench.start(() => {
      throw new PoisonError('PDF_MALFORMED', 'damaged');
    });
    await bench.settled();
    const [letter] = bench.broker.records(TOPICS.extractorDeadLetter.name);
    const sha256 = readHeader(letter?.headers ?? [], HEADERS.blob) ?? '';
    const { tenant } = identityOf('bad');
    const bytes = await bench.blobStore.redeem(tenant, { sha256 });
    const kept = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
      value: string;
      headers: [string, string][];
    };
    expect(Buffer.from(kept.value, 'base64').toString()).toBe('bad');
    const found = kept.headers.find(([name]) => name === 'x-large')?.[1] ?? '';
    expect(Buffer.from(found, 'base64').equals(large)).toBe(true);
  });

  it('holds a record whose dead letter a healthy blob store refuses, says so, and lets the others go on', async () => {
    const record = recordOf(INPUT, identityOf('bad'), Buffer.from('bad'));
    const large = Buffer.alloc(TOPICS.extractorDeadLetter.maxRecordBytes, 7);
    bench.broker.append({ ...record, headers: [...record.headers, ['x-large', large]] });
    bench.send('a', 'b');
    let refuses = true;
    const deposit = bench.blobStore.deposit.bind(bench.blobStore);
    bench.blobStore.deposit = async (...deposited) => {
      if (refuses) throw new PoisonError('BLOB_REFUSED', 'by the scanner');
      return deposit(...deposited);
    };
    await bench.start((text) => {
      if (text === 'bad') throw new PoisonError('PDF_MALFORMED', 'damaged');
      return text;
    });
    await eventually('it is said', () => bench.errors.length >= 2);
    expect(bench.errors[0]).toMatchObject({
      ...AT_0,
      offset: '0',
      code: 'BLOB_STORE_UNAVAILABLE',
      refusals: 3,
      reason: expect.stringContaining('by the scanner'),
    });
    expect(await bench.position()).toBe(0n);
    await eventually('the others are published', async () => (await bench.results()).length === 2);
    expect(await bench.deadLetters()).toEqual([]);
    refuses = false;
    await bench.settled();
    expect(await bench.deadLetters()).toMatchObject([{ code: 'PDF_MALFORMED' }]);
  });

  it('takes nothing over any more when a rebalance comes while it stops', async () => {
    const gate = Promise.withResolvers<void>();
    bench.send('a');
    const runtime = await bench.start(async (text) => {
      await gate.promise;
      return text;
    });
    await eventually('work began', () => runtime.state().backlog === 1);
    const taken: string[] = [];
    const takeOver = bench.broker.takeOver.bind(bench.broker);
    bench.broker.takeOver = (group, partition) => {
      taken.push(group);
      return takeOver(group, partition);
    };
    const stopped = runtime.stop(2_000);
    bench.broker.rebalance(GROUP, [INPUT.name]);
    await turns();
    gate.resolve();
    await stopped;
    await turns();
    expect(taken).toEqual([]);
    expect(await bench.results()).toEqual(['a']);
  });

  it('leaves the group again when it was stopped while it joined', async () => {
    const joining = Promise.withResolvers<void>();
    let left = 0;
    const join = bench.broker.join.bind(bench.broker);
    bench.broker.join = async (group, topics, listener) => {
      const membership = await join(group, topics, listener);
      await joining.promise;
      return {
        ...membership,
        leave: async (deadlineMs) => {
          left += 1;
          await membership.leave(deadlineMs);
        },
      };
    };
    const started = bench.start((text) => text);
    const [runtime] = bench.runtimes;
    await runtime?.stop(100);
    joining.resolve();
    await started;
    expect(left).toBe(1);
  });

  it('does not fence its own successor when a rebalance comes during a take-over', async () => {
    const slow = Promise.withResolvers<void>();
    const takeOver = bench.broker.takeOver.bind(bench.broker);
    let calls = 0;
    bench.broker.takeOver = async (group, partition) => {
      calls += 1;
      if (calls === 1) await slow.promise;
      return takeOver(group, partition);
    };
    let failures = 0;
    bench.send('a');
    await bench.start(
      (text) => text,
      {},
      () => (failures += 1),
    );
    await eventually('the first take-over began', () => calls === 1);
    bench.broker.rebalance(GROUP, [INPUT.name]);
    await turns();
    slow.resolve();
    await bench.settled();
    bench.send('b');
    await bench.settled();
    expect(await bench.results()).toEqual(['a', 'b']);
    expect(failures).toBe(0);
  });

  it('holds one publisher only when the position leaves the log while it takes over again', async () => {
    let open = 0;
    const retaking = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const takeOver = bench.broker.takeOver.bind(bench.broker);
    bench.broker.takeOver = async (group, partition) => {
      if (open === 0 && (await bench.position()) !== undefined) {
        retaking.resolve();
        await goOn.promise;
      }
      const publisher = await takeOver(group, partition);
      open += 1;
      return {
        publish: (records, position) => publisher.publish(records, position),
        close: async () => void (open -= 1),
      };
    };
    bench.send('a');
    const runtime = await bench.start((text) => text);
    await bench.settled();
    bench.broker.fence(GROUP, AT_0);
    bench.send('b');
    await retaking.promise;
    runtime.onOutOfRange(AT_0);
    runtime.onOutOfRange(AT_0);
    goOn.resolve();
    await bench.settled();
    await turns();
    expect(open).toBe(1);
    expect(await bench.results()).toEqual(['a', 'b']);
  });

  it('goes on with a partition that stays over a rebalance: nothing in work is begun anew', async () => {
    const gate = Promise.withResolvers<void>();
    const begun: string[] = [];
    let takeOvers = 0;
    const takeOver = bench.broker.takeOver.bind(bench.broker);
    bench.broker.takeOver = (group, partition) => {
      takeOvers += 1;
      return takeOver(group, partition);
    };
    bench.send('a', 'b');
    await bench.start(async (text) => {
      begun.push(text);
      await gate.promise;
      return text;
    });
    await eventually('both are in work', () => begun.length === 2);
    for (let round = 0; round < 5; round += 1) {
      bench.broker.rebalance(GROUP, [INPUT.name]);
      await turns();
    }
    bench.send('c');
    await eventually('the third is in work', () => begun.length === 3);
    gate.resolve();
    await bench.settled();
    expect(begun).toEqual(['a', 'b', 'c']);
    expect((await bench.results()).sort()).toEqual(['a', 'b', 'c']);
    expect(takeOvers).toBe(1);
  });

  it('takes over again when somebody else had a staying partition in between', async () => {
    const gate = Promise.withResolvers<void>();
    bench.send('a', 'b');
    const begun: string[] = [];
    await bench.start(async (text) => {
      begun.push(text);
      if (begun.length <= 2) await gate.promise;
      return text;
    });
    await eventually('both are in work', () => begun.length === 2);
    const other = await bench.broker.takeOver(GROUP, AT_0);
    await other.publish([], { offset: 1n, metadata: 'v1' });
    bench.broker.rebalance(GROUP, [INPUT.name]);
    gate.resolve();
    await bench.settled();
    expect(await bench.results()).toEqual(['b']);
  });

  it('goes on after a take-over of a position whose metadata is nearly full', async () => {
    // Every second record from 100 on is done: what a hot key leaves behind.
    const done = Array.from({ length: 1_090 }, (_, index) => (100 + 2 * index).toString(36)).join(',');
    const metadata = `v1;d=${done}`;
    expect(metadata.length).toBeGreaterThan(3_500);
    bench.broker.setCommitted(GROUP, AT_0, { offset: 0n, metadata });
    bench.broker.fetchRecords = 4;
    bench.send(...Array.from({ length: 2_400 }, (_, index) => `r${index}`));
    await bench.start((text) => text);
    await bench.settled();
    expect(await bench.results()).toHaveLength(2_400 - 1_090);
  });

  it('dead-letters nothing because a dependency is away, however often the service is restarted meanwhile', async () => {
    bench.send('a');
    const outage = new DependencyError('BLOB_STORE_UNAVAILABLE', 'blob-store', 'away');
    bench.blobStore.outage = outage;
    const run = (text: string): string => {
      if (bench.blobStore.outage !== undefined) throw outage;
      return text;
    };
    for (let restart = 0; restart < 8; restart += 1) {
      const runtime = await bench.start(run);
      await eventually('it waits', () => runtime.state().down.size > 0);
      await turns();
      await runtime.stop(1_000);
    }
    bench.blobStore.outage = undefined;
    await bench.start(run);
    await bench.settled();
    expect(await bench.deadLetters()).toEqual([]);
    expect(await bench.results()).toEqual(['a']);
  });

  it('takes nothing over that a newer assignment has taken away while the leaving ones close', async () => {
    bench = new Bench(new MemoryBroker(2));
    const closing = Promise.withResolvers<void>();
    const taken: number[] = [];
    const takeOver = bench.broker.takeOver.bind(bench.broker);
    bench.broker.takeOver = async (group, { topic, partition }) => {
      taken.push(partition);
      const publisher = await takeOver(group, { topic, partition });
      return { ...publisher, close: () => (partition === 0 ? closing.promise : publisher.close()) };
    };
    const runtime = await bench.start((text) => text);
    const assign = async (...partitions: number[]): Promise<void> => {
      runtime.onAssigned(partitions.map((partition) => ({ topic: INPUT.name, partition })));
      await turns();
    };
    await eventually('both are taken', () => taken.length === 2);
    await assign(0);
    taken.length = 0;
    await assign(1);
    await assign(0);
    closing.resolve();
    await turns();
    expect(taken).not.toContain(1);
  });

  it('publishes what is in work when it is stopped, and leaves the rest to its successor', async () => {
    const gate = Promise.withResolvers<void>();
    bench.send('a', 'b', 'c');
    const runtime = await bench.start(
      async (text) => {
        await gate.promise;
        return text;
      },
      { concurrency: 1 },
    );
    await eventually('work began', () => runtime.state().backlog === 3);
    const stopped = runtime.stop(2_000);
    gate.resolve();
    await stopped;
    expect(await bench.results()).toEqual(['a']);
    expect(await bench.position()).toBe(1n);
  });

  it('mirrors each committed position on the positions topic', async () => {
    bench.send('a');
    await bench.start((text) => text);
    await bench.settled();
    const mirrors = bench.broker.records(TOPICS.positions.name);
    const last = mirrors.at(-1);
    expect(Buffer.from(last?.key ?? []).toString()).toBe(`${GROUP}/${INPUT.name}/0`);
    expect(await bench.codec.decode(TOPICS.positions, last?.value ?? new Uint8Array())).toMatchObject({
      offset: 1,
      group: GROUP,
    });
  });
});
