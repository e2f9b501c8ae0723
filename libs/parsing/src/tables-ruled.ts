import type { Box, Cell, Table } from '@docstream/contracts';
import type { RawRule } from '@docstream/core';
import { partHead, spansOf, type Grid, type Span } from './ruled-cells.js';
import { TOUCH, toStrokes, type Stroke } from './rules.js';
import { cellText, filledShare, inOrder, isInside, toPoints, type PlacedWord } from './table-words.js';

const MAX_CELLS = 4000;
/** Below these a grid is a frame, a form or the paper of a diagram. */
const LEAST_FILLED = 0.35;
const MOST_SPANNING = 0.4;

const meet = (level: Stroke, upright: Stroke): boolean =>
  upright.at >= level.from - TOUCH &&
  upright.at <= level.to + TOUCH &&
  level.at >= upright.from - TOUCH &&
  level.at <= upright.to + TOUCH;

/** Lines that meet, directly or over others. */
function toGrids(level: readonly Stroke[], upright: readonly Stroke[]): Grid[] {
  const grids: Grid[] = [];
  const left = new Set([...level, ...upright]);
  const isLevel = new Set(level);
  for (const seed of level) {
    if (!left.delete(seed)) continue;
    const grid: Grid = { level: [], upright: [] };
    const waiting = [seed];
    for (let stroke = waiting.pop(); stroke !== undefined; stroke = waiting.pop()) {
      const one = stroke;
      (isLevel.has(one) ? grid.level : grid.upright).push(one);
      for (const other of isLevel.has(one) ? upright : level) {
        if (left.has(other) && (isLevel.has(one) ? meet(one, other) : meet(other, one))) {
          left.delete(other);
          waiting.push(other);
        }
      }
    }
    grids.push(grid);
  }
  return grids;
}

function positions(strokes: readonly Stroke[]): number[] {
  const found: number[] = [];
  for (const at of strokes.map((stroke) => stroke.at).sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last === undefined || at - last > TOUCH) found.push(at);
  }
  return found;
}

function toTable(grid: Grid, words: readonly PlacedWord[]): Table | null {
  const xs = positions(grid.upright);
  const ys = positions(grid.level);
  const [rows, columns] = [ys.length - 1, xs.length - 1];
  if (rows < 2 || columns < 2 || rows * columns > MAX_CELLS) return null;
  const spans = spansOf(grid, xs, ys);
  if (spans === null) return null;
  const at = (list: readonly number[], index: number): number => list[index] ?? 0;
  const box: Box = [at(xs, 0), at(ys, 0), at(xs, columns), at(ys, rows)];
  const inside = words.filter((word) => isInside(word, box));
  const toCells = (some: readonly Span[]): (Cell & { readonly words: number })[] =>
    some.map(({ row, column, rowSpan, columnSpan }) => {
      const cellBox: Box = [at(xs, column), at(ys, row), at(xs, column + columnSpan), at(ys, row + rowSpan)];
      const held = inside.filter((word) => isInside(word, cellBox));
      return {
        text: cellText(held),
        box: toPoints(cellBox),
        row,
        column,
        ...(rowSpan > 1 ? { rowSpan } : {}),
        ...(columnSpan > 1 ? { columnSpan } : {}),
        words: held.length,
      };
    });
  const cells = toCells(spans);
  const spanning = spans.filter((span) => span.rowSpan > 1 || span.columnSpan > 1).length;
  const largest = Math.max(...cells.map((cell) => cell.words));
  const isTable =
    filledShare({ cells }) >= LEAST_FILLED &&
    cells.filter((cell) => cell.text !== '').length >= 4 &&
    hasColumns(cells) &&
    !isHeadOnly(rows, columns, cells) &&
    !isCutThrough({ box, cells }, inside) &&
    spanning <= MOST_SPANNING * spans.length &&
    !(largest > 60 && largest > 0.5 * inside.length);
  if (!isTable) return null;
  const parted = spans.flatMap((span) => partHead(span, xs, ys, inside));
  return {
    box: toPoints(box),
    rows,
    columns,
    cells: inOrder(toCells(parted).map(({ words: _count, ...cell }) => cell)),
    evidence: 'ruling',
  };
}

/** A line through words is none between cells: a picture of lines lies under the text. */
function isCutThrough({ box, cells }: Pick<Table, 'box' | 'cells'>, words: readonly PlacedWord[]): boolean {
  const edges = [...new Set(cells.map((cell) => cell.box[0]))].filter((x) => x > box[0] + TOUCH);
  const cut = words.filter((word) => edges.some((x) => word.box[0] < x - TOUCH && word.box[2] > x + TOUCH));
  const spanning = cells.filter((cell) => cell.columnSpan !== undefined);
  return (
    cut.filter((word) => !spanning.some((cell) => isInside(word, cell.box))).length > 0.05 * words.length
  );
}

/** Lines around a head alone: what it is the head of stands below. */
const isHeadOnly = (rows: number, columns: number, cells: readonly Cell[]): boolean =>
  rows <= 2 && columns >= 4 && !cells.some((cell) => /\d/.test(cell.text));

/** Two columns at least have two cells with text each; frames around one text have not. */
function hasColumns(cells: readonly Cell[]): boolean {
  const counts = new Map<number, number>();
  for (const cell of cells) {
    if (cell.text !== '' && cell.columnSpan === undefined)
      counts.set(cell.column, (counts.get(cell.column) ?? 0) + 1);
  }
  return [...counts.values()].filter((count) => count >= 2).length >= 2;
}

/** Tables whose cells are told apart by lines around them. */
export function ruledTables(rules: readonly RawRule[], words: readonly PlacedWord[]): Table[] {
  const { level, upright } = toStrokes(rules);
  return toGrids(level, upright).flatMap((grid) => toTable(grid, words) ?? []);
}
