import { describe, expect, it } from '@jest/globals';
import { CONSUMED_TOPICS, STAGES, TOPICS, groupOf, runIdFrom, type DocumentId } from '@docstream/contracts';
import fc from 'fast-check';
import { WHOLE_AUDIT, auditDeliveries, rangesToRead, type AuditPorts } from './audit.js';
import { encodeOffsetMetadata } from './offset-metadata.js';
import type { AuditReader, AuditedRun, ResolvedRange } from './ports/audit.js';
import type { ConsumedRecord } from './ports/broker.js';

const INPUTS = STAGES.map((stage) => CONSUMED_TOPICS[stage][0] ?? '');
const INGEST = INPUTS[0] ?? '';
const END = TOPICS.extracted.name;
const EVENTS = ['received', 'parsed', 'classified'];
const TENANT = 'default';

interface Entry {
  readonly run: number;
  readonly topic: string;
  readonly offset: bigint;
}

function idsOf(run: number): Pick<AuditedRun, 'documentId' | 'run' | 'tenant'> {
  const documentId = run.toString().padStart(26, 'a').replaceAll('0', '2').replaceAll('1', '3') as DocumentId;
  return { documentId, run: runIdFrom(run, new Uint8Array(10)), tenant: TENANT };
}

/** Ingest → three stages → store, one partition each, in memory; it goes one step on whenever somebody looks. */
class Pipeline {
  readonly logs = new Map<string, (number | null)[]>(
    [...INPUTS, END, TOPICS.deadLettered.name, TOPICS.positions.name].map((topic) => [topic, []]),
  );
  readonly watermark = [0, 0, 0];
  readonly done = [new Set<number>(), new Set<number>(), new Set<number>()];
  readonly stored = new Map<string, number>();
  readonly timeline: Entry[] = [];
  readonly erased = new Set<number>();
  readonly gaps: { readonly topic: string; readonly from: number; readonly to: number }[] = [];
  readonly dice: () => number;
  runs = 0;
  nowMs = 0;
  isRunning = true;

  constructor(dice: () => number) {
    this.dice = dice;
  }

  log(topic: string): (number | null)[] {
    return this.logs.get(topic) ?? [];
  }

  step(): void {
    const dice = this.dice();
    const stage = dice % 3;
    switch (Math.floor(dice / 3) % 6) {
      case 0:
        this.log(INGEST).push((this.runs += 1));
        return;
      case 1:
      case 2:
        return this.work(stage, dice);
      case 3:
        return this.miss(stage);
      default:
        return this.store(dice);
    }
  }

  /** One transaction of a stage: any record of its window, with its output, a marker behind it, and the position. */
  work(stage: number, dice: number, isLosing = false): void {
    const log = this.log(INPUTS[stage] ?? '');
    const waiting = log.flatMap((run, offset) =>
      run !== null && offset >= (this.watermark[stage] ?? 0) && !this.done[stage]?.has(offset)
        ? [offset]
        : [],
    );
    const offset = waiting[Math.floor(dice / 20) % Math.max(1, Math.min(3, waiting.length))];
    if (offset !== undefined) {
      const output = dice % 7 === 0 ? TOPICS.deadLettered.name : (INPUTS[stage + 1] ?? END);
      if (!isLosing) this.log(output).push(log[offset] ?? null, null);
      this.done[stage]?.add(offset);
    }
    this.advance(stage, log);
  }

  /** Retention, or a reset, takes the next records from the stage: position and gap in one transaction. */
  miss(stage: number): void {
    const topic = INPUTS[stage] ?? '';
    const from = this.watermark[stage] ?? 0;
    const to = Math.min(this.log(topic).length, from + 2);
    if (to === from) return;
    this.gaps.push({ topic, from, to });
    this.log(TOPICS.positions.name).push(this.gaps.length, null);
    this.watermark[stage] = to;
    this.advance(stage, this.log(topic));
  }

  advance(stage: number, log: readonly (number | null)[]): void {
    let next = this.watermark[stage] ?? 0;
    while (next < log.length && (log[next] === null || this.done[stage]?.has(next) === true)) next += 1;
    this.watermark[stage] = next;
  }

  store(dice: number): void {
    const topics = [...this.logs.keys()];
    const topic = topics[dice % topics.length] ?? '';
    const next = this.stored.get(topic) ?? 0;
    const entry = this.log(topic)[next];
    if (entry === undefined) return;
    this.stored.set(topic, next + 1);
    if (entry !== null && topic !== TOPICS.positions.name)
      this.timeline.push({ run: entry, topic, offset: BigInt(next) });
    if (dice % 11 === 0 && entry !== null) this.erased.add(entry);
  }

  /** Everything on its way arrives. */
  settle(): void {
    for (const stage of [0, 1, 2])
      for (let round = 0; round < 200; round += 1) this.work(stage, 1 + 40 * round);
    for (const topic of this.logs.keys())
      while ((this.stored.get(topic) ?? 0) < this.log(topic).length) this.#storeNext(topic);
    this.isRunning = false;
  }

  #storeNext(topic: string): void {
    const next = this.stored.get(topic) ?? 0;
    const entry = this.log(topic)[next];
    this.stored.set(topic, next + 1);
    if (entry != null && topic !== TOPICS.positions.name)
      this.timeline.push({ run: entry, topic, offset: BigInt(next) });
  }

  stateOf(run: number): string {
    const own = this.timeline.filter((entry) => entry.run === run);
    if (own.some(({ topic }) => topic === END)) return 'stored';
    if (own.some(({ topic }) => topic === TOPICS.deadLettered.name)) return 'dead-lettered';
    const newest = this.newestOf(run);
    const known = this.gaps.slice(0, Math.ceil((this.stored.get(TOPICS.positions.name) ?? 0) / 2));
    const isGone = known.some(
      ({ topic, from, to }) => topic === newest?.topic && newest.offset >= from && newest.offset < to,
    );
    return isGone ? 'lost' : 'open';
  }

  newestOf(run: number): Entry | undefined {
    return this.timeline
      .filter((entry) => entry.run === run)
      .sort((one, other) => INPUTS.indexOf(other.topic) - INPUTS.indexOf(one.topic))[0];
  }

  look(): void {
    for (let steps = this.dice() % 6; this.isRunning && steps > 0; steps -= 1) this.step();
  }

  ports(): AuditPorts {
    const isResolved = (resolved: readonly ResolvedRange[], { topic, offset }: Entry): boolean =>
      resolved.some((one) => one.topic === topic && (offset < one.below || one.done.includes(offset)));
    const ingestOf = (resolved: readonly ResolvedRange[]): Entry[] =>
      this.timeline.filter((entry) => entry.topic === INGEST && isResolved(resolved, entry));
    const rows: AuditReader = {
      readPositions: async () => {
        this.look();
        return new Map([...this.stored].map(([topic, next]) => [`${topic}/0`, BigInt(next)]));
      },
      findUnfinished: async (resolved) => {
        this.look();
        return [...new Set(this.timeline.map(({ run }) => run))].flatMap((run) => {
          const newest = this.newestOf(run);
          if (newest === undefined || this.stateOf(run) !== 'open' || !isResolved(resolved, newest))
            return [];
          const event = EVENTS[INPUTS.indexOf(newest.topic)] ?? '';
          return [{ ...idsOf(run), event, source: `${newest.topic}/0/${newest.offset}`, ingestPartition: 0 }];
        });
      },
      countOutcomes: async (resolved) => {
        this.look();
        const known = ingestOf(resolved);
        const count = (state: string): number =>
          known.filter(({ run }) => this.stateOf(run) === state).length;
        if (known.length === 0) return [];
        return [
          {
            partition: 0,
            first: known[0]?.offset ?? 0n,
            last: known.at(-1)?.offset ?? 0n,
            accepted: known.length,
            stored: count('stored'),
            deadLettered: count('dead-lettered'),
            skipped: 0,
            lost: count('lost'),
            vanished: 0,
          },
        ];
      },
      findVanished: async () => [],
      findDoubled: async () => {
        this.look();
        return [...new Set(this.timeline.map(({ run }) => run))].flatMap((run) => {
          const ends = this.timeline.filter(
            (entry) => entry.run === run && (entry.topic === END || entry.topic === TOPICS.deadLettered.name),
          );
          const outcomes = ends.map(({ topic, offset }) => `${topic}/0/${offset}`);
          return ends.length > 1 ? [{ ...idsOf(run), outcomes, ingestPartition: 0 }] : [];
        });
      },
      countKnown: async (ranges) => {
        this.look();
        const [range] = ranges;
        if (range === undefined) return [];
        const known = this.timeline.filter(({ topic, offset }) => topic === INGEST && offset < range.below);
        return [{ partition: 0, bucket: 0n, records: known.length }];
      },
      findUnknown: async (_, offsets) => {
        this.look();
        return offsets.filter(
          (offset) => !this.timeline.some((entry) => entry.topic === INGEST && entry.offset === offset),
        );
      },
    };
    return {
      rows,
      kafka: {
        committedPositions: async (group) => {
          this.look();
          const stage = STAGES.findIndex((name) => groupOf(name) === group);
          const offset = BigInt(this.watermark[stage] ?? 0);
          const done = new Set([...(this.done[stage] ?? [])].map(BigInt).filter((one) => one > offset));
          const metadata = encodeOffsetMetadata(offset, { done, attempts: new Map() });
          return [{ topic: INPUTS[stage] ?? '', partition: 0, offset, metadata }];
        },
        logRanges: async (topic) => {
          this.look();
          return [{ topic, partition: 0, range: { start: 0n, end: BigInt(this.log(topic).length) } }];
        },
      },
      records: {
        read: (_, { start, end }) => this.#read(start, end),
      },
      clock: {
        nowMs: () => this.nowMs,
        sleep: async (ms) => {
          this.nowMs += ms;
          this.look();
        },
      },
    };
  }

  async *#read(start: bigint, end: bigint): AsyncGenerator<ConsumedRecord> {
    for (const [index, run] of this.log(INGEST).entries()) {
      const offset = BigInt(index);
      if (run === null || offset < start || offset >= end) continue;
      const value = Buffer.from(String(run));
      yield { topic: INGEST, partition: 0, offset, key: null, value, headers: [], timestampMs: 0 };
    }
  }
}

function pipeline(dice: fc.Stream<number>): Pipeline {
  const made = new Pipeline(() => dice.next().value);
  for (let steps = 0; steps < 80; steps += 1) made.step();
  return made;
}

const dice = fc.infiniteStream(fc.nat(100_000));

describe('auditDeliveries', () => {
  it('never raises a false alarm, whatever goes on between its reads', async () => {
    let judged = 0;
    await fc.assert(
      fc.asyncProperty(dice, async (stream) => {
        const report = await auditDeliveries(pipeline(stream).ports(), WHOLE_AUDIT);
        expect(report).toMatchObject({ missing: [], doubled: [] });
        if (report.unjudged.length === 0) judged += 1;
      }),
      { numRuns: 500 },
    );
    expect(judged).toBeGreaterThan(100);
  });

  it('names the run whose output a stage left out, and no other, once all has arrived', async () => {
    await fc.assert(
      fc.asyncProperty(dice, fc.nat(2), async (stream, stage) => {
        const made = pipeline(stream);
        for (let index = 0; index <= stage; index += 1)
          for (let round = 0; round < 200; round += 1) if (index < stage) made.work(index, 1);
        made.log(INPUTS[stage] ?? '').push((made.runs += 1));
        const lost = made.runs;
        const before = made.log(INPUTS[stage] ?? '').length - 1;
        for (let round = 0; (made.watermark[stage] ?? 0) < before; round += 1) made.work(stage, 1);
        made.work(stage, 1, true);
        made.settle();
        const report = await auditDeliveries(made.ports(), WHOLE_AUDIT);
        expect(report.missing).toEqual([expect.objectContaining({ ...idsOf(lost), event: EVENTS[stage] })]);
        expect(report.unjudged).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('names what the store passed over and what was published twice', async () => {
    const made = new Pipeline(() => 0);
    made.log(INGEST).push(1, 2);
    made.settle();
    made.timeline.splice(
      made.timeline.findIndex(({ topic, run }) => topic === INGEST && run === 2),
      1,
    );
    made.log(END).push(1);
    made.settle();
    const report = await auditDeliveries(made.ports(), WHOLE_AUDIT);
    expect(report.missing).toMatchObject([{ event: 'unread', source: `${INGEST}/0/1` }]);
    expect(report.doubled).toMatchObject([{ ...idsOf(1), outcomes: [`${END}/0/0`, `${END}/0/4`] }]);
    expect(report.partitions).toMatchObject([{ partition: 0, accepted: 1, missing: 1, doubled: 1 }]);
  });

  it('says what it could not judge when the store does not catch up', async () => {
    const made = new Pipeline(() => 0);
    made.log(INGEST).push(1);
    made.settle();
    made.log(END).push(1, null);
    const report = await auditDeliveries(made.ports(), WHOLE_AUDIT);
    expect(report.missing).toEqual([]);
    expect(report.unjudged).toEqual([
      { reason: 'store-behind', group: groupOf('store'), topic: END, partition: 0, from: 2n, to: 4n },
    ]);
  });

  it('says so when the store has not read what the parser has, and everything behind the parser', async () => {
    const made = new Pipeline(() => 0);
    made.log(INGEST).push(1, 2);
    made.settle();
    made.stored.set(INGEST, 1);
    const report = await auditDeliveries(made.ports(), WHOLE_AUDIT);
    expect(report.unjudged).toMatchObject([{ reason: 'store-behind', topic: INGEST, from: 1n, to: 2n }]);
  });

  it('says so when Kafka has no position of a stage, unless its topic is empty', async () => {
    const made = new Pipeline(() => 0);
    made.log(INGEST).push(1);
    made.settle();
    const ports = made.ports();
    const committedPositions: AuditPorts['kafka']['committedPositions'] = async (group, topics) =>
      group === groupOf('extractor') ? ports.kafka.committedPositions(group, topics) : [];
    const { unjudged } = await auditDeliveries(
      { ...ports, kafka: { ...ports.kafka, committedPositions } },
      WHOLE_AUDIT,
    );
    expect(unjudged).toMatchObject([
      { reason: 'position-unknown', group: groupOf('parser'), topic: INGEST, partition: 0, to: 1n },
      { reason: 'position-unknown', group: groupOf('classifier') },
    ]);
    const empty = new Pipeline(() => 0).ports();
    const none = { ...empty, kafka: { ...empty.kafka, committedPositions: async () => [] } };
    expect((await auditDeliveries(none, WHOLE_AUDIT)).unjudged).toEqual([]);
  });
});

describe('rangesToRead', () => {
  it('are the buckets whose counts differ, joined, and nothing where all offsets are known', () => {
    const counts = new Map([
      [0n, 990],
      [1n, 1_000],
      [2n, 999],
      [3n, 10],
    ]);
    expect(rangesToRead({ from: 10n, below: 4_000n }, counts)).toEqual([{ start: 2_000n, end: 4_000n }]);
    expect(rangesToRead({ from: 10n, below: 2_000n }, counts)).toEqual([]);
    expect(rangesToRead({ from: 5n, below: 5n }, new Map())).toEqual([]);
  });
});
