import type { Box, Cell, Table } from '@docstream/contracts';
import {
  groupAligned,
  headAbove,
  isNumber,
  separators,
  splitAtHeads,
  toAlignedRow,
  toCells,
  type AlignedRow,
} from './aligned-rows.js';
import { median } from './geometry.js';
import { headedTables } from './tables-headed.js';
import {
  boxOf,
  cellText,
  filledShare,
  isInside,
  lineRows,
  toPoints,
  wordRows,
  type PlacedWord,
  type WordRow,
} from './table-words.js';

const MOST_COLUMNS = 40;

type Cells = readonly (readonly PlacedWord[])[];

const numbersIn = (row: AlignedRow): number => row.pieces.filter((piece) => isNumber(piece.text)).length;

const filled = (cells: Cells): number => cells.filter((cell) => cell.length > 0).length;

const firstFilled = (cells: Cells): number => cells.findIndex((cell) => cell.length > 0);
const lastFilled = (cells: Cells): number => cells.findLastIndex((cell) => cell.length > 0);

/** Lines of a head above the first numbers are one row; a line that fills few columns goes on in the row above. */
function toRows(group: readonly AlignedRow[], parts: readonly number[]): Cells[] {
  const rows: PlacedWord[][][] = [];
  const first = group.findIndex((row) => numbersIn(row) > 0);
  for (const [index, row] of group.entries()) {
    const above = group[index - 1];
    const open = rows.at(-1);
    const cells = toCells(row, parts);
    const isClose = above !== undefined && row.bottom - above.bottom < 1.7 * row.size;
    const isHead = index < first && index > 0 && isClose;
    // Close below a row, without a number, and in fewer columns than it: the rest of its longer cells.
    const isRest =
      isClose && open !== undefined && numbersIn(row) === 0 && filled(cells) <= 0.5 * filled(open);
    if (open !== undefined && (isHead || !row.isCandidate || isRest)) {
      for (const [column, words] of cells.entries()) open[column]?.push(...words);
    } else rows.push(cells);
  }
  return rows;
}

/** Sums below the last full row are no part of it. */
function withoutSums(rows: readonly Cells[], columns: number): readonly Cells[] {
  const last = rows.findLastIndex((row) => filled(row) > 0.5 * columns);
  return columns < 3 ? rows : rows.slice(0, last + 1);
}

function toTable(group: readonly AlignedRow[], all: readonly AlignedRow[]): Table | null {
  const parts = separators(group);
  const [first] = group;
  if (parts.length === 0 || parts.length >= MOST_COLUMNS || first === undefined) return null;
  const head = headAbove(all, first, parts);
  const whole = withoutSums(toRows([...head, ...group], parts), parts.length + 1);
  // What stood in an outer column may have gone with the sums.
  const [from, to] = [Math.min(...whole.map(firstFilled)), Math.max(...whole.map(lastFilled)) + 1];
  const rows = whole.map((row) => row.slice(from, to));
  const columns = to - from;
  if (rows.length < 2 || columns < 2) return null;
  const box = boxOf(rows.flat(2));
  const edges = [box[0], ...parts.slice(from, to - 1), box[2]];
  const cells = rows.flatMap((row, index) => {
    const [, top, , bottom] = boxOf(row.flat());
    return row.map((words, column): Cell => {
      const empty: Box = [edges[column] ?? 0, top, edges[column + 1] ?? 0, bottom];
      const cellBox = toPoints(words.length > 0 ? boxOf(words) : empty);
      return { text: cellText(words), box: cellBox, row: index, column };
    });
  });
  const table: Table = { box: toPoints(box), rows: rows.length, columns, cells, evidence: 'alignment' };
  return isConvincing(table) ? table : null;
}

function isConvincing(table: Table): boolean {
  const { rows, columns, cells } = table;
  const column = (number: number): string[] =>
    cells
      .filter((cell) => cell.column === number && cell.text !== '' && (cell.row > 0 || rows === 2))
      .map((cell) => cell.text);
  const all = Array.from({ length: columns }, (_, number) => column(number));
  const numberShare = (texts: readonly string[]): number =>
    texts.filter(isNumber).length / Math.max(texts.length, 1);
  const numeric = all.slice(1).filter((texts) => texts.length > 0 && numberShare(texts) >= 0.6);
  const wordy = all.filter((texts) => median(texts.map((text) => text.length)) > 40).length;
  const long = cells.filter((cell) => cell.text.length > 160).length;
  const labels = cells.filter((cell) => /[:：]$/.test(cell.text)).length;
  if (labels >= 2 && labels > 0.1 * cells.length) return false;
  if (filledShare(table) < 0.5 || wordy > 1 || long > 0.34 * rows) return false;
  if (columns === 2) {
    const amounts = all[1]?.filter((text) => isNumber(text) && /\d[.,]\d/.test(text)).length ?? 0;
    return rows >= 5 && amounts >= 0.8 * (all[1]?.length ?? 0) && numberShare(all[0] ?? []) < 0.3;
  }
  if (rows === 2) {
    const head = cells.filter((cell) => cell.row === 0 && cell.text !== '');
    const body = cells.filter((cell) => cell.row === 1 && isNumber(cell.text)).length;
    return (
      columns >= 4 && head.length >= columns - 1 && !head.some((cell) => /\d/.test(cell.text)) && body >= 2
    );
  }
  const amounts = numeric.flat().filter(isNumber).length;
  return rows >= 3 && numeric.length >= 1 && amounts >= 2 && (columns > 3 || filledShare(table) >= 0.7);
}

/** Tables without a head, or with one that is no row of words. */
function headlessTables(all: readonly AlignedRow[]): Table[] {
  return groupAligned(all)
    .flatMap(splitAtHeads)
    .flatMap((group) => toTable(group, all) ?? []);
}

const overlaps = ({ box: one }: Table, { box: other }: Table): boolean =>
  one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];

/** Cells with letters or digits, in columns that have some below the head, and how many columns these are. */
function contentOf(tables: readonly Table[]): { readonly cells: number; readonly columns: number } {
  const counts = tables.map(({ cells }) => {
    const full = cells.filter((cell) => /[\p{L}\p{N}]/u.test(cell.text));
    const columns = new Set(full.filter((cell) => cell.row > 0).map((cell) => cell.column));
    return { columns: columns.size, cells: full.filter((cell) => columns.has(cell.column)).length };
  });
  return {
    cells: counts.reduce((sum, count) => sum + count.cells, 0),
    columns: Math.max(0, ...counts.map((count) => count.columns)),
  };
}

/** Of two views of the same words the one that tells more apart. */
function isBetter(headed: Table, headless: readonly Table[]): boolean {
  const [one, other] = [contentOf([headed]), contentOf(headless)];
  if (one.columns !== other.columns) {
    const share = other.cells / Math.max(1, headless.flatMap((table) => table.cells).length);
    return one.columns > other.columns || (share <= 0.8 && one.cells >= other.cells);
  }
  return one.cells > other.cells;
}

export function tablesInRows(rows: readonly WordRow[]): Table[] {
  const all = rows.map(toAlignedRow);
  const headless = headlessTables(all);
  const headed = headedTables(all).filter((table) => {
    const others = headless.filter((other) => overlaps(table, other));
    return others.length === 0 || isBetter(table, others);
  });
  const rest = all.filter((row) => !row.words.every((word) => headed.some(({ box }) => isInside(word, box))));
  return headed.length === 0 ? headless : [...headed, ...headlessTables(rest)];
}

/** Tables whose cells are told apart by gaps: rows that share the edges of columns, with numbers in some of them. */
export function alignedTables(words: readonly PlacedWord[]): Table[] {
  const found = tablesInRows(lineRows(words));
  const left = words.filter((word) => !found.some((table) => isInside(word, table.box)));
  return [...found, ...tablesInRows(wordRows(left))];
}
