import { CONSUMED_TOPICS, groupOf, type ServiceName } from '@docstream/contracts';
import {
  DependencyError,
  type ClusterAdmin,
  type CommittedPosition,
  type PartitionRange,
  type ResetLog,
  type TopicPartition,
} from '@docstream/core';

export type PositionTarget =
  | { readonly kind: 'earliest' | 'latest' }
  | { readonly kind: 'offset'; readonly offset: bigint }
  | { readonly kind: 'time'; readonly timeMs: number }
  | { readonly kind: 'ago'; readonly ms: number }
  | { readonly kind: 'shift'; readonly by: bigint };

/** A partition with all that decides where it goes. */
export interface PartitionState extends PartitionRange {
  /** Null: the group has none. */
  readonly committed: CommittedPosition | null;
  /** For a target in time: the first record then or later. */
  readonly at: bigint | null;
}

export interface PlannedMove extends TopicPartition {
  readonly from: CommittedPosition;
  readonly to: bigint;
  readonly direction: 'back' | 'forward' | 'none';
  /** What is special, for people. */
  readonly note: string;
}

/** Where each partition would go; a text says why nothing may be moved. Decides alone, asks nobody. */
export function planMoves(
  states: readonly PartitionState[],
  target: PositionTarget,
): readonly PlannedMove[] | string {
  const moves: PlannedMove[] = [];
  for (const state of states) {
    const move = planMove(state, target);
    if (typeof move === 'string') return `${state.topic}/${state.partition}: ${move}`;
    moves.push(move);
  }
  return moves;
}

function planMove(state: PartitionState, target: PositionTarget): PlannedMove | string {
  const { topic, partition, range, committed } = state;
  if (committed === null && range.start > 0n) {
    return 'the group has no position there; `docstream topics apply` commits a first one';
  }
  const from = committed ?? { offset: 0n, metadata: 'v1' };
  if (from.offset < range.start) {
    return `retention deleted from ${from.offset} to ${range.start} unread; start the stage first, it records the loss`;
  }
  if (from.offset > range.end) return `the group is at ${from.offset}, but the log ends at ${range.end}`;
  const wanted = wantedOffset(state, from.offset, target);
  if (target.kind === 'offset' && wanted > range.end)
    return `there is no offset ${wanted}: the log ends at ${range.end}`;
  const to = wanted < range.start ? range.start : wanted > range.end ? range.end : wanted;
  const notes = [
    ...(committed === null ? ['no position is committed'] : []),
    ...(to === wanted
      ? []
      : [`${wanted} is out of the log: ${to} is its ${to === range.start ? 'start' : 'end'}`]),
  ];
  const direction = to < from.offset ? 'back' : to > from.offset ? 'forward' : 'none';
  return { topic, partition, from, to, direction, note: notes.join('; ') };
}

function wantedOffset({ range, at }: PartitionState, from: bigint, target: PositionTarget): bigint {
  switch (target.kind) {
    case 'earliest':
      return range.start;
    case 'latest':
      return range.end;
    case 'offset':
      return target.offset;
    case 'shift':
      return from + target.by;
    case 'time':
    case 'ago':
      return at ?? range.end;
  }
}

export interface PlanParts {
  readonly admin: Pick<ClusterAdmin, 'logRanges' | 'listTopics' | 'committedPositions' | 'offsetsAt'>;
  readonly log: () => ResetLog;
  readonly nowMs: () => number;
}

export interface PlanOrder {
  readonly stage: ServiceName;
  readonly target: PositionTarget;
  readonly partitions: readonly number[] | null;
  /** Only of the store: which of its topics. */
  readonly topic: string | null;
}

/** Reads what decides, then plans. A text says what stands in the way. */
export async function planReset(
  parts: PlanParts,
  order: PlanOrder,
): Promise<readonly PlannedMove[] | string> {
  const states = await readStates(parts, order);
  return typeof states === 'string' ? states : planMoves(states, order.target);
}

async function readStates(parts: PlanParts, order: PlanOrder): Promise<readonly PartitionState[] | string> {
  const { admin } = parts;
  const { stage, target, partitions, topic } = order;
  const read = CONSUMED_TOPICS[stage];
  if (topic !== null && !read.includes(topic))
    return `the ${stage} does not read ${topic}: it reads ${read.join(', ')}`;
  const existing = new Set(await admin.listTopics());
  const topics = read.filter((name) => existing.has(name) && (topic === null || name === topic));
  if (topics.length === 0) return `there is no topic ${topic ?? read.join(', ')}`;
  const known = await readPositions(parts, stage, topics);
  const states: PartitionState[] = [];
  for (const name of topics) {
    const ranges = await admin.logRanges(name);
    const missing = (partitions ?? []).filter((number) =>
      ranges.every(({ partition }) => partition !== number),
    );
    if (missing.length > 0) return `${name} has no partition ${missing.join(', ')}: it has ${ranges.length}`;
    const timeMs = timeOf(target, parts.nowMs());
    const times = timeMs === null ? null : await admin.offsetsAt(name, timeMs);
    for (const range of ranges) {
      if (partitions !== null && !partitions.includes(range.partition)) continue;
      const committed = known.get(`${name}/${range.partition}`) ?? null;
      // What the store never took over it begins by itself.
      if (stage === 'store' && committed === null) continue;
      states.push({ ...range, committed, at: times?.get(range.partition) ?? null });
    }
  }
  return states;
}

async function readPositions(
  { admin, log }: PlanParts,
  stage: ServiceName,
  topics: readonly string[],
): Promise<ReadonlyMap<string, CommittedPosition>> {
  const name = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
  const group = groupOf(stage);
  if (stage === 'store') {
    const positions = await log().storePositions(group);
    return new Map(
      positions.flatMap((one) =>
        one.next === null ? [] : [[name(one), { offset: one.next, metadata: '' }]],
      ),
    );
  }
  const positions = await admin.committedPositions(group, topics);
  return new Map(positions.map(({ offset, metadata, ...where }) => [name(where), { offset, metadata }]));
}

function timeOf(target: PositionTarget, nowMs: number): number | null {
  if (target.kind === 'time') return target.timeMs;
  return target.kind === 'ago' ? nowMs - target.ms : null;
}

/** Documents between the two positions by the timeline; a text says why nobody knows. */
export async function countDocuments(
  log: () => ResetLog,
  move: Pick<PlannedMove, 'topic' | 'partition' | 'from' | 'to'>,
): Promise<number | string> {
  const [from, to] = [move.from.offset, move.to];
  try {
    return await (from < to ? log().countDocuments(move, from, to) : log().countDocuments(move, to, from));
  } catch (error) {
    if (!(error instanceof DependencyError)) throw error;
    return `unknown: ${error.message}`;
  }
}
