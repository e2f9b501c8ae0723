import {
  MAX_METADATA_LENGTH,
  decodeOffsetMetadata,
  encodeOffsetMetadata,
  type OffsetMetadata,
  type PositionReset,
} from './offset-metadata.js';
import type { CommittedPosition } from './ports/broker.js';
import { neededEnd, undoneRanges, type LostRange } from './position-rules.js';

/**
 * The position that a reset makes of the known one. What was done at or above the old watermark stays done, so that
 * nothing is published twice under one run; what lay below is read again under the reset. `alsoDone` is known from
 * elsewhere (an undo). Null: the metadata has no room for what is done out of order.
 */
export function movePosition(
  known: CommittedPosition,
  to: bigint,
  reset: PositionReset,
  alsoDone: Iterable<bigint> = [],
): CommittedPosition | null {
  const before = decodeOffsetMetadata(known.offset, known.metadata);
  const done = new Set([...before.done, ...alsoDone].filter((offset) => offset >= to));
  const attempts = new Map([...before.attempts].filter(([offset]) => offset >= to));
  const below = before.reset?.below ?? known.offset;
  const again =
    to < known.offset ? { ...reset, below: below > known.offset ? below : known.offset } : before.reset;
  const after: OffsetMetadata = { done, attempts, ...(again === undefined ? {} : { reset: again }) };
  const metadata = encodeOffsetMetadata(to, after);
  if (metadata.length > MAX_METADATA_LENGTH) return null;
  return decodeOffsetMetadata(to, metadata).done.size === done.size ? { offset: to, metadata } : null;
}

/**
 * As movePosition back, where what is done has no room so far from there: all up to the highest done record is read
 * again under the reset, so that nothing is published twice under one run. The runs of `abandoned`, which was not done,
 * get no other event.
 */
export function moveBackWhole(
  known: CommittedPosition,
  to: bigint,
  reset: PositionReset,
): { readonly position: CommittedPosition; readonly abandoned: readonly LostRange[] } {
  const before = decodeOffsetMetadata(known.offset, known.metadata);
  const end = neededEnd(known);
  const below = before.reset !== undefined && before.reset.below > end ? before.reset.below : end;
  const metadata = encodeOffsetMetadata(to, {
    done: new Set(),
    attempts: before.attempts,
    reset: { ...reset, below },
  });
  return { position: { offset: to, metadata }, abandoned: undoneRanges(known, end) };
}

/** A reset that was carried out: where the position was with its metadata, and where it went. */
export interface DoneMove {
  readonly from: CommittedPosition;
  readonly to: bigint;
}

/** More is not looked at: then another reset says better where to go. */
const MAX_PROGRESS = 100_000n;

/**
 * Back to the position before a reset, whatever was done since: that stays done. `there` when the group is there
 * already, null when what was done since does not fit into the metadata.
 */
export function undoMove(
  known: CommittedPosition,
  { from, to }: DoneMove,
  reset: PositionReset,
): CommittedPosition | 'there' | null {
  const wentBack = to < from.offset;
  if (wentBack ? known.offset >= from.offset : known.offset <= from.offset) return 'there';
  const recorded = decodeOffsetMetadata(from.offset, from.metadata).done;
  const since = wentBack ? [] : offsetsOf(to, known.offset);
  return since === null ? null : movePosition(known, from.offset, reset, [...recorded, ...since]);
}

function offsetsOf(from: bigint, to: bigint): bigint[] | null {
  if (to - from > MAX_PROGRESS) return null;
  return Array.from({ length: Math.max(0, Number(to - from)) }, (_, index) => from + BigInt(index));
}
