import { TOPICS } from '@docstream/contracts';
import { OwnershipLostError } from './errors.js';
import { decodeOffsetMetadata, type PositionReset } from './offset-metadata.js';
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

/** Each try may take two: one to fence and look, one to fence and move. */
const MAX_ROUNDS = 10;

/**
 * Carries a reset out in one partition, with no member and with many; all of it or nothing. Errors as of
 * ClusterAdmin.movePosition; after one, the same order with `isRepeated` finishes it and does nothing twice, as long as
 * nobody else carries out the same audit id meanwhile.
 */
export async function resetPartition(ports: ResetPorts, order: ResetOrder): Promise<ResetOutcome> {
  let { isRepeated } = order;
  let findings: Findings | null = null;
  for (let round = 1; ; round += 1) {
    try {
      const step: ResetOutcome | Unread = await tryReset(ports, { ...order, isRepeated }, findings);
      if (step.kind !== 'unread') return step;
      findings = await lookUp(ports, { ...order, isRepeated }, step);
      if (findings.isCarriedOut) return { kind: 'found' };
      if (round >= MAX_ROUNDS) throw new OwnershipLostError('others keep moving the position');
    } catch (error) {
      // The owner took over again meanwhile, or nobody knows what became of the commit.
      if (!(error instanceof OwnershipLostError) || round >= MAX_ROUNDS) throw error;
      isRepeated = true;
      findings = null;
    }
  }
}

/** The positions topic has to be read first; that was committed when we fenced. */
interface Unread {
  readonly kind: 'unread';
  readonly committed: CommittedPosition | null;
  readonly isMirrorNeeded: boolean;
}

/** What the positions topic said after a fence: by then it is decided what became of an earlier attempt of ours. */
interface Findings {
  readonly committed: CommittedPosition | null;
  readonly isMirrorRead: boolean;
  readonly mirrored: CommittedPosition | null;
  readonly isCarriedOut: boolean;
}

/**
 * Reading the positions topic takes seconds, in which a busy owner takes over again and fences us: so nothing is read
 * between a fence and its commit.
 */
async function tryReset(
  ports: ResetPorts,
  order: ResetOrder,
  findings: Findings | null,
): Promise<ResetOutcome | Unread> {
  const { group, partition, reset, isRepeated } = order;
  let outcome: ResetOutcome | Unread = { kind: 'there' };
  await ports.admin.movePosition(group, partition, async (committed) => {
    const range = await rangeOf(ports, partition);
    const needsMirror = range !== null && isMirrorNeeded(committed, range);
    if (committed !== null && isUnder(committed, reset)) {
      outcome = { kind: 'found' };
      return null;
    }
    if ((isRepeated || needsMirror) && !isStillTrue(findings, committed, needsMirror)) {
      outcome = { kind: 'unread', committed, isMirrorNeeded: needsMirror };
      return null;
    }
    const known = knownFrom(needsMirror ? (findings?.mirrored ?? null) : null, committed, range);
    const decision = typeof known === 'string' ? known : decide(known, range, order);
    if (typeof decision === 'string' || typeof known === 'string') {
      outcome = decision === 'there' ? { kind: 'there' } : { kind: 'refused', reason: String(decision) };
      return null;
    }
    outcome = { kind: 'moved', from: known, to: decision.offset };
    return { position: decision, records: await buildRecords(ports, order, known, decision) };
  });
  return outcome;
}

async function lookUp(
  ports: ResetPorts,
  { group, partition, reset, isRepeated }: ResetOrder,
  { committed, isMirrorNeeded: isMirrorRead }: Unread,
): Promise<Findings> {
  const isCarriedOut = isRepeated && (await findReset(ports, group, partition, reset.auditId)) !== null;
  const mirrored =
    isMirrorRead && !isCarriedOut
      ? await createPositionMirror(ports.admin, ports.codec).read(group, partition)
      : null;
  return { committed, isMirrorRead, mirrored, isCarriedOut };
}

/** True when nothing has happened since but progress of the group: an offset that went back was moved by somebody. */
function isStillTrue(
  findings: Findings | null,
  committed: CommittedPosition | null,
  needsMirror: boolean,
): findings is Findings {
  if (findings === null) return false;
  const before = findings.committed;
  if (needsMirror) {
    const isSame = before?.offset === committed?.offset && before?.metadata === committed?.metadata;
    return findings.isMirrorRead && isSame;
  }
  return committed !== null && (before === null || committed.offset >= before.offset);
}

/** The reset is carried out, and not all of its records are done again. */
function isUnder({ offset, metadata }: CommittedPosition, { auditId }: PositionReset): boolean {
  return decodeOffsetMetadata(offset, metadata).reset?.auditId === auditId;
}

async function buildRecords(
  { codec, clock }: ResetPorts,
  { group, partition, reset, target }: ResetOrder,
  known: CommittedPosition,
  decision: CommittedPosition,
): Promise<readonly OutgoingRecord[]> {
  const recorded = { auditId: reset.auditId, previousWatermark: known.offset };
  const tools = { group, codec, clock };
  const records: OutgoingRecord[] = [
    await buildPositionRecord(tools, partition, decision, recorded),
    await buildResetRecord(tools, partition, decision, recorded),
  ];
  if (target.kind === 'move' && decision.offset > known.offset) {
    const skipped = { from: known.offset, to: decision.offset, state: 'skipped' as const };
    records.push(await buildGapRecord(tools, partition, decision, skipped, recorded));
  }
  return records;
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
function knownFrom(
  mirrored: CommittedPosition | null,
  committed: CommittedPosition | null,
  range: LogRange | null,
): CommittedPosition | string {
  if (range === null) return 'there is no such partition';
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
