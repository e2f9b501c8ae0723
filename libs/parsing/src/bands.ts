import { countBelow, largestOf, median, smallestOf } from './geometry.js';
import { piecesOf, sidesOf, type Gutter, type Sides } from './gutters.js';
import type { Stroke } from './rules.js';
import { groupByRow, type Segment } from './rows.js';

const LEAST_ROWS = 5;
const MOST_ROWS = 400;
const MOST_BINS = 300;
const MOST_TRIES = 8;
const MOST_MARGIN_ROWS = 4;
const MARGIN_GAP = 1.5;
const FAR_GAP = 3;
/** Share of the width that a line drawn across has at least. */
const RULE_WIDTH = 0.9;
const RULE_TOUCH = 1;

type Bands = readonly Segment[][];

/** The widest horizontal strip without text, of at least so many font sizes, as the parts above and below it. */
export function findSplit(segments: readonly Segment[], narrowest: number): Bands | null {
  const sorted = [...segments].sort((a, b) => a.v - b.v);
  let bottom = -Infinity;
  let widest = 0;
  let at = -1;
  for (const [index, segment] of sorted.entries()) {
    const gap = segment.v - segment.size - bottom;
    if (index > 0 && gap > widest && gap > narrowest * segment.size) {
      widest = gap;
      at = index;
    }
    bottom = Math.max(bottom, segment.v);
  }
  return at < 0 ? null : [sorted.slice(0, at), sorted.slice(at)];
}

/**
 * A few lines at the top or bottom of a page, well apart from the rest, belong to none of its columns: single ones, those
 * below a title, or one that is far away.
 */
export function splitOffMargins(rows: readonly Segment[][]): Bands | null {
  const largest = largestOf(rows.flat(), ({ size }) => size);
  const isTitled = rows[0]?.length === 1 && rows[0][0]?.size === largest;
  const isSingle = (row: readonly Segment[]): boolean => row.length === 1;
  const isApart = (below: number, lines: readonly (readonly Segment[])[]): boolean => {
    const [above, under] = [rows[below - 1], rows[below]];
    if (above === undefined || under === undefined) return false;
    const bottom = largestOf(above, ({ v }) => v);
    const top = smallestOf(under, ({ v, size }) => v - size);
    const gap = (top - bottom) / smallestOf([...above, ...under], ({ size }) => size);
    const isNear = lines.every(isSingle) || (below <= MOST_MARGIN_ROWS && isTitled);
    return gap >= MARGIN_GAP && (isNear || (gap >= FAR_GAP && lines.length === 1));
  };
  const counts = Array.from({ length: MOST_MARGIN_ROWS }, (_, index) => index + 1);
  const top = counts.find((count) => isApart(count, rows.slice(0, count))) ?? 0;
  const low = counts.find((count) => isApart(rows.length - count, rows.slice(-count))) ?? 0;
  const last = rows.length - low;
  if (top + low === 0 || top >= last) return null;
  return [rows.slice(0, top), rows.slice(top, last), rows.slice(last)]
    .map((band) => band.flat())
    .filter((band) => band.length > 0);
}

/** Parted at the lines drawn across nearly the whole width, where none of the text lies on them. */
export function splitAtRules(segments: readonly Segment[], levels: readonly Stroke[]): Bands | null {
  const left = smallestOf(segments, ({ u0 }) => u0);
  const right = largestOf(segments, ({ u1 }) => u1);
  const bands: Segment[][] = [];
  let rest = [...segments];
  const ascending = (values: number[]): number[] => values.sort((a, b) => a - b);
  const feet = ascending(segments.map(({ v }) => v));
  const heads = ascending(segments.map(({ v, size }) => v - 0.7 * size));
  for (const { at, from, to } of [...levels].sort((a, b) => a.at - b.at)) {
    if (Math.min(to, right) - Math.max(from, left) < RULE_WIDTH * (right - left)) continue;
    // Counted first: a page may have hundreds of lines, and most of them part nothing.
    const countAbove = countBelow(feet, at + RULE_TOUCH);
    const countUnder = segments.length - countBelow(heads, at - RULE_TOUCH);
    const isAnyAbove = countAbove > segments.length - rest.length;
    if (!isAnyAbove || countUnder === 0 || countAbove + countUnder < segments.length) continue;
    const above = rest.filter(({ v }) => v < at + RULE_TOUCH);
    const below = rest.filter(({ v, size }) => v - 0.7 * size > at - RULE_TOUCH);
    if (above.length === 0 || below.length === 0 || above.length + below.length !== rest.length) continue;
    bands.push(above);
    rest = below;
  }
  return bands.length === 0 ? null : [...bands, rest];
}

interface Run {
  readonly from: number;
  readonly to: number;
}

/** For each bin of the width the longest run of rows without text in it that have text on both sides of it. */
function longestRuns(rows: readonly Segment[][], left: number, bin: number, bins: number): Run[] {
  const runs: Run[] = Array.from({ length: bins }, () => ({ from: 0, to: 0 }));
  const starts = new Array<number>(bins).fill(0);
  for (let index = 0; index <= rows.length; index += 1) {
    const blocked = rows[index]?.flatMap(piecesOf) ?? [{ u0: left, u1: left + bins * bin }];
    for (const { u0, u1 } of blocked) {
      const end = Math.min(Math.ceil((u1 - left) / bin), bins);
      for (let at = Math.max(Math.floor((u0 - left) / bin), 0); at < end; at += 1) {
        const start = starts[at] ?? 0;
        const run = runs[at];
        if (run !== undefined && index - start > run.to - run.from) runs[at] = { from: start, to: index };
        starts[at] = index + 1;
      }
    }
  }
  return runs;
}

/** Rows one below the other that are parted by a strip, though those above or below them are not. */
export function findBand(
  rows: readonly Segment[][],
  areColumns: (sides: Sides, gutter: Gutter) => boolean,
): Bands | null {
  if (rows.length <= LEAST_ROWS || rows.length > MOST_ROWS) return null;
  const all = rows.flat();
  const left = smallestOf(all, ({ u0 }) => u0);
  const width = largestOf(all, ({ u1 }) => u1) - left;
  const bin = Math.max(2, width / MOST_BINS);
  const bins = Math.ceil(width / bin);
  if (!Number.isFinite(bins) || bins < 10) return null;
  const runs = longestRuns(rows, left, bin, bins);
  const narrowest = 0.8 * median(all.map(({ size }) => size));
  const found: { run: Run; gutter: Gutter }[] = [];
  for (let at = 0; at < bins;) {
    const run = runs[at] ?? { from: 0, to: 0 };
    let end = at + 1;
    while (end < bins && runs[end]?.from === run.from && runs[end]?.to === run.to) end += 1;
    const length = run.to - run.from;
    if (length >= LEAST_ROWS && length < rows.length && (end - at) * bin >= narrowest)
      found.push({ run, gutter: { centre: left + ((at + end) / 2) * bin, width: (end - at) * bin } });
    at = end;
  }
  found.sort((a, b) => b.run.to - b.run.from - (a.run.to - a.run.from));
  for (const { run, gutter } of found.slice(0, MOST_TRIES)) {
    const sides = sidesOf(rows.slice(run.from, run.to).flat(), gutter);
    const isBeside = [sides.left, sides.right].every((side) => groupByRow(side).length >= 3);
    if (!isBeside || sides.crossing.length > 0 || !areColumns(sides, gutter)) continue;
    return [rows.slice(0, run.from), rows.slice(run.from, run.to), rows.slice(run.to)]
      .map((band) => band.flat())
      .filter((band) => band.length > 0);
  }
  return null;
}
