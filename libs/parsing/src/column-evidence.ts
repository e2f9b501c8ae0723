import { isNumber } from './aligned-rows.js';
import { isFenced, type Ruling } from './ruling.js';
import { countBelow, largestOf, median, smallestOf } from './geometry.js';
import { findGutters, type Gutter } from './gutters.js';
import { groupByRow, type Segment } from './rows.js';
import { alignedShare } from './shared-base-lines.js';

const textOf = (segment: Segment): string => segment.words.map((word) => word.text).join(' ');
/** Characters that are a word by themselves say as much as two. */
const lengthOf = (segment: Segment): number => {
  const text = textOf(segment);
  return text.length + (text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0);
};
const extent = (segments: readonly Segment[]): number =>
  largestOf(segments, (segment) => segment.u1) - smallestOf(segments, (segment) => segment.u0);
const lettersOf = (segments: readonly Segment[]): number =>
  segments.reduce((count, segment) => count + lengthOf(segment), 0);

/** Lines that fill the column with words. */
function linesOf(segments: readonly Segment[]): readonly Segment[] {
  const width = extent(segments);
  return segments.filter((segment) => segment.u1 - segment.u0 > 0.6 * width);
}

function isProseColumn(segments: readonly Segment[]): boolean {
  const lines = linesOf(segments);
  return (
    lines.length >= 4 && lettersOf(lines) > 0.6 * lettersOf(segments) && median(lines.map(lengthOf)) >= 20
  );
}

/**
 * Lines that fill their column make up most of the text: running text, whatever formulas and labels stand among it. It
 * may be several columns itself.
 */
export function isProse(segments: readonly Segment[]): boolean {
  if (isProseColumn(segments)) return true;
  const gutters = findGutters(segments, groupByRow(segments).length);
  const columns = gutters.map(() => [] as Segment[]).concat([[]]);
  const centres = gutters.map(({ centre }) => centre);
  // One that begins at the very middle of a gutter stands behind it.
  for (const segment of segments) {
    const at = countBelow(centres, segment.u0);
    columns[centres[at] === segment.u0 ? at + 1 : at]?.push(segment);
  }
  const prose = columns.filter((column) => column.length > 0 && isProseColumn(column));
  return prose.length >= 2 && lettersOf(prose.flat()) > 0.7 * lettersOf(segments);
}

const isWordy = (segment: Segment): boolean => {
  const text = textOf(segment);
  return (text.match(/\p{L}/gu)?.length ?? 0) > 0.5 * text.replace(/\s/g, '').length;
};

const LABEL = /^\p{L}[^:\d]{1,40}[:.]?$/u;
const LABEL_AND_VALUE = /^\p{L}[^:]{1,40}[:：]\s*\S/u;

/** Rows that are a label with its value each: whole in themselves. Items with their amounts are no facts. */
function areFacts(segments: readonly Segment[]): boolean {
  const rows = groupByRow(segments);
  const labels: string[] = [];
  let amounts = 0;
  for (const row of rows) {
    const texts = row.map(textOf);
    const [first = '', ...others] = texts;
    if (others.length === 0 ? LABEL_AND_VALUE.test(first) : LABEL.test(first) || /[:：]$/.test(first)) {
      labels.push(first);
      const value = texts.at(-1) ?? '';
      if (isNumber(value) && /[.,]\d\d?\b/.test(value)) amounts += 1;
    }
  }
  return (
    labels.length >= 3 &&
    labels.length >= 0.6 * rows.length &&
    new Set(labels).size >= 0.8 * labels.length &&
    amounts <= 0.6 * labels.length
  );
}

/** Rows of items have more texts than an address beside a label and its value. */
const areRowsShort = (rows: readonly (readonly Segment[])[]): boolean =>
  rows.every((row) => row.length <= 4) && rows.filter((row) => row.length === 4).length <= 1;

/** Lines of words, one below the other, no labels: an address, a short text. */
function areTextLines(segments: readonly Segment[]): boolean {
  const rows = groupByRow(segments);
  const labels = segments.filter((segment) => /[:：]$/.test(textOf(segment))).length;
  return (
    rows.length >= 3 &&
    segments.length <= 1.25 * rows.length &&
    labels < 0.3 * segments.length &&
    segments.filter(isWordy).length >= 0.6 * segments.length
  );
}

/** Lines of a page rather than of a table. */
const LONG_COLUMN = 16;

/** Words in about as many lines as the running text beside them, too many to be the labels of its paragraphs. */
function standsBeside(left: readonly Segment[], right: readonly Segment[]): boolean {
  const [fewer = 0, more = 0] = [left, right].map((side) => groupByRow(side).length).sort((a, b) => a - b);
  // Formulas and figures may take most of a column of a long text.
  const hasLines = (side: readonly Segment[]): boolean =>
    linesOf(side).filter((line) => lengthOf(line) >= 20).length >= 4;
  if (fewer >= LONG_COLUMN && hasLines(left) && hasLines(right)) return true;
  return (
    fewer >= 0.6 * more &&
    areRowsShort(groupByRow([...left, ...right])) &&
    [left, right].every((side) => side.filter(isWordy).length >= 0.6 * side.length)
  );
}

/**
 * Two columns, or a table whose rows belong together? Columns are running text on both sides, or texts that do not keep
 * to common base lines, or boxes of their own, or two blocks of words far apart (an address beside the facts of an
 * invoice).
 */
export function areColumns(
  left: readonly Segment[],
  right: readonly Segment[],
  gutter: Gutter,
  gutterCount: number,
  ruling: Ruling,
): boolean {
  if (left.length < 2 || right.length < 2) return false;
  if (isProse(left) && isProse(right)) return true;
  const [fewer, more] = left.length < right.length ? [left, right] : [right, left];
  const rows = groupByRow(fewer).length;
  const shorter = Math.min(...[left, right].map((side) => median(side.map(lengthOf))));
  if (rows >= 4 && shorter >= 12 && alignedShare(fewer, more, 0.3) < 0.4) return true;
  // Lines that step closely meet others now and then: the more of them, the closer one has to look.
  if (
    rows >= 8 &&
    shorter >= 6 &&
    areRowsShort(groupByRow([...left, ...right])) &&
    alignedShare(fewer, more, 0.15) < 0.4 &&
    [left, right].every((side) => side.filter(isWordy).length >= 0.6 * side.length)
  )
    return true;
  if (!isTableAcross(left, right) && isFenced(left, right, ruling)) return true;
  if (rows >= 8 && (isProse(left) || isProse(right)) && standsBeside(left, right)) return true;
  const size = median([...left, ...right].map((segment) => segment.size));
  if (
    gutter.width >= 1.5 * size &&
    areRowsShort(groupByRow([...left, ...right])) &&
    ((areTextLines(left) && areFacts(right)) || (areFacts(left) && areTextLines(right)))
  )
    return true;
  const labels = left.filter((segment) => /[:：]$/.test(textOf(segment))).length;
  return (
    gutterCount <= 2 &&
    rows >= 3 &&
    areRowsShort(groupByRow([...left, ...right])) &&
    gutter.width >= 4 * size &&
    labels <= 0.34 * left.length &&
    right.filter(isWordy).length >= 0.6 * right.length &&
    extent(left) > 6 * size &&
    extent(right) > 6 * size
  );
}

/** Short texts on common base lines on both sides: a table across the columns of the page. */
export function isTableAcross(left: readonly Segment[], right: readonly Segment[]): boolean {
  const [fewer, more] = left.length < right.length ? [left, right] : [right, left];
  const isShort = (side: readonly Segment[]): boolean => median(side.map(lengthOf)) <= 20;
  return (
    groupByRow(fewer).length >= 3 && alignedShare(fewer, more, 0.3) >= 0.8 && isShort(left) && isShort(right)
  );
}
