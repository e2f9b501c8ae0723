import { NO_METADATA, decodeOffsetMetadata, encodeOffsetMetadata } from './offset-metadata.js';
import type { CommittedPosition, LogRange } from './ports/broker.js';

/** [from, to): offsets whose records the group was not done with: retention deleted them, or a reset went past. */
export interface LostRange {
  readonly from: bigint;
  readonly to: bigint;
}

/** Where a take-over begins. `stop`: an operator has to decide. */
export type StartDecision =
  | {
      readonly kind: 'start';
      /** With our metadata, whatever was committed. */
      readonly position: CommittedPosition;
      /** Who knew it: Kafka, the positions topic, or nobody (then it is the log's beginning). */
      readonly source: 'committed' | 'mirror' | 'beginning';
      /** What is gone below the position, without what was done of it; ascending. */
      readonly lost: readonly LostRange[];
      /** Set when somebody else than us moved the committed offset: where we had been. */
      readonly movedFrom: bigint | null;
    }
  | {
      readonly kind: 'stop';
      readonly code: 'POSITION_UNKNOWN' | 'POSITION_BEYOND_END';
      readonly reason: string;
    };

/** True when the committed offset alone does not decide: missing, out of the log's range, or not written by us. */
export function isMirrorNeeded(committed: CommittedPosition | null, range: LogRange): boolean {
  return committed === null || !isOurs(committed) || !liesWithin(committed, range);
}

/**
 * Never a silent jump: what clients do by themselves (go to `latest`) loses a backlog. A committed offset in range
 * wins, whatever the mirror says: `kafka-consumer-groups --reset-offsets` is an operator's right.
 */
export function decideStart(
  committed: CommittedPosition | null,
  range: LogRange,
  mirrored: CommittedPosition | null = null,
): StartDecision {
  if (committed !== null && liesWithin(committed, range)) return beginCommitted(committed, range, mirrored);
  const known = mirrored ?? committed;
  if (known === null) {
    if (range.start === 0n) return start({ offset: 0n, metadata: '' }, 'beginning');
    return {
      kind: 'stop',
      code: 'POSITION_UNKNOWN',
      reason: `no committed offset, none on the positions topic, and the log begins at ${range.start}`,
    };
  }
  const needed = neededEnd(known);
  if (needed > range.end) {
    return {
      kind: 'stop',
      code: 'POSITION_BEYOND_END',
      reason: `offset ${known.offset} is committed (done up to ${needed}), but the log ends at ${range.end}`,
    };
  }
  const source = mirrored === null ? 'committed' : 'mirror';
  if (known.offset >= range.start) return start(known, source);
  return {
    ...start({ offset: range.start, metadata: metadataAbove(range.start, known) }, source),
    lost: undoneRanges(known, range.start),
  };
}

function beginCommitted(
  committed: CommittedPosition,
  range: LogRange,
  mirrored: CommittedPosition | null,
): StartDecision {
  if (isOurs(committed) || mirrored === null) return start(committed, 'committed');
  if (mirrored.offset !== committed.offset) {
    return { ...start(committed, 'committed'), movedFrom: mirrored.offset };
  }
  // Written again where it was, by a tool that knows nothing of our metadata: what is done stays done.
  return liesWithin(mirrored, range) ? start(mirrored, 'mirror') : start(committed, 'committed');
}

function start(
  position: CommittedPosition,
  source: 'committed' | 'mirror' | 'beginning',
): StartDecision & { readonly kind: 'start' } {
  const metadata = isOurs(position) ? position.metadata : encodeOffsetMetadata(position.offset, NO_METADATA);
  return {
    kind: 'start',
    position: { offset: position.offset, metadata },
    source,
    lost: [],
    movedFrom: null,
  };
}

/** All our commits have it, also the first one by `docstream topics apply`. */
function isOurs({ metadata }: CommittedPosition): boolean {
  return metadata === 'v1' || metadata.startsWith('v1;');
}

function liesWithin(position: CommittedPosition, range: LogRange): boolean {
  return position.offset >= range.start && neededEnd(position) <= range.end;
}

/** Behind all that is done: offsets that are done and beyond the log's end will be other records, which would be skipped. */
export function neededEnd({ offset, metadata }: CommittedPosition): bigint {
  const { done } = decodeOffsetMetadata(offset, metadata);
  return [...done].reduce((end, at) => (at >= end ? at + 1n : end), offset);
}

function metadataAbove(offset: bigint, known: CommittedPosition): string {
  return encodeOffsetMetadata(offset, decodeOffsetMetadata(known.offset, known.metadata));
}

/** What of [position, to) is not done; ascending. */
export function undoneRanges({ offset, metadata }: CommittedPosition, to: bigint): readonly LostRange[] {
  const { done } = decodeOffsetMetadata(offset, metadata);
  const doneBelow = [...done].filter((at) => at < to).sort((a, b) => (a < b ? -1 : 1));
  const lost: LostRange[] = [];
  let from = offset;
  for (const at of [...doneBelow, to]) {
    if (at > from) lost.push({ from, to: at });
    from = at + 1n;
  }
  return lost;
}
