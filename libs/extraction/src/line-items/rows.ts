import type { Box } from '@docstream/contracts';
import { heightOf, unionOf, type Cell } from '../layout.js';
import type { Column } from './heads.js';
import { textOfLine, type VisualLine } from './visual-lines.js';

/** What stands in one column of a line. */
export interface RowCell {
  readonly column: Column;
  readonly text: string;
  readonly box: Box;
}

export interface Row {
  readonly page: number;
  readonly box: Box;
  readonly cells: readonly RowCell[];
}

const ALIGNED = 2;
const VALUE_WORD =
  /^[-+−(]?(?:[€$£]|[A-Z]{3})?[-−]?\d[\d.,'’]*(?:[€$£%)]|[-−])*$|^[€$£%]$|^[\p{L}²³.()]{1,4}$|^(?:EUR|USD|CHF|GBP)$/u;
const NUMBER_WORD = /\d/u;

/** Divides the words of a line among the columns: by the column's place, but a text is not cut where it reaches further. */
export function rowOf(line: VisualLine, columns: readonly Column[]): Row {
  const barred = columns.some(({ bar }) => bar !== undefined) ? barredCells(line, columns) : undefined;
  if (barred !== undefined) return { page: line.page, box: line.box, cells: barred };
  const runs = line.cells.flatMap((cell) => runsOf(cell, columns));
  const cells = columns.flatMap((column): RowCell[] => {
    const own = runs.filter((run) => run.column === column);
    if (own.length === 0) return [];
    return [
      {
        column,
        text: own.map(({ words }) => words.map(({ text }) => text).join(' ')).join(' '),
        box: unionOf(own.flatMap(({ words }) => words.map(({ box }) => box))),
      },
    ];
  });
  return { page: line.page, box: line.box, cells };
}

/** Columns that bars part: where the words stand says nothing in type of uneven width. */
function barredCells(line: VisualLine, columns: readonly Column[]): readonly RowCell[] | undefined {
  const parts = textOfLine(line).split('|');
  if (parts.length < 2) return undefined;
  return columns.flatMap((column): RowCell[] => {
    const text = column.bar === undefined ? '' : (parts[column.bar]?.trim() ?? '');
    return text === '' ? [] : [{ column, text, box: line.box }];
  });
}

interface Run {
  readonly column: Column;
  readonly words: Cell['words'][number][];
}

function runsOf(cell: Cell, columns: readonly Column[]): readonly Run[] {
  const runs: Run[] = [];
  for (const [index, word] of cell.words.entries()) {
    const column = columnAt(word, columns);
    if (column === undefined) continue;
    const current = runs.at(-1);
    if (current === undefined || (column !== current.column && isParted(cell, index, column, current)))
      runs.push({ column, words: [word] });
    else current.words.push(word);
  }
  return runs;
}

/** A word over another column begins a new value when it stands at that column's edge, or numbers are all that follows. */
function isParted(cell: Cell, index: number, column: Column, current: Run): boolean {
  const word = cell.words[index];
  if (word === undefined) return false;
  if (Math.abs(word.box[0] - column.left) <= ALIGNED) return true;
  const isAfterNumber = current.words.every(({ text }) => VALUE_WORD.test(text) && NUMBER_WORD.test(text));
  if (isAfterNumber && current.column.meaning !== 'description') return true;
  const rest = cell.words.slice(index);
  return NUMBER_WORD.test(word.text) && rest.every(({ text }) => VALUE_WORD.test(text));
}

const VALUE_COLUMN = /^(?:quantity|price|amount|gross|tax|tax-amount|discount)$/u;
const WORDS_BEFORE_VALUES = 40;

/** The column that a word stands in, the widest overlap first, else the nearest one; words stand less likely under numbers. */
function columnAt({ text, box }: Cell['words'][number], columns: readonly Column[]): Column | undefined {
  const isWord = /\p{L}{3}/u.test(text) && !NUMBER_WORD.test(text);
  let best: Column | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const column of columns) {
    const gap = Math.max(box[0], column.left) - Math.min(box[2], column.right);
    const distance = gap > 0 && isWord && VALUE_COLUMN.test(column.meaning) ? gap + WORDS_BEFORE_VALUES : gap;
    if (distance < bestDistance) {
      best = column;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * Groups rows so that each group has one anchor (the row with the amount). Between two anchors the cut is where the gap is
 * widest, and never after a row that repeats a value which the group has already.
 */
export function groupRows(
  rows: readonly Row[],
  isAnchor: (row: Row) => boolean,
): readonly (readonly Row[])[] {
  const anchors = rows.flatMap((row, index) => (isAnchor(row) ? [index] : []));
  const first = anchors[0];
  if (first === undefined) return [];
  const isTextFirst = first > 0 && gapAfter(rows, first - 1) < heightOf(rows[first]?.box ?? [0, 0, 0, 0]);
  const starts = [rows.slice(0, first).findLastIndex(isRule) + 1];
  for (const [index, anchor] of anchors.entries()) {
    const next = anchors[index + 1];
    if (next === undefined) break;
    const known = new Set(rows.slice(starts.at(-1), anchor + 1).flatMap((row) => valuesOf(row)));
    starts.push(cutBetween(rows, anchor, next, { known, isTextFirst }));
  }
  return starts.map((start, index) => rows.slice(start, starts[index + 1] ?? rows.length));
}

const gapAfter = (rows: readonly Row[], index: number): number =>
  (rows[index + 1]?.box[1] ?? 0) - (rows[index]?.box[3] ?? 0);

const SAME_GAP = 1.5;
const CLEARLY_WIDER = 1.4;

interface Group {
  /** Columns that have a value in the group already. */
  readonly known: Set<Column>;
  /** Descriptions begin above their amounts. */
  readonly isTextFirst: boolean;
}

function cutBetween(rows: readonly Row[], anchor: number, next: number, group: Group): number {
  const rule = rows.slice(anchor + 1, next).findLastIndex(isRule);
  if (rule >= 0) return anchor + rule + 2;
  const [widest, second] = [...Array(next - anchor).keys()]
    .map((offset) => anchor + 1 + offset)
    .sort((one, other) => gapAfter(rows, other - 1) - gapAfter(rows, one - 1));
  if (widest === undefined) return next;
  const rest = second === undefined ? 0 : gapAfter(rows, second - 1);
  if (gapAfter(rows, widest - 1) > Math.max(rest * CLEARLY_WIDER, rest + 2 * SAME_GAP)) return widest;
  const latest = firstRepeated(rows, anchor, next, group.known);
  let cut = group.isTextFirst ? anchor + 1 : latest;
  let gap = gapAfter(rows, cut - 1) + SAME_GAP;
  for (let index = anchor + 1; index <= latest; index += 1) {
    if (gapAfter(rows, index - 1) > gap) {
      gap = gapAfter(rows, index - 1);
      cut = index;
    }
  }
  return cut;
}

/** A line drawn with characters. */
function isRule({ cells }: Row): boolean {
  return cells.every(({ text }) => /^[\s\-=_*.–—]{4,}$/u.test(text));
}

/** The first row after the anchor that has a value which the group has already: the next item's. */
function firstRepeated(rows: readonly Row[], anchor: number, next: number, known: Set<Column>): number {
  for (let index = anchor + 1; index < next; index += 1) {
    const own = valuesOf(rows[index]);
    if (own.some((column) => known.has(column))) return index;
    for (const column of own) known.add(column);
  }
  return next;
}

/** Columns whose value an item has once. */
function valuesOf(row?: Row): readonly Column[] {
  return (row?.cells ?? []).flatMap(({ column, text }) =>
    NUMBER_WORD.test(text) && (VALUE_COLUMN.test(column.meaning) || column.meaning === 'position')
      ? [column]
      : [],
  );
}
