import { decodeOffsetMetadata, encodeOffsetMetadata } from './offset-metadata.js';
import type { CommittedPosition, LogRange } from './ports/broker.js';

/** Where a take-over begins. `lost`: records below the log's start are gone; `stop`: an operator has to decide. */
export type StartDecision =
  | { readonly kind: 'start'; readonly position: CommittedPosition }
  | {
      readonly kind: 'lost';
      readonly position: CommittedPosition;
      readonly from: bigint;
      readonly to: bigint;
    }
  | {
      readonly kind: 'stop';
      readonly code: 'POSITION_UNKNOWN' | 'POSITION_BEYOND_END';
      readonly reason: string;
    };

/** Never a silent jump: what clients do by themselves (go to `latest`) loses a backlog. */
export function decideStart(committed: CommittedPosition | null, range: LogRange): StartDecision {
  if (committed === null) {
    if (range.start === 0n) return { kind: 'start', position: { offset: 0n, metadata: '' } };
    return {
      kind: 'stop',
      code: 'POSITION_UNKNOWN',
      reason: `no committed offset, and the log begins at ${range.start}`,
    };
  }
  const { done, attempts } = decodeOffsetMetadata(committed.offset, committed.metadata);
  // Offsets that are done and beyond the end will be other records, which would be skipped.
  const needed = [...done].reduce((end, offset) => (offset >= end ? offset + 1n : end), committed.offset);
  if (needed > range.end) {
    return {
      kind: 'stop',
      code: 'POSITION_BEYOND_END',
      reason: `committed offset ${committed.offset} (done up to ${needed}), but the log ends at ${range.end}`,
    };
  }
  if (committed.offset < range.start) {
    const metadata = encodeOffsetMetadata(range.start, { done, attempts });
    return {
      kind: 'lost',
      position: { offset: range.start, metadata: metadata === 'v1' ? '' : metadata },
      from: committed.offset,
      to: range.start,
    };
  }
  return { kind: 'start', position: committed };
}
