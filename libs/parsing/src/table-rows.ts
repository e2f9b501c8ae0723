import type { Box } from '@docstream/contracts';
import type { RawRule } from '@docstream/core';
import { ASCENT, DESCENT } from './fragments.js';
import { groupByRow, toSegment, type Segment } from './rows.js';
import { ruledTables } from './tables-ruled.js';
import type { PlacedWord } from './table-words.js';

/** More words than this are not looked at: see table-words. */
const MAX_WORDS = 6000;
/** Cells with more hold running text, to be read cell by cell. */
const LONG_TEXT = 200;

/** What stands in one row of a table with lines around its cells is read together, whatever stands above and below. */
export function joinTableRows(segments: readonly Segment[], rules: readonly RawRule[] = []): Segment[] {
  const words = segments.flatMap((segment) => segment.words);
  if (rules.length === 0 || words.length > MAX_WORDS) return [...segments];
  const placed = words.map((word, order): PlacedWord => {
    const box: Box = [word.u0, word.v - ASCENT * word.size, word.u1, word.v + DESCENT * word.size];
    return { text: word.text, box, order, line: order, size: word.size };
  });
  const tables = ruledTables(rules, placed)
    .filter((table) => table.cells.filter((cell) => cell.text.length > LONG_TEXT).length < 2)
    .map((table) => table.box);
  const rest: Segment[] = [];
  const inside = new Map<Box, Segment[]>();
  for (const segment of segments) {
    const table = tables.find((box) => isWithin(segment, box));
    if (table === undefined) rest.push(segment);
    else {
      const held = inside.get(table);
      if (held === undefined) inside.set(table, [segment]);
      else held.push(segment);
    }
  }
  const rows = [...inside].flatMap(([[left, , right], held]) =>
    groupByRow(held).map((row): Segment => ({
      ...toSegment(row.flatMap((segment) => segment.words)),
      u0: left,
      u1: right,
      isRow: true,
    })),
  );
  return [...rest, ...rows];
}

function isWithin({ u0, u1, v, size }: Segment, [left, top, right, bottom]: Box): boolean {
  const middle = v - size / 3;
  return (u0 + u1) / 2 > left && (u0 + u1) / 2 < right && middle > top && middle < bottom;
}
