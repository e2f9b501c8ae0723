import type { Box, Cell, Table } from '@docstream/contracts';
import { isNumber, type AlignedRow } from './aligned-rows.js';
import { median } from './geometry.js';
import { cellsUnder, partAligned, partBy, toColumns, withUnheaded, type HeadColumn } from './head-columns.js';
import { filled, ItemReader, LONG_TEXT, LONGEST_STEP, numbersIn, textOf, type Cells } from './item-rows.js';
import { headAround, isHeadLine } from './table-heads.js';
import { boxOf, cellText, toPoints } from './table-words.js';

/** Rows that may stand between a head and the first item. */
const ROWS_BETWEEN = 6;
const MOST_COLUMNS = 20;

function toTable(columns: readonly HeadColumn[], items: readonly Cells[]): Table | null {
  if (columns.length < 3 || (columns.length === 3 && items.length < 2)) return null;
  const [only] = items;
  if (items.length === 1 && only !== undefined && filled(only).length <= 0.6 * columns.length) return null;
  const wordy = columns.filter(
    (_, column) => median(items.map((item) => textOf(item[column] ?? []).length)) > LONG_TEXT,
  );
  if (wordy.length > 1) return null;
  const rows: readonly Cells[] = [columns.map((column) => column.words), ...items];
  const cells = rows.flatMap((row, index) => {
    const [, top, , bottom] = boxOf(row.flat());
    return row.map((words, column): Cell => {
      const { left, right } = columns[column] ?? { left: 0, right: 0 };
      const box: Box = words.length > 0 ? boxOf(words) : [left, top, right, bottom];
      return { text: cellText(words), box: toPoints(box), row: index, column };
    });
  });
  const box = toPoints(boxOf(rows.flat(2)));
  return { box, rows: rows.length, columns: columns.length, cells, evidence: 'alignment' };
}

function tableFrom(rows: readonly AlignedRow[], index: number): { table: Table; next: number } | null {
  const found = headAround(rows, index);
  if (found === null) return null;
  const { head, next } = found;
  const size = head[0]?.size ?? 0;
  const bottom = Math.max(...head.map((row) => row.bottom));
  for (let at = next; at < Math.min(next + ROWS_BETWEEN, rows.length); at += 1) {
    const row = rows[at];
    if (row === undefined || row.bottom <= bottom || row.bottom - bottom > 1.5 * LONGEST_STEP * size) break;
    if (row.pieces.length >= 3 && isHeadLine(row)) break;
    if (row.pieces.filter((piece) => isNumber(piece.text)).length < 2) continue;
    const columns = withUnheaded(partBy(toColumns(head), row), row);
    const first = cellsUnder(row, columns);
    if (columns.length > MOST_COLUMNS || numbersIn(first).length < 2) break;
    if (filled(first).length < Math.max(3, 0.5 * columns.length)) break;
    const read = readItems(rows, { head, next, first: at }, columns);
    const parted = partAligned(columns, read.items);
    const { items, end } =
      parted.length === columns.length ? read : readItems(rows, { head, next, first: at }, parted);
    const table = toTable(parted, items);
    return table === null ? null : { table, next: end };
  }
  return null;
}

interface Place {
  readonly head: readonly AlignedRow[];
  /** The row below the head, and the first that is an item for sure. */
  readonly next: number;
  readonly first: number;
}

function readItems(
  rows: readonly AlignedRow[],
  { head, next, first }: Place,
  columns: readonly HeadColumn[],
): { items: readonly Cells[]; end: number } {
  const [row, last] = [rows[first], head.at(-1)];
  if (row === undefined || last === undefined) return { items: [], end: next };
  const reader = new ItemReader(columns, cellsUnder(row, columns), last);
  let end = next;
  for (let each = rows[end]; each !== undefined; each = rows[end]) {
    // Between the head and the first item there may be a line of text.
    if (!reader.read(each) && !(end < first && reader.items.length === 0)) break;
    end += 1;
  }
  return { items: reader.items, end };
}

/** Tables below a head: a row of words, and below them rows of texts and numbers that keep to its columns. */
export function headedTables(rows: readonly AlignedRow[]): Table[] {
  const tables: Table[] = [];
  for (let index = 0; index < rows.length;) {
    const found = tableFrom(rows, index);
    if (found !== null) tables.push(found.table);
    index = found?.next ?? index + 1;
  }
  return tables;
}
