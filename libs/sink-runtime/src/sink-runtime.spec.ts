import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HEADERS, SPRING_DEAD_LETTER, readHeader, textHeader } from '@docstream/contracts';
import {
  DependencyError,
  OwnershipLostError,
  PoisonError,
  classifyError,
  type ConsumedRecord,
  type OutgoingRecord,
  type PositionMove,
  type SinkDatabase,
  type TopicPartition,
} from '@docstream/core';
import { MemoryBroker, eventually, hurriedClock, silentLogger } from '@docstream/testing';
import type { SinkDefinition, SinkObserver, SinkSettings } from './sink-definition.js';
import { SinkRuntime } from './sink-runtime.js';

const TOPIC = 'events';
const GROUP = 'sink';
const PARTITION: TopicPartition = { topic: TOPIC, partition: 0 };

interface Row {
  epoch: bigint;
  next: bigint | null;
}

/** Rows and positions in memory, with the port's compare-and-set. */
class MemoryDatabase implements SinkDatabase<string> {
  readonly rows: string[] = [];
  readonly positions = new Map<string, Row>();
  readonly losses: string[] = [];
  readonly batches: number[] = [];
  outage: Error | undefined;
  /** Thrown when a batch has a change that this matches. */
  refusals = new Map<string, () => Error>();
  applied = 0;

  async takeOver(_: string, { topic, partition }: TopicPartition) {
    this.#throwWhenAway();
    const row = this.positions.get(`${topic}/${partition}`) ?? { epoch: 0n, next: null };
    row.epoch += 1n;
    this.positions.set(`${topic}/${partition}`, row);
    return { epoch: row.epoch, nextOffset: row.next };
  }

  async apply(
    _: string,
    { topic, partition }: TopicPartition,
    move: PositionMove,
    changes: readonly string[],
  ) {
    this.#throwWhenAway();
    for (const change of changes) {
      const refusal = this.refusals.get(change);
      if (refusal !== undefined) throw refusal();
    }
    this.#move(`${topic}/${partition}`, move);
    this.rows.push(...changes);
    this.batches.push(changes.length);
  }

  async recordLoss(_: string, { topic, partition }: TopicPartition, move: PositionMove & { from: bigint }) {
    this.#throwWhenAway();
    this.#move(`${topic}/${partition}`, move);
    this.losses.push(`${topic}/${partition} ${move.from}-${move.to}`);
  }

  async readEpochs() {
    this.#throwWhenAway();
    return new Map([...this.positions].map(([name, { epoch }]) => [name, epoch]));
  }

  async checkHealth() {
    this.#throwWhenAway();
  }

  #move(name: string, { epoch, from, to }: PositionMove): void {
    const row = this.positions.get(name);
    if (row?.epoch !== epoch || row.next !== from) throw new OwnershipLostError('moved');
    row.next = to;
    this.applied += 1;
  }

  #throwWhenAway(): void {
    if (this.outage !== undefined) throw this.outage;
  }
}

let broker: MemoryBroker;
let database: MemoryDatabase;
let deadLetters: OutgoingRecord[];
let fatal: unknown[];
let observed: string[];
let runtime: SinkRuntime<string> | undefined;
let projecting: (text: string) => Promise<void>;

const sink: SinkDefinition<string> = {
  name: 'spec',
  group: GROUP,
  topics: [TOPIC],
  deadLetterTopic: 'dead',
  project: async (record) => {
    const text = textOf(record);
    if (text === 'nothing') return null;
    await projecting(text);
    if (text.startsWith('bad')) throw new PoisonError('UNDECODABLE', `${text} is bad`);
    return text;
  },
  projectDeadLetter: (record, { code }) => `${code} ${textOf(record)}`,
};

function textOf({ value }: ConsumedRecord): string {
  return Buffer.from(value ?? []).toString();
}

function append(...texts: readonly string[]): void {
  for (const text of texts) broker.append({ topic: TOPIC, key: null, value: Buffer.from(text), headers: [] });
}

function away(): DependencyError {
  return new DependencyError('DATABASE_UNAVAILABLE', 'database', 'away');
}

async function begin(
  settings: Partial<SinkSettings> = {},
  prepare?: () => Promise<void>,
): Promise<SinkRuntime<string>> {
  const observer: SinkObserver = {
    onApplied: () => undefined,
    onDeadLettered: (_, code) => void observed.push(code),
    onTakeOver: () => void observed.push('taken'),
    onLost: (_, from, to) => void observed.push(`lost ${from}-${to}`),
    onPaused: (dependency, isPaused) => void observed.push(`${dependency} ${isPaused ? 'away' : 'back'}`),
  };
  const producer = {
    produce: async (records: readonly OutgoingRecord[]) => {
      deadLetters.push(...records);
      return [];
    },
    close: async () => undefined,
  };
  runtime = new SinkRuntime<string>({
    sink,
    broker,
    database,
    producer,
    checks: { kafka: () => broker.checkHealth() },
    logger: silentLogger,
    onFatal: (error) => void fatal.push(error),
    observer,
    settings,
    clock: hurriedClock,
    ...(prepare === undefined ? {} : { prepare }),
  });
  await runtime.start();
  return runtime;
}

const rows = (count: number): Promise<void> =>
  eventually(`${count} rows`, () => database.rows.length >= count);

beforeEach(() => {
  broker = new MemoryBroker();
  database = new MemoryDatabase();
  deadLetters = [];
  fatal = [];
  observed = [];
  projecting = () => Promise.resolve();
});

afterEach(async () => {
  await runtime?.stop(2_000);
  runtime = undefined;
});

describe('SinkRuntime', () => {
  it('stores a backlog in order, in batches, and lets Kafka follow past the markers', async () => {
    append('a', 'b', 'c');
    broker.appendMarker(TOPIC);
    await begin();
    await rows(3);
    expect(database.rows).toEqual(['a', 'b', 'c']);
    expect(database.batches.at(-1)).toBe(3);
    await eventually('lag is 0', async () => (await broker.committed(GROUP, PARTITION))?.offset === 4n);
    expect(database.positions.get('events/0')?.next).toBe(4n);
  });

  it('moves past records that change nothing', async () => {
    append('nothing', 'a', 'nothing');
    await begin();
    await eventually('lag is 0', async () => (await broker.committed(GROUP, PARTITION))?.offset === 3n);
    expect(database.rows).toEqual(['a']);
    expect(deadLetters).toEqual([]);
  });

  it('goes on behind markers that arrive at rest', async () => {
    append('a');
    await begin();
    await rows(1);
    broker.appendMarker(TOPIC);
    await eventually('lag is 0', async () => (await broker.committed(GROUP, PARTITION))?.offset === 2n);
    expect(database.positions.get('events/0')?.next).toBe(2n);
  });

  it('cuts a backlog at the limit of a batch and of the window', async () => {
    append(...Array.from({ length: 25 }, (_, index) => `r${index}`));
    await begin({ batchRecords: 4, windowRecords: 8 });
    await rows(25);
    expect(database.rows).toEqual(Array.from({ length: 25 }, (_, index) => `r${index}`));
    expect(Math.max(...database.batches)).toBe(4);
  });

  it('counts headers into the bytes of a batch and of the window', async () => {
    const headers = [['x-large', Buffer.alloc(400_000)] as const];
    for (let index = 0; index < 12; index += 1) {
      broker.append({ topic: TOPIC, key: null, value: Buffer.from(`r${index}`), headers });
    }
    broker.fetchRecords = 1;
    const gate = Promise.withResolvers<void>();
    projecting = () => gate.promise;
    const started = await begin({ batchBytes: 1_000_000, windowBytes: 1_000_000 });
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    // Beside the one in hand, which was taken alone.
    expect(started.state().waiting).toBe(3);
    gate.resolve();
    await rows(12);
    expect(Math.max(...database.batches)).toBe(2);
  });

  describe('at a take-over', () => {
    it('believes the database, not Kafka', async () => {
      append('a', 'b', 'c');
      database.positions.set('events/0', { epoch: 7n, next: 1n });
      broker.setCommitted(GROUP, PARTITION, { offset: 3n, metadata: '' });
      await begin();
      await rows(2);
      expect(database.rows).toEqual(['b', 'c']);
      expect(database.positions.get('events/0')?.epoch).toBe(8n);
    });

    it("begins at Kafka's offset where the database has none", async () => {
      append('a', 'b', 'c');
      broker.setCommitted(GROUP, PARTITION, { offset: 2n, metadata: '' });
      await begin();
      await rows(1);
      expect(database.rows).toEqual(['c']);
    });

    it('writes down what retention took, and goes on at the start of the log', async () => {
      append('a', 'b', 'c');
      broker.deleteBelow(TOPIC, 0, 2n);
      database.positions.set('events/0', { epoch: 1n, next: 0n });
      await begin();
      await rows(1);
      expect(database.rows).toEqual(['c']);
      expect(database.losses).toEqual(['events/0 0-2']);
      expect(observed).toContain('lost 0-2');
    });

    it('stops where nobody knows the position and the log does not begin at 0', async () => {
      append('a', 'b');
      broker.deleteBelow(TOPIC, 0, 1n);
      await begin();
      await eventually('fatal', () => fatal.length > 0);
      expect(classifyError(fatal[0])).toMatchObject({ failureClass: 'fatal', code: 'POSITION_UNKNOWN' });
      expect(database.rows).toEqual([]);
    });

    it('stops where the position lies beyond the end of the log', async () => {
      append('a');
      database.positions.set('events/0', { epoch: 1n, next: 9n });
      await begin();
      await eventually('fatal', () => fatal.length > 0);
      expect(classifyError(fatal[0])).toMatchObject({ failureClass: 'fatal', code: 'POSITION_BEYOND_END' });
    });

    it('looks again before it believes that the position lies beyond the end', async () => {
      append('a', 'b');
      database.positions.set('events/0', { epoch: 1n, next: 1n });
      const logRange = broker.logRange.bind(broker);
      let looks = 0;
      broker.logRange = async (partition) => {
        looks += 1;
        return looks < 5 ? { start: 0n, end: 0n } : logRange(partition);
      };
      await begin();
      await rows(1);
      expect(database.rows).toEqual(['b']);
      expect(fatal).toEqual([]);
    });
  });

  it('takes over again when another holder moved the epoch, and stores nothing twice', async () => {
    append('a', 'b');
    await begin();
    await rows(2);
    await database.takeOver(GROUP, PARTITION);
    append('c', 'd');
    await rows(4);
    expect(database.rows).toEqual(['a', 'b', 'c', 'd']);
    expect(fatal).toEqual([]);
  });

  it('notices a reset at rest and reads again from there', async () => {
    append('a', 'b');
    await begin();
    await rows(2);
    database.positions.set('events/0', { epoch: 40n, next: 0n });
    await rows(4);
    expect(database.rows).toEqual(['a', 'b', 'a', 'b']);
  });

  it('goes on where it was after a rebalance', async () => {
    append('a');
    await begin();
    await rows(1);
    broker.rebalance(GROUP, [TOPIC]);
    append('b', 'c');
    await rows(3);
    expect(database.rows).toEqual(['a', 'b', 'c']);
    expect(observed.filter((event) => event === 'taken').length).toBeGreaterThan(1);
  });

  it('records a loss when records vanish under a running consumer', async () => {
    append('a', 'b', 'c', 'd');
    let release: () => void = () => undefined;
    projecting = () => new Promise((resolve) => (release = resolve));
    await begin({ batchRecords: 1, windowRecords: 1 });
    await eventually('the first record', () => runtime?.state().taken === 1);
    broker.deleteBelow(TOPIC, 0, 3n);
    projecting = () => Promise.resolve();
    await eventually('all that is left', () => {
      release();
      return database.rows.includes('d');
    });
    expect(fatal).toEqual([]);
    expect(new Set(database.rows).size).toBe(database.rows.length);
  });

  it('stores what is in hand when the log loses the fetch position: only the rest is lost', async () => {
    append('a', 'b', 'c', 'd');
    const held = Promise.withResolvers<void>();
    let projected = 0;
    projecting = () => {
      projected += 1;
      return projected === 4 ? held.promise : Promise.resolve();
    };
    await begin({ batchRecords: 1, windowRecords: 4 });
    await rows(3);
    append('e', 'f', 'g');
    broker.deleteBelow(TOPIC, 0, 6n);
    await eventually('the last in hand is under way', () => projected === 4);
    held.resolve();
    await rows(5);
    expect(database.rows).toEqual(['a', 'b', 'c', 'd', 'g']);
    expect(database.losses).toEqual(['events/0 4-6']);
    expect(fatal).toEqual([]);
  });

  it('consumes with its second membership when the first crashed before its join was answered', async () => {
    append('a');
    const join = broker.join.bind(broker);
    let joins = 0;
    let hasLeft = false;
    const ignore = (): void => undefined;
    // As kafkajs does when the broker refuses the member for good: it tells of the crash, and run() resolves anyway.
    broker.join = async (group, topics, listener) => {
      joins += 1;
      if (joins > 1) return join(group, topics, listener);
      listener.onCrash(new DependencyError('BROKER_UNAVAILABLE', 'kafka', 'inconsistent group protocol'));
      return {
        start: ignore,
        pause: ignore,
        resume: ignore,
        commit: async () => ignore(),
        lastContactMs: () => 0,
        leave: async () => void (hasLeft = true),
      };
    };
    await begin();
    await rows(1);
    expect({ joins, hasLeft }).toEqual({ joins: 2, hasLeft: true });
  });

  it('joins once, not twice, when a join that crashed also fails', async () => {
    append('a');
    const join = broker.join.bind(broker);
    let joins = 0;
    broker.join = async (group, topics, listener) => {
      joins += 1;
      if (joins > 1) return join(group, topics, listener);
      const error = new DependencyError('BROKER_UNAVAILABLE', 'kafka', 'away');
      listener.onCrash(error);
      throw error;
    };
    await begin();
    await rows(1);
    await runtime?.stop(2_000);
    expect(joins).toBe(2);
  });

  describe('while a dependency is away', () => {
    it('keeps its place, dead-letters nothing and goes on afterwards', async () => {
      append('a');
      await begin();
      await rows(1);
      database.outage = away();
      append('b', 'c');
      await eventually('the pause', () => observed.includes('database away'));
      expect(runtime?.state().down.has('database')).toBe(true);
      expect(database.rows).toEqual(['a']);
      database.outage = undefined;
      await rows(3);
      expect(deadLetters).toEqual([]);
      expect(observed).toContain('database back');
    });

    it('waits before the first fetch, too', async () => {
      append('a');
      database.outage = away();
      await begin();
      await eventually('the pause', () => observed.includes('database away'));
      database.outage = undefined;
      await rows(1);
      expect(database.rows).toEqual(['a']);
    });

    it('joins when the broker comes back and the tables are there', async () => {
      append('a');
      let refusals = 3;
      broker.outage = new DependencyError('BROKER_UNAVAILABLE', 'kafka', 'away');
      const begun = begin({}, async () => {
        refusals -= 1;
        if (refusals >= 0) throw new DependencyError('DATABASE_NOT_MIGRATED', 'database', 'old');
      });
      await eventually('waiting for the broker', () => runtime?.state().waitingFor === 'BROKER_UNAVAILABLE');
      broker.outage = undefined;
      await begun;
      await rows(1);
      expect(runtime?.state()).toMatchObject({ hasJoined: true, taken: 1, waitingFor: null });
    });

    it('waits for a partition without a leader as long as it takes, though the broker answers', async () => {
      append('a');
      const logRange = broker.logRange.bind(broker);
      let refusals = 30;
      broker.logRange = async (partition) => {
        refusals -= 1;
        if (refusals >= 0) throw new DependencyError('BROKER_UNAVAILABLE', 'kafka', 'no leader');
        return logRange(partition);
      };
      await begin();
      await rows(1);
      expect(fatal).toEqual([]);
    });

    it('stops within its deadline', async () => {
      append('a');
      database.outage = away();
      const started = await begin();
      await eventually('the pause', () => observed.includes('database away'));
      await started.stop(2_000);
      expect(started.state().taken).toBe(0);
    });
  });

  describe('a record that can never be stored', () => {
    it('lies in the dead letters with its bytes and headers, and is written down in its place', async () => {
      append('a', 'bad one', 'b');
      await begin();
      await rows(3);
      expect(database.rows).toEqual(['a', 'UNDECODABLE bad one', 'b']);
      const [letter] = deadLetters;
      expect(Buffer.from(letter?.value ?? []).toString()).toBe('bad one');
      const headers = letter?.headers ?? [];
      expect(readHeader(headers, HEADERS.code)).toBe('UNDECODABLE');
      expect(readHeader(headers, HEADERS.source)).toBe('events/0/1');
      const original = headers.find(([name]) => name === SPRING_DEAD_LETTER.originalOffset)?.[1];
      expect(Buffer.from(original ?? []).readBigInt64BE()).toBe(1n);
    });

    it('does not bring its own word that its bytes lie in the blob store', async () => {
      const names = [HEADERS.blob, HEADERS.blobType, HEADERS.blobBytes];
      const headers = [...names, 'theirs'].map((name) => textHeader(name, 'x'));
      broker.append({ topic: TOPIC, key: null, value: Buffer.from('bad one'), headers });
      await begin();
      await rows(1);
      const kept = deadLetters[0]?.headers.map(([name]) => name) ?? [];
      expect(kept).toContain('theirs');
      expect(kept.filter((name) => names.some((blob) => blob === name))).toEqual([]);
    });

    it('is isolated when the database refuses the batch it is in', async () => {
      database.refusals.set('b', () => new PoisonError('INVALID_VALUE', 'no'));
      append('a', 'b', 'c');
      await begin();
      await rows(3);
      expect(database.rows).toEqual(['a', 'INVALID_VALUE b', 'c']);
      expect(deadLetters).toHaveLength(1);
      expect(readHeader(deadLetters[0]?.headers ?? [], HEADERS.attempts)).toBe('1');
    });

    it('is given up after three attempts when the error has no class', async () => {
      let attempts = 0;
      projecting = async (text) => {
        if (text !== 'b') return;
        attempts += 1;
        throw new TypeError('a bug');
      };
      append('a', 'b', 'c');
      await begin();
      await rows(3);
      expect(database.rows).toEqual(['a', 'UNCLASSIFIED b', 'c']);
      expect(attempts).toBe(3);
      expect(readHeader(deadLetters[0]?.headers ?? [], HEADERS.attempts)).toBe('3');
    });

    it('is suspected when a healthy database loses the connection over it again and again', async () => {
      database.refusals.set(
        'b',
        () =>
          new DependencyError('DATABASE_UNAVAILABLE', 'database', 'gone', {
            facts: { suspect: true },
          }),
      );
      append('a', 'b', 'c');
      await begin();
      await rows(3);
      expect(database.rows).toEqual(['a', 'UNCLASSIFIED b', 'c']);
    });

    it('is given up when a healthy dependency fails over it again and again, and holds up nobody', async () => {
      let asked = 0;
      projecting = async (text) => {
        if (text !== 'b') return;
        asked += 1;
        throw new DependencyError('REGISTRY_UNAVAILABLE', 'schema-registry', 'answered 500');
      };
      append('a', 'b', 'c');
      await begin();
      await rows(3);
      expect(database.rows).toEqual(['a', 'UNCLASSIFIED b', 'c']);
      expect(asked).toBe(9);
      const headers = deadLetters[0]?.headers ?? [];
      expect(readHeader(headers, HEADERS.attempts)).toBe('3');
      const reason = headers.find(([name]) => name === SPRING_DEAD_LETTER.exceptionMessage)?.[1];
      expect(Buffer.from(reason ?? []).toString()).toContain('answered 500');
    });

    it('is not counted against while its dependency says when to ask again', async () => {
      let asked = 0;
      projecting = async (text) => {
        if (text !== 'b') return;
        asked += 1;
        if (asked > 12) return;
        const facts = { retryAfterMs: 1_000 };
        throw new DependencyError('REGISTRY_UNAVAILABLE', 'schema-registry', 'not yet', { facts });
      };
      append('a', 'b', 'c');
      await begin();
      await rows(3);
      expect({ rows: database.rows, deadLetters }).toEqual({ rows: ['a', 'b', 'c'], deadLetters: [] });
    });

    it('is not suspected for what would befall any other record', async () => {
      let refusals = 12;
      database.refusals.set('b', () => {
        refusals -= 1;
        if (refusals === 0) database.refusals.clear();
        const facts = { suspect: false };
        return new DependencyError('DATABASE_UNAVAILABLE', 'database', 'disk full', { facts });
      });
      append('a', 'b', 'c');
      await begin();
      await rows(3);
      expect({ rows: database.rows, deadLetters }).toEqual({ rows: ['a', 'b', 'c'], deadLetters: [] });
    });

    it('ends the service when not even its dead letter can be written down', async () => {
      database.refusals.set('b', () => new PoisonError('INVALID_VALUE', 'no'));
      database.refusals.set('INVALID_VALUE b', () => new PoisonError('INVALID_VALUE', 'no'));
      append('a', 'b');
      await begin();
      await eventually('fatal', () => fatal.length > 0);
      expect(database.rows).toEqual(['a']);
    });
  });
});
