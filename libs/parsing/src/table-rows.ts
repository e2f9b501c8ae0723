import type { Box, Cell, Table } from '@docstream/contracts';
import type { RawRule } from '@docstream/core';
import { ASCENT, DESCENT } from './fragments.js';
import { groupByRow, toSegment, type Segment } from './rows.js';
import { ruledTables } from './tables-ruled.js';
import { isInside, wordRows, type PlacedWord } from './table-words.js';
import { tablesInRows } from './tables-aligned.js';
import type { FrameWord } from './words.js';

/** Pages with more words are not searched for tables: see table-words. */
const MAX_WORDS = 6000;
/** Two columns without lines may be an address beside facts. */
const LEAST_COLUMNS = 3;
const LONG_TEXT = 35;

type Lines = readonly (readonly Segment[])[];

function placed(word: FrameWord, order: number): PlacedWord {
  const box: Box = [word.u0, word.v - ASCENT * word.size, word.u1, word.v + DESCENT * word.size];
  return { text: word.text, box, order, line: order, size: word.size };
}

/**
 * What stands in one row of a table with lines around its cells is read together, whatever stands above and below: line
 * by line, or, where its cells share no base lines, cell by cell.
 */
export function joinRuledRows(segments: readonly Segment[], rules: readonly RawRule[] = []): Segment[] {
  const words = segments.flatMap((segment) => segment.words);
  const tables = rules.length === 0 || words.length > MAX_WORDS ? [] : ruledTables(rules, words.map(placed));
  return tables.length === 0 ? [...segments] : joinRuled(segments, tables);
}

/** The rows of tables without lines, each in one; null when there is none. */
export function joinAlignedRows(segments: readonly Segment[]): Segment[] | null {
  const free = segments.filter((segment) => segment.isRow !== true).flatMap((segment) => segment.words);
  if (free.length > MAX_WORDS) return null;
  const tables = tablesInRows(wordRows(free.map(placed))).filter(
    (table) => table.columns >= LEAST_COLUMNS && !hasTextBeside(table),
  );
  return tables.length === 0 ? null : joinAligned(segments, tables);
}

/** Lines of running text in one of the columns may be the column of the page beside the table. */
function hasTextBeside({ cells }: Table): boolean {
  const long = cells.filter((cell) => cell.text.length > LONG_TEXT);
  return [...Map.groupBy(long, (cell) => cell.column).values()].some((column) => column.length >= 3);
}

function joinRuled(segments: readonly Segment[], tables: readonly Table[]): Segment[] {
  const rest: Segment[] = [];
  const held = new Map<Cell, Segment[]>();
  for (const segment of segments) {
    const parts = Map.groupBy(segment.words, (word) => cellOf(word, tables));
    for (const [cell, own] of parts) {
      const part = parts.size === 1 ? segment : toSegment(own);
      const others = cell === undefined ? rest : held.get(cell);
      if (others !== undefined) others.push(part);
      else if (cell !== undefined) held.set(cell, [part]);
    }
  }
  return [...rest, ...tables.flatMap((table) => rowsOf(table, held))];
}

function joinAligned(segments: readonly Segment[], tables: readonly Table[]): Segment[] {
  const isIn = ({ u0, u1, v, size }: Segment, [left, top, right, bottom]: Box): boolean =>
    u0 >= left - 1 && u1 <= right + 1 && v - size / 3 > top && v - size / 3 < bottom;
  const parts = Map.groupBy(segments, (segment) =>
    segment.isRow === true ? undefined : tables.find(({ box }) => isIn(segment, box)),
  );
  return [...parts].flatMap(([table, own]) => {
    if (table === undefined) return own;
    const across = { u0: table.box[0], u1: table.box[2], isRow: true };
    return groupByRow(own).map((row): Segment => ({ ...joined(row), ...across }));
  });
}

function cellOf(word: FrameWord, tables: readonly Table[]): Cell | undefined {
  const at = placed(word, 0);
  return tables.find(({ box }) => isInside(at, box))?.cells.find(({ box }) => isInside(at, box));
}

function rowsOf({ box, cells }: Table, held: ReadonlyMap<Cell, readonly Segment[]>): Segment[] {
  const rows = Map.groupBy(cells, (cell) => cell.row);
  return [...rows.values()].flatMap((row) => {
    const texts = row.flatMap((cell) => held.get(cell) ?? []);
    if (texts.length === 0) return [];
    const perCell = row.flatMap((cell) => {
      const own = held.get(cell);
      return own === undefined ? [] : [own];
    });
    const across = { u0: box[0], u1: box[2], isRow: true };
    if (isReadAcross(perCell.map(groupByRow), groupByRow(texts))) {
      return groupByRow(texts).map((line): Segment => ({ ...joined(line), ...across }));
    }
    const all = joined(texts);
    const top = Math.min(...texts.map(({ v, size }) => v - size));
    const v = Math.max(...texts.map((text) => text.v));
    return [{ ...all, ...across, v, size: v - top, cells: perCell }];
  });
}

const joined = (segments: readonly Segment[]): Segment =>
  toSegment(segments.flatMap((segment) => segment.words));

/** At most one cell has several lines, and the others stand beside some of them. */
function isReadAcross(cells: readonly Lines[], lines: Lines): boolean {
  const most = Math.max(...cells.map((cell) => cell.length));
  return lines.length === most && cells.filter((cell) => cell.length > 1).length <= 1;
}
