import type { Box, Table } from '@docstream/contracts';
import { boxWithin, heightOf, horizontalOverlap, unionOf, type Cell } from '../layout.js';
import { labelParts, labelShare, type ColumnMeaning } from './column-labels.js';
import { textOfLine, type VisualLine } from './visual-lines.js';

/** A column of a table of items: what it holds and where its head stands. */
export interface Column {
  readonly meaning: ColumnMeaning;
  readonly left: number;
  readonly right: number;
  /** Where bars part the columns ("Qty | Price | Total"): how many bars stand before it. */
  readonly bar?: number;
}

/** The head of a table of items; its rows begin with line number `end` of the page. */
export interface Head {
  readonly start: number;
  readonly end: number;
  /** Left to right. */
  readonly columns: readonly Column[];
}

interface Part {
  readonly box: Box;
  readonly text: string;
  readonly meaning: ColumnMeaning;
  readonly isMain: boolean;
}

/** Lines above and under the main line of a head that may belong to it. */
const STACKED = 3;
const STACKED_GAP = 0.7;
const LONGEST_STACKED = 18;
const LEAST_KNOWN = 0.5;
const MOST_WORDS = 40;
const LEAST_BARS = 3;

/** Heads of tables of items on a page: several columns that people call by names of such columns. */
export function findHeads(lines: readonly VisualLine[], tables: readonly Table[]): readonly Head[] {
  const heads: Head[] = [];
  for (const [index, line] of lines.entries()) {
    if (index < (heads.at(-1)?.end ?? 0) || !isHeadLine(line)) continue;
    heads.push(headAround(index, lines, tables));
  }
  return heads;
}

function isHeadLine(line: VisualLine): boolean {
  const text = textOfLine(line);
  const texts = isBarred(text) ? text.split('|') : line.cells.map((cell) => cell.text);
  if (texts.length < 2 || /\d[.,]\d{2}(?!\d)/u.test(text) || text.split(' ').length > MOST_WORDS)
    return false;
  const known = texts.filter((cell) => labelShare(cell) > 0);
  const meanings = new Set(known.flatMap((cell) => labelParts(cell).map(({ meaning }) => meaning)));
  return known.length >= 2 && labelShare(text) >= LEAST_KNOWN && isTableOfItems(meanings);
}

const isBarred = (text: string): boolean => text.split('|').length > LEAST_BARS;

const has = (meanings: ReadonlySet<ColumnMeaning>, ...some: readonly ColumnMeaning[]): boolean =>
  some.some((meaning) => meanings.has(meaning));

/** What is sold, with how many or how much: any two of them. */
export function isTableOfItems(meanings: ReadonlySet<ColumnMeaning>): boolean {
  const isNamed = has(meanings, 'description', 'item');
  const isPriced = has(meanings, 'price', 'amount', 'gross');
  return (
    (isNamed && (isPriced || has(meanings, 'quantity'))) ||
    (has(meanings, 'quantity') && has(meanings, 'price') && has(meanings, 'amount', 'gross'))
  );
}

function headAround(index: number, lines: readonly VisualLine[], tables: readonly Table[]): Head {
  const start = index - stackedLines(index, lines, -1);
  const end = index + stackedLines(index, lines, 1) + 1;
  const parts = lines
    .slice(start, end)
    .flatMap((line, at) => line.cells.flatMap((cell) => partsOf(cell, start + at === index)));
  const ruled = rulingOf(lines[index]?.box, tables);
  const barred = barredColumns(lines[index]);
  if (barred !== undefined) return { start, end, columns: barred };
  const columns = columnsOf(parts);
  return { start, end, columns: columns.map((column) => widened(column, columns, ruled)) };
}

function barredColumns(line: VisualLine | undefined): readonly Column[] | undefined {
  const text = line === undefined ? '' : textOfLine(line);
  if (line === undefined || !isBarred(text)) return undefined;
  return text.split('|').map((text, bar) => ({
    meaning: labelParts(text)[0]?.meaning ?? 'other',
    left: line.box[0],
    right: line.box[2],
    bar,
  }));
}

/** How many lines in this direction stand so close, and are so short of words and numbers, that they belong to the head. */
function stackedLines(index: number, lines: readonly VisualLine[], step: 1 | -1): number {
  let count = 0;
  let edge = lines[index]?.box;
  while (count < STACKED && edge !== undefined) {
    const next = lines[index + step * (count + 1)];
    if (next === undefined || !isStacked(next)) break;
    const gap = step > 0 ? next.box[1] - edge[3] : edge[1] - next.box[3];
    if (gap > STACKED_GAP * heightOf(next.box)) break;
    edge = unionOf([edge, next.box]);
    count += 1;
  }
  return count;
}

function isStacked(line: VisualLine): boolean {
  return line.cells.every(
    ({ text }) => !/\d/u.test(text) && (text.length <= LONGEST_STACKED || labelShare(text) >= LEAST_KNOWN),
  );
}

function partsOf(cell: Cell, isMain: boolean): readonly Part[] {
  return labelParts(cell.text).map(({ start, end, meaning }) => ({
    box: boxWithin(cell, start, end),
    text: cell.text.slice(start, end),
    meaning,
    isMain,
  }));
}

/** Parts above each other are one head: "Line" over "total", "Positions-" over "betrag". */
function columnsOf(parts: readonly Part[]): readonly Column[] {
  const columns: Part[][] = [];
  const mainFirst = [...parts].sort((one, other) => Number(other.isMain) - Number(one.isMain));
  for (const part of mainFirst) {
    const above = part.isMain ? undefined : columns.find((column) => isAbove(part, column));
    if (above === undefined) columns.push([part]);
    else above.push(part);
  }
  return columns
    .map((column): Column => {
      const box = unionOf(column.map((part) => part.box));
      return { meaning: meaningOf(column), left: box[0], right: box[2] };
    })
    .sort((one, other) => one.left - other.left);
}

function isAbove(part: Part, column: readonly Part[]): boolean {
  return column.some(
    ({ box }) =>
      horizontalOverlap(box, part.box) > 0.3 * Math.min(box[2] - box[0], part.box[2] - part.box[0]),
  );
}

function meaningOf(column: readonly Part[]): ColumnMeaning {
  const stacked = [...column].sort((one, other) => one.box[1] - other.box[1]);
  const text = stacked.reduce(
    (read, part) => (/\p{L}-$/u.test(read) ? read.slice(0, -1) : `${read} `) + part.text,
    '',
  );
  const joined = labelParts(text)[0]?.meaning;
  if (joined !== undefined && joined !== 'other') return joined;
  return column.find(({ meaning }) => meaning !== 'other')?.meaning ?? 'other';
}

/** The ruled table around a head says how far its columns reach. */
function rulingOf(head: Box | undefined, tables: readonly Table[]): readonly Box[] {
  if (head === undefined) return [];
  const middle = (head[1] + head[3]) / 2;
  return tables
    .filter(({ evidence, box }) => evidence === 'ruling' && box[1] <= middle && middle <= box[3])
    .flatMap(({ cells }) => [...cells].sort((one, other) => one.row - other.row).map(({ box }) => box));
}

/** To the ruled cell that it has for itself. */
function widened(column: Column, columns: readonly Column[], ruled: readonly Box[]): Column {
  const stands = ({ left, right }: Column, box: Box): boolean =>
    box[0] <= (left + right) / 2 && (left + right) / 2 <= box[2];
  const cell = ruled.find(
    (box) => stands(column, box) && !columns.some((other) => other !== column && stands(other, box)),
  );
  return cell === undefined
    ? column
    : { ...column, left: Math.min(cell[0], column.left), right: Math.max(cell[2], column.right) };
}
