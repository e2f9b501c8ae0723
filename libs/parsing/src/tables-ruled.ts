import type { Box, Cell, Table } from '@docstream/contracts';
import type { RawRule } from '@docstream/core';
import { TOUCH, toStrokes, type Stroke } from './rules.js';
import { cellText, filledShare, inOrder, isInside, toPoints, type PlacedWord } from './table-words.js';

const MAX_CELLS = 4000;
/** Below these a grid is a frame, a form or the paper of a diagram. */
const LEAST_FILLED = 0.35;
const MOST_SPANNING = 0.4;

interface Grid {
  readonly level: Stroke[];
  readonly upright: Stroke[];
}

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

/** A line stands between two cells when it covers most of the side that they share. */
const isDrawn = (strokes: readonly Stroke[], at: number, from: number, to: number): boolean =>
  strokes.some(
    (stroke) =>
      Math.abs(stroke.at - at) <= TOUCH &&
      Math.min(stroke.to, to) - Math.max(stroke.from, from) >= 0.7 * (to - from),
  );

interface Span {
  readonly row: number;
  readonly column: number;
  readonly rowSpan: number;
  readonly columnSpan: number;
}

/** The cells of a grid: squares without a line between them are one; null when they are no rectangles. */
function spansOf({ level, upright }: Grid, xs: readonly number[], ys: readonly number[]): Span[] | null {
  const [rows, columns] = [ys.length - 1, xs.length - 1];
  const taken = new Set<number>();
  const spans: Span[] = [];
  const edge = (at: readonly number[], index: number): number => at[index] ?? 0;
  const isParted = (row: number, column: number): boolean =>
    isDrawn(upright, edge(xs, column), edge(ys, row), edge(ys, row + 1));
  const isTopped = (row: number, column: number): boolean =>
    isDrawn(level, edge(ys, row), edge(xs, column), edge(xs, column + 1));
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if (taken.has(row * columns + column)) continue;
      let columnSpan = 1;
      while (column + columnSpan < columns && !isParted(row, column + columnSpan)) columnSpan += 1;
      let rowSpan = 1;
      const isOpenBelow = (below: number): boolean =>
        Array.from({ length: columnSpan }, (_, n) => !isTopped(below, column + n)).every(Boolean);
      while (row + rowSpan < rows && isOpenBelow(row + rowSpan)) rowSpan += 1;
      for (let down = row; down < row + rowSpan; down += 1) {
        for (let across = column; across < column + columnSpan; across += 1) {
          if (taken.has(down * columns + across)) return null;
          taken.add(down * columns + across);
        }
      }
      spans.push({ row, column, rowSpan, columnSpan });
    }
  }
  return spans;
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
  const cells = spans.map(({ row, column, rowSpan, columnSpan }): Cell & { readonly words: number } => {
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
  const spanning = spans.filter((span) => span.rowSpan > 1 || span.columnSpan > 1).length;
  const largest = Math.max(...cells.map((cell) => cell.words));
  const isTable =
    filledShare({ cells }) >= LEAST_FILLED &&
    cells.filter((cell) => cell.text !== '').length >= 4 &&
    hasColumns(cells) &&
    !isCutThrough({ box, cells }, inside) &&
    spanning <= MOST_SPANNING * spans.length &&
    !(largest > 60 && largest > 0.5 * inside.length);
  if (!isTable) return null;
  return {
    box: toPoints(box),
    rows,
    columns,
    cells: inOrder(cells.map(({ words: _count, ...cell }) => cell)),
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
