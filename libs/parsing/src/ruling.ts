import type { RawRule } from '@docstream/core';
import { largestOf, smallestOf } from './geometry.js';
import { toStrokes, TOUCH, type Stroke } from './rules.js';
import type { Segment } from './rows.js';

/** Lines of a page that part its text. */
export interface Ruling {
  /** Edges of boxes that stand beside each other: upright lines that no level line crosses. */
  readonly fences: readonly Stroke[];
  readonly levels: readonly Stroke[];
}

/** Level lines that go so far past an upright one cross it. */
const PAST = 8;
/** Nearer than this, two upright lines are the sides of two cells of a table. */
const CELL_GAP = 8;
const LEAST_COVERED = 0.6;

export function toRuling(rules: readonly RawRule[] = []): Ruling {
  const { level, upright } = toStrokes(rules);
  const fences = upright.filter(
    (fence) =>
      !level.some(
        ({ at, from, to }) =>
          at >= fence.from - TOUCH &&
          at <= fence.to + TOUCH &&
          from < fence.at - PAST &&
          to > fence.at + PAST,
      ) &&
      !upright.some(
        (other) =>
          other !== fence &&
          Math.abs(other.at - fence.at) < CELL_GAP &&
          Math.abs(other.from - fence.from) < PAST &&
          Math.abs(other.to - fence.to) < PAST,
      ),
  );
  return { fences, levels: level };
}

/** True when an edge of a box stands between both sides, over most of their common height. */
export function isFenced(left: readonly Segment[], right: readonly Segment[], { fences }: Ruling): boolean {
  const from = largestOf(left, ({ u1 }) => u1);
  const to = smallestOf(right, ({ u0 }) => u0);
  const top = largestOf([left, right], (side) => smallestOf(side, ({ v, size }) => v - size));
  const bottom = smallestOf([left, right], (side) => largestOf(side, ({ v }) => v));
  if (bottom <= top) return false;
  return fences.some(
    (fence) =>
      fence.at > from - TOUCH &&
      fence.at < to + TOUCH &&
      Math.min(fence.to, bottom) - Math.max(fence.from, top) >= LEAST_COVERED * (bottom - top),
  );
}
