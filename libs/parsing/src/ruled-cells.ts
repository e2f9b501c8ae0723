import { TOUCH, type Stroke } from './rules.js';
import { isInside, type PlacedWord } from './table-words.js';

/** Texts of a head are further apart than words of one text, in font sizes. */
const HEAD_GAP = 0.6;

/** Lines that meet. */
export interface Grid {
  readonly level: Stroke[];
  readonly upright: Stroke[];
}

/** A line stands between two cells when it covers most of the side that they share. */
const isDrawn = (strokes: readonly Stroke[], at: number, from: number, to: number): boolean =>
  strokes.some(
    (stroke) =>
      Math.abs(stroke.at - at) <= TOUCH &&
      Math.min(stroke.to, to) - Math.max(stroke.from, from) >= 0.7 * (to - from),
  );

export interface Span {
  readonly row: number;
  readonly column: number;
  readonly rowSpan: number;
  readonly columnSpan: number;
}

/** The cells of a grid: squares without a line between them are one; null when they are no rectangles. */
export function spansOf(
  { level, upright }: Grid,
  xs: readonly number[],
  ys: readonly number[],
): Span[] | null {
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

/** A head drawn as one cell has the columns of the rows below when its texts keep to them. */
export function partHead(
  span: Span,
  xs: readonly number[],
  ys: readonly number[],
  words: readonly PlacedWord[],
): readonly Span[] {
  const { row, column, rowSpan, columnSpan } = span;
  if (row > 0 || columnSpan < 3) return [span];
  const [top, bottom] = [ys[row] ?? 0, ys[row + rowSpan] ?? 0];
  const parts = Array.from({ length: columnSpan }, (_, index) => ({
    ...span,
    column: column + index,
    columnSpan: 1,
  }));
  const held = parts.map((part): readonly PlacedWord[] =>
    words.filter((word) => isInside(word, [xs[part.column] ?? 0, top, xs[part.column + 1] ?? 0, bottom])),
  );
  const isApart = held.slice(1).every((cell, index) => {
    const [before, after] = [held[index]?.map((word) => word.box[2]) ?? [], cell.map((word) => word.box[0])];
    return Math.min(...after) - Math.max(...before) > HEAD_GAP * (cell[0]?.size ?? 0);
  });
  return isApart && held.filter((cell) => cell.length > 0).length >= 0.8 * columnSpan ? parts : [span];
}
