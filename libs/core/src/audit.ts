import { CONSUMED_TOPICS, STAGES, TOPICS, groupOf } from '@docstream/contracts';
import { identifySubmission, formatCoordinates } from './envelope.js';
import { decodeOffsetMetadata } from './offset-metadata.js';
import type { AuditReader, AuditedRun, DoubledRun, OutcomeCounts, ResolvedRange } from './ports/audit.js';
import type { ConsumedRecord, TopicPartition } from './ports/broker.js';
import type { Clock } from './ports/clock.js';
import type { ClusterAdmin, PartitionRange } from './ports/cluster-admin.js';
import type { RecordReader } from './ports/record-reader.js';

export interface AuditPorts {
  readonly rows: AuditReader;
  readonly kafka: Pick<ClusterAdmin, 'committedPositions' | 'logRanges'>;
  readonly records: Pick<RecordReader, 'read'>;
  readonly clock: Clock;
}

/** Where an earlier audit ended, by `topic/partition`: what lies below is not counted again. */
export type AuditCursor = ReadonlyMap<string, bigint>;

export interface AuditOptions {
  /** Only records from then on, by the broker's clock. */
  readonly sinceMs: number | null;
  /** Compares every record of the ingest topic with the timeline, not only where the counts differ. */
  readonly isDeep: boolean;
  readonly cursor: AuditCursor;
  /** How long the store may take to reach what the stages had published; default 10,000. */
  readonly storeWaitMs?: number;
}

export const WHOLE_AUDIT: AuditOptions = { sinceMs: null, isDeep: false, cursor: new Map() };

export interface PartitionAudit extends Omit<OutcomeCounts, 'vanished'> {
  readonly inFlight: number;
  readonly missing: number;
  readonly doubled: number;
}

/**
 * `store-behind`: the store did not read [from, to) in time, so who is on the way was not judged, nor what lies there.
 * `position-unknown`: Kafka has no position of the group there, so nothing counts as read by it.
 */
export interface UnjudgedRange extends TopicPartition {
  readonly reason: 'store-behind' | 'position-unknown';
  readonly group: string;
  readonly from: bigint;
  readonly to: bigint;
}

export interface AuditReport {
  readonly partitions: readonly PartitionAudit[];
  /** Without an outcome, though the stage that had to read them and the store went past them. */
  readonly missing: readonly AuditedRun[];
  readonly doubled: readonly DoubledRun[];
  /** Empty: all was judged. Else nobody can say that nothing is missing. */
  readonly unjudged: readonly UnjudgedRange[];
  readonly checked: number;
  readonly cursor: AuditCursor;
}

/** Longest lists; an audit that finds so many needs no more names. */
const LIMIT = 10_000;
const BUCKET = 1_000;
const POLL_MS = 200;
const SECOND_LOOK_MS = 2_000;
const INGEST = TOPICS.ingest.name;
const OUTCOME_TOPICS = [TOPICS.extracted.name, TOPICS.deadLettered.name];
/** What the stages write. The store needs to have read it before anything can be said to be missing. */
const OUTPUT_TOPICS = CONSUMED_TOPICS.store.filter((topic) => topic !== INGEST);

/**
 * Every ingest record that the parser resolved has exactly one outcome, or is in flight; names what has none or two.
 *
 * The numbers come from several places at different times, so the order is the proof: (1) what the stages have
 * committed; (2) the ends of their output topics: whatever was published with (1) lies below; (3) wait until the store
 * is past (2) and (1); (4) the rows. A run whose newest event was resolved at (1) has its next event in the rows of (4), or it
 * has none. What happens in between only adds events. A second look, later, covers what the order does not: a reset
 * that an operator makes meanwhile.
 */
export async function auditDeliveries(ports: AuditPorts, options: AuditOptions): Promise<AuditReport> {
  const first = await look(ports, options);
  const suspects = [...first.unfinished, ...first.vanished];
  let second = first;
  if (suspects.length > 0) {
    await ports.clock.sleep(SECOND_LOOK_MS);
    second = await look(ports, options);
  }
  const still = new Set([...second.unfinished, ...second.vanished].map(nameOf));
  const unread = await findUnread(ports, options, first);
  const missing = [...suspects.filter((run) => still.has(nameOf(run))), ...unread];
  const from = first.outcomePositions.map((place) => ({ ...place, from: startOf(options.cursor, place) }));
  const doubled = await ports.rows.findDoubled(from, INGEST, options.sinceMs, LIMIT);
  const counts = await ports.rows.countOutcomes(first.ingest, options.sinceMs);
  return {
    partitions: counts.map((one) => toPartition(one, missing, doubled)),
    missing,
    doubled,
    unjudged: first.unjudged.length > 0 ? first.unjudged : second.unjudged,
    checked: counts.reduce((sum, { accepted }) => sum + accepted, 0),
    cursor: new Map([
      ...first.ingest.map((range): [string, bigint] => [placeOf(range), range.below]),
      ...first.outcomePositions.map((place): [string, bigint] => [placeOf(place), place.next]),
    ]),
  };
}

interface Look {
  /** What of the ingest topic is judged. */
  readonly ingest: readonly ResolvedRange[];
  readonly unfinished: readonly AuditedRun[];
  readonly vanished: readonly AuditedRun[];
  readonly outcomePositions: readonly (TopicPartition & { readonly next: bigint })[];
  readonly unjudged: readonly UnjudgedRange[];
}

async function look(ports: AuditPorts, options: AuditOptions): Promise<Look> {
  const { rows, kafka, clock } = ports;
  const resolved = await readResolved(ports);
  const ends = (await Promise.all(OUTPUT_TOPICS.map((topic) => kafka.logRanges(topic)))).flat();
  const unknown = findUnknownPositions(resolved, [...(await kafka.logRanges(INGEST)), ...ends]);
  // Below lies what the parser has read, and what the stages had published.
  const goals = [
    ...resolved.filter(({ topic }) => topic === INGEST).map((range) => ({ ...range, to: range.below })),
    ...ends.map((end) => ({ ...end, to: end.range.end })),
  ];
  const deadlineMs = clock.nowMs() + (options.storeWaitMs ?? 10_000);
  let store = await rows.readPositions(groupOf('store'));
  const isBehind = ({ to, ...place }: (typeof goals)[number]): boolean =>
    to > (store.get(placeOf(place)) ?? 0n);
  while (goals.some(isBehind) && clock.nowMs() < deadlineMs) {
    await clock.sleep(POLL_MS);
    store = await rows.readPositions(groupOf('store'));
  }
  const behind = goals.filter(isBehind).map(({ topic, partition, to }): UnjudgedRange => {
    const from = store.get(placeOf({ topic, partition })) ?? 0n;
    return { reason: 'store-behind', group: groupOf('store'), topic, partition, from, to };
  });
  // Records that the store has not read yet are not in the timeline and not missing there.
  const ingest = resolved
    .filter(({ topic }) => topic === INGEST)
    .map((range) => {
      const next = store.get(placeOf(range)) ?? 0n;
      return {
        ...range,
        from: startOf(options.cursor, range),
        below: next < range.below ? next : range.below,
      };
    });
  const counts = await rows.countOutcomes(ingest, options.sinceMs);
  const hasVanished = counts.some(({ vanished }) => vanished > 0);
  return {
    ingest,
    unfinished: behind.length > 0 ? [] : await rows.findUnfinished(resolved, options.sinceMs, LIMIT),
    vanished: hasVanished ? await rows.findVanished(ingest, options.sinceMs, LIMIT) : [],
    outcomePositions: ends
      .filter(({ topic }) => OUTCOME_TOPICS.includes(topic))
      .map(({ topic, partition }) => ({ topic, partition, next: store.get(`${topic}/${partition}`) ?? 0n })),
    unjudged: [...behind, ...unknown],
  };
}

/** Partitions that a stage reads, has records in, and no position: it was forgotten, or never committed. */
function findUnknownPositions(
  resolved: readonly ResolvedRange[],
  logs: readonly PartitionRange[],
): readonly UnjudgedRange[] {
  const known = new Set(resolved.map(placeOf));
  return STAGES.flatMap((stage) =>
    logs
      .filter(
        (log) => CONSUMED_TOPICS[stage].includes(log.topic) && log.range.end > 0n && !known.has(placeOf(log)),
      )
      .map(({ topic, partition, range }): UnjudgedRange => {
        const [from, to] = [range.start, range.end];
        return { reason: 'position-unknown', group: groupOf(stage), topic, partition, from, to };
      }),
  );
}

async function readResolved({ kafka }: AuditPorts): Promise<readonly ResolvedRange[]> {
  const positions = await Promise.all(
    STAGES.map((stage) => kafka.committedPositions(groupOf(stage), CONSUMED_TOPICS[stage])),
  );
  return positions.flat().map(({ topic, partition, offset, metadata }) => ({
    topic,
    partition,
    from: 0n,
    below: offset,
    done: [...decodeOffsetMetadata(offset, metadata).done],
  }));
}

/** Records that lie on the ingest topic below the store's position and that the timeline does not know. */
async function findUnread(
  { rows, kafka, records }: AuditPorts,
  { isDeep, cursor, sinceMs }: AuditOptions,
  { ingest }: Look,
): Promise<readonly AuditedRun[]> {
  const starts = new Map((await kafka.logRanges(INGEST)).map((range) => [placeOf(range), range.range.start]));
  const kept = ingest.map((range) => {
    const start = starts.get(placeOf(range)) ?? 0n;
    const from = startOf(cursor, range);
    return { ...range, from: from > start ? from : start };
  });
  const known = await rows.countKnown(kept, BUCKET);
  const unread: AuditedRun[] = [];
  for (const range of kept) {
    const counts = new Map(
      known
        .filter(({ partition }) => partition === range.partition)
        .map(({ bucket, records: count }) => [bucket, count]),
    );
    for (const part of rangesToRead(range, isDeep ? new Map() : counts)) {
      let page: ConsumedRecord[] = [];
      const judge = async (): Promise<void> => {
        const unknown = new Set(
          await rows.findUnknown(
            range,
            page.map(({ offset }) => offset),
          ),
        );
        unread.push(...page.filter(({ offset }) => unknown.has(offset)).map(toUnread));
        page = [];
      };
      for await (const record of records.read(range, part)) {
        if (sinceMs !== null && record.timestampMs < sinceMs) continue;
        if (page.push(record) >= BUCKET) await judge();
      }
      if (page.length > 0) await judge();
    }
  }
  return unread.slice(0, LIMIT);
}

/**
 * Ranges whose count of known records is not that of their offsets; neighbours become one. Offsets are sparse, so what
 * is read need not lack anything.
 */
export function rangesToRead(
  { from, below }: Pick<ResolvedRange, 'from' | 'below'>,
  counts: ReadonlyMap<bigint, number>,
): readonly { readonly start: bigint; readonly end: bigint }[] {
  const ranges: { start: bigint; end: bigint }[] = [];
  const size = BigInt(BUCKET);
  for (let start = from; start < below;) {
    const bucket = start / size;
    const end = (bucket + 1n) * size < below ? (bucket + 1n) * size : below;
    if (BigInt(counts.get(bucket) ?? 0) !== end - start) {
      const last = ranges.at(-1);
      if (last?.end === start) last.end = end;
      else ranges.push({ start, end });
    }
    start = end;
  }
  return ranges;
}

/** Whose it is as far as the headers and raw bytes say. */
function toUnread(record: ConsumedRecord): AuditedRun {
  return {
    ...identifySubmission(record, null),
    event: 'unread',
    source: formatCoordinates(record),
    ingestPartition: record.partition,
  };
}

function toPartition(
  { partition, first, last, accepted, stored, deadLettered, skipped, lost }: OutcomeCounts,
  missing: readonly AuditedRun[],
  doubled: readonly DoubledRun[],
): PartitionAudit {
  const here = missing.filter(({ ingestPartition }) => ingestPartition === partition);
  const known = here.filter(({ event }) => event !== 'unread').length;
  const inFlight = Math.max(0, accepted - stored - deadLettered - skipped - lost - known);
  return {
    partition,
    first,
    last,
    accepted,
    stored,
    deadLettered,
    skipped,
    lost,
    inFlight,
    missing: here.length,
    doubled: doubled.filter(({ ingestPartition }) => ingestPartition === partition).length,
  };
}

function nameOf({ documentId, run }: Pick<AuditedRun, 'documentId' | 'run'>): string {
  return `${documentId} ${run}`;
}

function placeOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

function startOf(cursor: AuditCursor, place: TopicPartition): bigint {
  return cursor.get(placeOf(place)) ?? 0n;
}
