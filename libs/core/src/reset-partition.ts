import { TOPICS } from '@docstream/contracts';
import { OwnershipLostError } from './errors.js';
import type { PositionReset } from './offset-metadata.js';
import type { CommittedPosition, LogRange, OutgoingRecord, TopicPartition } from './ports/broker.js';
import type { Clock } from './ports/clock.js';
import type { ClusterAdmin } from './ports/cluster-admin.js';
import type { EventCodec } from './ports/event-codec.js';
import { createPositionMirror } from './position-mirror.js';
import { movePosition, undoMove, type DoneMove } from './position-move.js';
import { buildGapRecord, buildPositionRecord, buildResetRecord, resetKeyOf } from './position-record.js';
import { isMirrorNeeded } from './position-rules.js';

export type ResetTarget =
  /** `forward`: what lies between is skipped, an operator wants it so. */
  | { readonly kind: 'move'; readonly to: bigint; readonly direction: 'back' | 'forward' }
  | { readonly kind: 'undo'; readonly of: DoneMove };

export interface ResetOrder {
  readonly group: string;
  readonly partition: TopicPartition;
  readonly reset: PositionReset;
  readonly target: ResetTarget;
  /** True when it may have been carried out before: then it is looked for first. */
  readonly isRepeated: boolean;
}

export interface ResetPorts {
  readonly admin: Pick<ClusterAdmin, 'movePosition' | 'newestOf' | 'logRanges'>;
  readonly codec: Pick<EventCodec, 'encode' | 'decode'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** `found`: it was carried out before. `there`: the group is where it should go, or past it; nothing was written. */
export type ResetOutcome =
  | { readonly kind: 'moved'; readonly from: CommittedPosition; readonly to: bigint }
  | { readonly kind: 'found' | 'there' }
  | { readonly kind: 'refused'; readonly reason: string };

const MAX_TRIES = 5;

/**
 * Carries a reset out in one partition, with no member and with many; all of it or nothing. Errors as of
 * ClusterAdmin.movePosition; after one, the same order with `isRepeated` finishes it and does nothing twice.
 */
export async function resetPartition(ports: ResetPorts, order: ResetOrder): Promise<ResetOutcome> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await tryReset(ports, { ...order, isRepeated: order.isRepeated || tries > 1 });
    } catch (error) {
      // The owner took over again meanwhile, or nobody knows what became of the commit.
      if (!(error instanceof OwnershipLostError) || tries === MAX_TRIES) throw error;
    }
  }
}

async function tryReset(ports: ResetPorts, order: ResetOrder): Promise<ResetOutcome> {
  const { group, partition, reset, isRepeated } = order;
  let outcome: ResetOutcome = { kind: 'there' };
  await ports.admin.movePosition(group, partition, async (committed) => {
    if (isRepeated && (await findReset(ports, group, partition, reset.auditId)) !== null) {
      outcome = { kind: 'found' };
      return null;
    }
    const range = await rangeOf(ports, partition);
    const known = await findKnown(ports, order, committed, range);
    const decision = typeof known === 'string' ? known : decide(known, range, order);
    if (typeof decision === 'string' || typeof known === 'string') {
      outcome = decision === 'there' ? { kind: 'there' } : { kind: 'refused', reason: String(decision) };
      return null;
    }
    const recorded = { auditId: reset.auditId, previousWatermark: known.offset };
    const tools = { group, codec: ports.codec, clock: ports.clock };
    const records: OutgoingRecord[] = [
      await buildPositionRecord(tools, partition, decision, recorded),
      await buildResetRecord(tools, partition, decision, recorded),
    ];
    if (order.target.kind === 'move' && decision.offset > known.offset) {
      const skipped = { from: known.offset, to: decision.offset, state: 'skipped' as const };
      records.push(await buildGapRecord(tools, partition, decision, skipped, recorded));
    }
    outcome = { kind: 'moved', from: known, to: decision.offset };
    return { position: decision, records };
  });
  return outcome;
}

/** Where the group was before that reset; null when it was not carried out in that partition. */
export async function findReset(
  { admin, codec }: Pick<ResetPorts, 'admin' | 'codec'>,
  group: string,
  partition: TopicPartition,
  auditId: string,
): Promise<bigint | null> {
  const key = new TextEncoder().encode(resetKeyOf(group, partition, auditId));
  const record = await admin.newestOf(TOPICS.positions.name, key);
  if (record === null || record.value === null) return null;
  const { previousWatermark } = await codec.decode(TOPICS.positions, record.value);
  return previousWatermark === null ? null : BigInt(previousWatermark);
}

async function rangeOf(
  { admin }: ResetPorts,
  { topic, partition }: TopicPartition,
): Promise<LogRange | null> {
  return (await admin.logRanges(topic)).find((one) => one.partition === partition)?.range ?? null;
}

/** Where the group really was: the mirror knows what Kafka forgot or somebody else overwrote. A text says why not. */
async function findKnown(
  { admin, codec }: ResetPorts,
  { group, partition }: ResetOrder,
  committed: CommittedPosition | null,
  range: LogRange | null,
): Promise<CommittedPosition | string> {
  if (range === null) return 'there is no such partition';
  const mirrored = isMirrorNeeded(committed, range)
    ? await createPositionMirror(admin, codec).read(group, partition)
    : null;
  const known = mirrored ?? committed ?? (range.start === 0n ? { offset: 0n, metadata: 'v1' } : null);
  if (known === null)
    return 'nobody knows where the group was: `docstream topics apply` commits a first position';
  if (known.offset < range.start) {
    return `retention deleted from ${known.offset} to ${range.start} unread: start the stage first, it records the loss`;
  }
  if (known.offset > range.end) return `the group was at ${known.offset}, but the log ends at ${range.end}`;
  return known;
}

function decide(
  known: CommittedPosition,
  range: LogRange | null,
  { target, reset }: ResetOrder,
): CommittedPosition | 'there' | string {
  const to = target.kind === 'move' ? target.to : target.of.from.offset;
  if (range === null || to < range.start || to > range.end) {
    return `the log no longer has ${to}: it has ${range?.start} to ${range?.end}`;
  }
  let decision: CommittedPosition | 'there' | null;
  if (target.kind === 'undo') decision = undoMove(known, target.of, reset);
  else if (known.offset === to) return 'there';
  else if (known.offset < to && target.direction === 'back') {
    return `the group is at ${known.offset} by now: going to ${to} would skip records; plan again`;
  } else if (known.offset > to && target.direction === 'forward') return 'there';
  else decision = movePosition(known, to, reset);
  return decision ?? 'too much is done out of order to be written down: wait a moment, or pause the stage';
}
