import { largestOf, median, smallestOf } from './geometry.js';
import { toSegment, type Segment } from './rows.js';

/** A strip from top to bottom (almost) without text. */
export interface Gutter {
  readonly centre: number;
  readonly width: number;
}

const BIN = 2;
const MOST_BINS = 5000;
/** Share of the rows that may cross: titles, footers. */
const CROSSING = 0.12;
/** From so many rows on, gaps between words that lie one below the other are no accident. */
const TELLING_ROWS = 8;
/** Wider than the blanks of most text, narrower than what ends a segment. */
const WORD_STRIP = 0.5;

interface Extent {
  readonly u0: number;
  readonly u1: number;
}

/** A segment cut at each gap that may belong to a strip. */
export function piecesOf(segment: Segment): Extent[] {
  if (segment.isRow === true) return [segment];
  const pieces: { u0: number; u1: number }[] = [];
  for (const { u0, u1 } of segment.words) {
    const last = pieces.at(-1);
    if (last !== undefined && u0 - last.u1 < WORD_STRIP * segment.size) last.u1 = Math.max(last.u1, u1);
    else pieces.push({ u0, u1 });
  }
  return pieces;
}

/** The longest part of a strip that the fewest rows cross. */
function clearest(covering: readonly number[], start: number, end: number): readonly [number, number] {
  const least = Math.min(...covering.slice(start, end));
  let best: readonly [number, number] = [start, start];
  let open = start;
  for (let bin = start; bin <= end; bin += 1) {
    if (bin < end && covering[bin] === least) continue;
    if (bin - open > best[1] - best[0]) best = [open, bin];
    open = bin + 1;
  }
  return best;
}

/** How many pieces lie over each bin: counted where they begin and end, then summed up. */
function coverageOf(pieces: readonly Extent[], left: number, bins: number): number[] {
  const changes = new Array<number>(bins + 1).fill(0);
  for (const { u0, u1 } of pieces) {
    const from = Math.max(Math.floor((u0 - left) / BIN), 0);
    const to = Math.min(Math.ceil((u1 - left) / BIN), bins);
    if (from >= to) continue;
    changes[from] = (changes[from] ?? 0) + 1;
    changes[to] = (changes[to] ?? 0) - 1;
  }
  let covering = 0;
  return changes.slice(0, bins).map((change) => (covering += change));
}

/** Strips of a region, from left to right; `rowCount` is how many rows it has. */
export function findGutters(segments: readonly Segment[], rowCount: number): Gutter[] {
  const left = smallestOf(segments, (segment) => segment.u0);
  const right = largestOf(segments, (segment) => segment.u1);
  const bins = Math.min(Math.ceil((right - left) / BIN), MOST_BINS);
  if (!Number.isFinite(bins) || bins < 10) return [];
  const covering = coverageOf(rowCount < TELLING_ROWS ? segments : segments.flatMap(piecesOf), left, bins);
  const allowed = Math.floor(rowCount * CROSSING);
  const size = median(segments.map((segment) => segment.size));
  const narrowest = Math.max((rowCount < TELLING_ROWS ? 0.8 : WORD_STRIP) * size, 4);
  const gutters: Gutter[] = [];
  let start = -1;
  for (let bin = 0; bin <= bins; bin += 1) {
    const isClear = bin < bins && (covering[bin] ?? 0) <= allowed;
    if (isClear && start < 0) start = bin;
    if (!isClear && start >= 0) {
      const width = (bin - start) * BIN;
      const [from, to] = clearest(covering, start, bin);
      if (width >= narrowest) gutters.push({ centre: left + ((from + to) / 2) * BIN, width });
      start = -1;
    }
  }
  return gutters;
}

/** Segments on both sides of a gutter, and those across. */
export interface Sides {
  readonly left: readonly Segment[];
  readonly right: readonly Segment[];
  readonly crossing: readonly Segment[];
}

export function sidesOf(segments: readonly Segment[], gutter: Gutter): Sides {
  const parted = partAt(segments, gutter);
  return {
    left: parted.filter((segment) => segment.u1 <= gutter.centre),
    right: parted.filter((segment) => segment.u0 >= gutter.centre),
    crossing: parted.filter((segment) => segment.u0 < gutter.centre && segment.u1 > gutter.centre),
  };
}

/** Segments with a gap at the gutter come in two. */
function partAt(segments: readonly Segment[], gutter: Gutter): Segment[] {
  return segments.flatMap((segment) => {
    if (segment.isRow === true || segment.u0 >= gutter.centre || segment.u1 <= gutter.centre)
      return [segment];
    const left = segment.words.filter((word) => word.u1 <= gutter.centre);
    const right = segment.words.filter((word) => word.u0 >= gutter.centre);
    const gap = smallestOf(right, ({ u0 }) => u0) - largestOf(left, ({ u1 }) => u1);
    const isParted = left.length > 0 && right.length > 0 && gap >= WORD_STRIP * segment.size;
    return isParted && left.length + right.length === segment.words.length
      ? [toSegment(left), toSegment(right)]
      : [segment];
  });
}
