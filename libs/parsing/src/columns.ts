import { median } from './geometry.js';
import { groupByRow, type Segment } from './rows.js';

/** Deep enough for a page of columns within columns, and a bound for hostile ones. */
const MAX_DEPTH = 12;
const BIN = 2;

interface Gutter {
  readonly centre: number;
  readonly width: number;
}

const textOf = (segment: Segment): string => segment.words.map((word) => word.text).join(' ');
/** Characters that are a word by themselves say as much as two. */
const lengthOf = (segment: Segment): number => {
  const text = textOf(segment);
  return text.length + (text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0);
};
const extent = (segments: readonly Segment[]): number =>
  Math.max(...segments.map((segment) => segment.u1)) - Math.min(...segments.map((segment) => segment.u0));

/** Strips without (almost) any text from top to bottom; a few lines may cross: titles, footers. */
function findGutters(segments: readonly Segment[], rowCount: number): Gutter[] {
  const left = Math.min(...segments.map((segment) => segment.u0));
  const right = Math.max(...segments.map((segment) => segment.u1));
  const bins = Math.min(Math.ceil((right - left) / BIN), 5000);
  if (!Number.isFinite(bins) || bins < 10) return [];
  const covering = new Array<number>(bins).fill(0);
  for (const segment of segments) {
    const from = Math.max(Math.floor((segment.u0 - left) / BIN), 0);
    const to = Math.min(Math.ceil((segment.u1 - left) / BIN), bins);
    for (let bin = from; bin < to; bin += 1) covering[bin] = (covering[bin] ?? 0) + 1;
  }
  const allowed = Math.floor(rowCount * 0.12);
  const narrowest = Math.max(0.8 * median(segments.map((segment) => segment.size)), 5);
  const gutters: Gutter[] = [];
  let start = -1;
  for (let bin = 0; bin <= bins; bin += 1) {
    const isClear = bin < bins && (covering[bin] ?? 0) <= allowed;
    if (isClear && start < 0) start = bin;
    if (!isClear && start >= 0) {
      const width = (bin - start) * BIN;
      if (width >= narrowest) gutters.push({ centre: left + ((start + bin) / 2) * BIN, width });
      start = -1;
    }
  }
  return gutters;
}

/** Lines that fill their column make up most of the text: running text, whatever formulas and labels stand among it. */
function isProse(segments: readonly Segment[]): boolean {
  const width = extent(segments);
  const filled = segments.filter((segment) => segment.u1 - segment.u0 > 0.6 * width);
  const letters = (some: readonly Segment[]): number =>
    some.reduce((count, segment) => count + lengthOf(segment), 0);
  return (
    filled.length >= 4 && letters(filled) > 0.6 * letters(segments) && median(filled.map(lengthOf)) >= 20
  );
}

/**
 * Two columns, or a table whose rows belong together? Columns are running text on both sides, or texts that do not keep
 * to common base lines, or two blocks of words far apart (an address beside the facts of an invoice).
 */
function areColumns(
  left: readonly Segment[],
  right: readonly Segment[],
  gutter: Gutter,
  gutterCount: number,
): boolean {
  if (left.length < 2 || right.length < 2) return false;
  if (isProse(left) && isProse(right)) return true;
  const [fewer, more] = left.length < right.length ? [left, right] : [right, left];
  const aligned = fewer.filter((segment) =>
    more.some((other) => Math.abs(other.v - segment.v) < 0.3 * Math.min(segment.size, other.size)),
  );
  const rows = groupByRow(fewer).length;
  const length = (side: readonly Segment[]): number => median(side.map(lengthOf));
  if (rows >= 4 && aligned.length < 0.4 * fewer.length && Math.min(length(left), length(right)) >= 12)
    return true;
  const size = median([...left, ...right].map((segment) => segment.size));
  const leftTexts = left.map(textOf);
  const labels = leftTexts.filter((text) => /[:：]$/.test(text)).length;
  const wordy = right.filter((segment) => {
    const text = textOf(segment);
    return (text.match(/\p{L}/gu)?.length ?? 0) > 0.5 * text.replace(/\s/g, '').length;
  }).length;
  return (
    gutterCount <= 2 &&
    rows >= 3 &&
    gutter.width >= 4 * size &&
    labels < 0.3 * left.length &&
    wordy >= 0.6 * right.length &&
    extent(left) > 6 * size &&
    extent(right) > 6 * size
  );
}

/** Short texts on common base lines on both sides: a table across the columns of the page. */
function isTableAcross(left: readonly Segment[], right: readonly Segment[]): boolean {
  const [fewer, more] = left.length < right.length ? [left, right] : [right, left];
  const aligned = fewer.filter((segment) =>
    more.some((other) => Math.abs(other.v - segment.v) < 0.3 * Math.min(segment.size, other.size)),
  );
  const isShort = (side: readonly Segment[]): boolean => median(side.map(lengthOf)) <= 20;
  return (
    groupByRow(fewer).length >= 3 && aligned.length >= 0.8 * fewer.length && isShort(left) && isShort(right)
  );
}

/** The widest horizontal strip without text, as the base line after which it comes. */
function findSplit(segments: readonly Segment[]): readonly [Segment[], Segment[]] | null {
  const sorted = [...segments].sort((a, b) => a.v - b.v);
  let bottom = -Infinity;
  let widest = 0;
  let at = -1;
  for (const [index, segment] of sorted.entries()) {
    const gap = segment.v - segment.size - bottom;
    if (index > 0 && gap > widest && gap > 0.4 * segment.size) {
      widest = gap;
      at = index;
    }
    bottom = Math.max(bottom, segment.v);
  }
  return at < 0 ? null : [sorted.slice(0, at), sorted.slice(at)];
}

function cutAt(
  segments: readonly Segment[],
  gutter: Gutter,
  gutterCount: number,
  depth: number,
): Segment[][] | null {
  const crossing = segments.filter((segment) => segment.u0 < gutter.centre && segment.u1 > gutter.centre);
  const left = segments.filter((segment) => segment.u1 <= gutter.centre);
  const right = segments.filter((segment) => segment.u0 >= gutter.centre);
  if (!areColumns(left, right, gutter, gutterCount)) return null;
  if (crossing.length === 0) {
    return [...orderSegments(left, depth + 1), ...orderSegments(right, depth + 1)];
  }
  // Lines across the gutter part the page into bands; within a band the left column is read first.
  const flows: Segment[][] = [];
  const rest = [...segments].sort((a, b) => a.v - b.v);
  const bands = groupByRow(crossing).map((row) => row[0]?.v ?? 0);
  let from = -Infinity;
  for (const v of [...bands, Infinity]) {
    const tolerance = 1;
    const band = rest.filter(
      (segment) => !crossing.includes(segment) && segment.v > from + tolerance && segment.v < v - tolerance,
    );
    const inLeft = band.filter((segment) => segment.u1 <= gutter.centre);
    const inRight = band.filter((segment) => segment.u1 > gutter.centre);
    if (isTableAcross(inLeft, inRight)) flows.push(band);
    else {
      if (inLeft.length > 0) flows.push(...orderSegments(inLeft, depth + 1));
      if (inRight.length > 0) flows.push(...orderSegments(inRight, depth + 1));
    }
    const spanning = rest.filter((segment) => Math.abs(segment.v - v) <= tolerance);
    if (spanning.length > 0) flows.push(spanning);
    from = v;
  }
  return flows;
}

/** Reading order by recursive cuts (XY-cut, Nagy & Seth 1984): flows of segments, each to be read row by row. */
export function orderSegments(segments: readonly Segment[], depth = 0): Segment[][] {
  if (segments.length < 4 || depth >= MAX_DEPTH) return segments.length === 0 ? [] : [[...segments]];
  const rows = groupByRow(segments);
  const gutters = rows.length < 3 ? [] : findGutters(segments, rows.length);
  const byWidth = [...gutters].sort((a, b) => b.width - a.width).slice(0, 4);
  for (const gutter of byWidth) {
    const flows = cutAt(segments, gutter, gutters.length, depth);
    if (flows !== null) return flows;
  }
  const parts = findSplit(segments);
  if (parts === null) return [[...segments]];
  return [...orderSegments(parts[0], depth + 1), ...orderSegments(parts[1], depth + 1)];
}
