import type { Segment } from './rows.js';

/** From the top, or, with -1, from the bottom. */
type Direction = 1 | -1;

/**
 * The segments that come behind one of the others on about the same base line, seen from one direction. Others that are
 * too far back for their own size are so for all that follow, and are given up: the last one left is the nearest.
 */
function behindOthers(
  segments: readonly Segment[],
  others: readonly Segment[],
  tolerance: number,
  direction: Direction,
): readonly Segment[] {
  const inOrder = (some: readonly Segment[]): Segment[] => [...some].sort((a, b) => direction * (a.v - b.v));
  const waiting = inOrder(others);
  const open: Segment[] = [];
  let at = 0;
  return inOrder(segments).filter((segment) => {
    const distance = (other: Segment): number => direction * (segment.v - other.v);
    for (let next = waiting[at]; next !== undefined && distance(next) >= 0; next = waiting[at]) {
      open.push(next);
      at += 1;
    }
    let last = open.at(-1);
    while (last !== undefined && distance(last) >= tolerance * last.size) {
      open.pop();
      last = open.at(-1);
    }
    return last !== undefined && distance(last) < tolerance * segment.size;
  });
}

/** Share of the segments that stand on a base line with one of the others, within a share of the smaller one's size. */
export function alignedShare(
  segments: readonly Segment[],
  others: readonly Segment[],
  tolerance: number,
): number {
  const aligned = new Set([
    ...behindOthers(segments, others, tolerance, 1),
    ...behindOthers(segments, others, tolerance, -1),
  ]);
  return aligned.size / segments.length;
}
