import { isNumber, LONGEST_NUMBER, type AlignedRow, type Piece } from './aligned-rows.js';
import { largestOf, median, smallestOf } from './geometry.js';
import type { PlacedWord } from './table-words.js';

/** Where the words of a head stand, and so the texts below it. */
export interface HeadColumn {
  readonly left: number;
  readonly right: number;
  readonly words: readonly PlacedWord[];
}

/** A gap between words that may part two columns, in font sizes; blanks are narrower. */
const NARROW_GAP = 0.4;
const EDGE_TOLERANCE = 3;
/** A head of more words is text, and is not parted. */
const MOST_HEAD_WORDS = 200;
/** A text that stands under no word of the head belongs to one no further away, in font sizes. */
const FARTHEST = 3;

const overlap = (one: { left: number; right: number }, other: { left: number; right: number }): number =>
  Math.min(one.right, other.right) - Math.max(one.left, other.left);

const columnOf = (words: readonly PlacedWord[]): HeadColumn => ({
  left: smallestOf(words, (word) => word.box[0]),
  right: largestOf(words, (word) => word.box[2]),
  words,
});

/** The pieces of all lines of a head; those above each other are one column. */
export function toColumns(head: readonly AlignedRow[]): HeadColumn[] {
  const columns: { left: number; right: number; words: PlacedWord[] }[] = [];
  for (const piece of head.flatMap((row) => row.pieces).sort((a, b) => a.left - b.left)) {
    const { left, right } = columnOf(piece.words);
    const last = columns.at(-1);
    if (last !== undefined && overlap(last, piece) > 1) {
      last.left = Math.min(last.left, left);
      last.right = Math.max(last.right, right);
      for (const word of piece.words) last.words.push(word);
    } else columns.push({ left, right, words: [...piece.words] });
  }
  return columns;
}

/** Columns with two texts of a row of items below them are two, parted where a word of the head begins or ends with one. */
export function partBy(columns: readonly HeadColumn[], row: AlignedRow): HeadColumn[] {
  return columns.flatMap((column) => {
    if (column.words.length > MOST_HEAD_WORDS) return [column];
    const below = row.pieces.filter((piece) => overlap(piece, column) > 0);
    const parts = [column];
    for (const [index, piece] of below.entries()) {
      const before = below[index - 1];
      const last = parts.at(-1);
      if (before === undefined || last === undefined) continue;
      const cut = cutBetween(last, before, piece);
      if (cut !== null) parts.splice(-1, 1, ...cut);
    }
    return parts;
  });
}

/**
 * Columns without a head: of a text to the left of all heads, and of a number beside the text that stands under the
 * nearest one.
 */
export function withUnheaded(columns: readonly HeadColumn[], row: AlignedRow): HeadColumn[] {
  const [first] = columns;
  const isTaken = first !== undefined && row.pieces.some((piece) => overlap(piece, first) > 0);
  const free = row.pieces.filter((piece, index) => {
    if (columns.some((column) => overlap(piece, column) > 0)) return false;
    if (!isNumber(piece.text)) return isTaken && index === 0 && piece.right < first.left - row.size;
    const before = row.pieces[index - 1];
    return columns.some((column) => {
      const gap = piece.left - column.right;
      return gap > 0 && gap < FARTHEST * row.size && before !== undefined && overlap(before, column) > 0;
    });
  });
  const added = free.map(({ left, right }): HeadColumn => ({ left, right, words: [] }));
  return [...columns, ...added].sort((a, b) => a.left - b.left);
}

/** The gap between words of a column that lies between two texts below it: one they share an edge with, else the widest. */
function cutBetween(column: HeadColumn, before: Piece, after: Piece): [HeadColumn, HeadColumn] | null {
  const words = [...column.words].sort((a, b) => a.box[0] - b.box[0]);
  let best: { readonly at: number; readonly worth: number } | undefined;
  // All words to the left of the one that is looked at.
  const left = { left: words[0]?.box[0] ?? 0, right: -Infinity };
  for (const [index, word] of words.entries()) {
    const at = word.box[0];
    left.right = Math.max(left.right, words[index - 1]?.box[2] ?? -Infinity);
    if (at === words[index - 1]?.box[0] || index === 0) continue;
    const isBetween = at <= after.right && left.right >= before.left && at > before.left;
    if (left.right > at || !isBetween || overlap(left, after) > overlap(left, before)) continue;
    const isEdge =
      Math.abs(at - after.left) <= EDGE_TOLERANCE || Math.abs(left.right - before.right) <= EDGE_TOLERANCE;
    const worth = at - left.right + (isEdge ? 100 : 0);
    const isWide = isNumber(after.text) && at - left.right >= NARROW_GAP * (after.words[0]?.size ?? 0);
    if ((isEdge || isWide) && (best === undefined || worth > best.worth)) best = { at, worth };
  }
  if (best === undefined) return null;
  const { at } = best;
  return [
    columnOf(column.words.filter((word) => word.box[0] < at)),
    columnOf(column.words.filter((word) => word.box[0] >= at)),
  ];
}

/**
 * Columns parted where a word of the head and a word of each item below begin or end one below the other, with gaps too
 * wide for a blank.
 */
export function partAligned(
  columns: readonly HeadColumn[],
  items: readonly (readonly (readonly PlacedWord[])[])[],
): HeadColumn[] {
  if (items.length < 2) return [...columns];
  return columns.flatMap((column, index) => {
    const cells = items.map((item) => item[index] ?? []).filter((cell) => cell.length > 0);
    for (const [at, word] of column.words.entries()) {
      const before = column.words[at - 1];
      if (before === undefined || cells.length < 2) continue;
      if (word.box[0] - before.box[2] < NARROW_GAP * word.size) continue;
      const isParted = cells.every((cell) =>
        cell.some((each, place) => {
          const last = cell[place - 1];
          if (last === undefined || each.box[0] - last.box[2] < NARROW_GAP * each.size) return false;
          const [left, right] = [each.box[0] - word.box[0], last.box[2] - before.box[2]];
          return Math.min(Math.abs(left), Math.abs(right)) <= EDGE_TOLERANCE / 2;
        }),
      );
      if (isParted) return [columnOf(column.words.slice(0, at)), columnOf(column.words.slice(at))];
    }
    return [column];
  });
}

/**
 * The number of the column that a text stands under; beside all of them the nearest, or the one to the left of a text
 * that is far from each.
 */
function placeOf(box: { left: number; right: number }, columns: readonly HeadColumn[], size: number): number {
  let best = Math.max(
    0,
    columns.findLastIndex((column) => column.left <= box.left),
  );
  let most = -FARTHEST * size;
  for (const [index, column] of columns.entries()) {
    const shared = overlap(box, column);
    if (shared > most) {
      most = shared;
      best = index;
    }
  }
  return best;
}

const rangeOf = (words: readonly PlacedWord[]): { left: number; right: number } => ({
  left: words[0]?.box[0] ?? 0,
  right: words.at(-1)?.box[2] ?? 0,
});

/** The words from one of them on are a number: never more than fit into one with blanks between them. */
const isAmountFrom = ({ words }: Piece, index: number): boolean =>
  2 * (words.length - index) - 1 <= LONGEST_NUMBER &&
  isNumber(
    words
      .slice(index)
      .map((word) => word.text)
      .join(' '),
  );

function isUnder({ left, right }: { left: number; right: number }, column: HeadColumn | undefined): boolean {
  const near = (one: number, other: number): boolean => Math.abs(one - other) <= EDGE_TOLERANCE;
  return column !== undefined && (near(left, column.left) || near(right, column.right));
}

/** A piece that reaches below several columns is parted at gaps too wide for a blank, and before numbers. */
function partsOf(piece: Piece, columns: readonly HeadColumn[], size: number): (readonly PlacedWord[])[] {
  if (columns.filter((column) => overlap(piece, column) > 0).length < 2) return [piece.words];
  const gaps = piece.words.slice(1).map((word, index) => word.box[0] - (piece.words[index]?.box[2] ?? 0));
  // Blanks of typewriter fonts are wide: there only a gap unlike the others tells.
  const narrowest = Math.max(NARROW_GAP * size, gaps.length < 3 ? 0 : 1.3 * median(gaps));
  const parts: PlacedWord[][] = [];
  for (const [index, word] of piece.words.entries()) {
    const open = parts.at(-1);
    const before = piece.words[index - 1];
    const rest = { left: word.box[0], right: piece.words.at(-1)?.box[2] ?? 0 };
    const isGap = before === undefined || word.box[0] - before.box[2] >= narrowest;
    const at = placeOf(rest, columns, size);
    const isOther = open === undefined || placeOf(rangeOf(open), columns, size) !== at;
    const startsCell = (): boolean => isGap || (isUnder(rest, columns[at]) && isAmountFrom(piece, index));
    if (open === undefined || (isOther && startsCell())) parts.push([word]);
    else open.push(word);
  }
  return parts;
}

/** The words of a row by column; pieces `whole` where they are the rest of a text, whatever columns it reaches below. */
export function cellsUnder(row: AlignedRow, columns: readonly HeadColumn[], whole = false): PlacedWord[][] {
  const cells: PlacedWord[][] = columns.map(() => []);
  for (const piece of row.pieces) {
    for (const part of whole ? [piece.words] : partsOf(piece, columns, row.size)) {
      const range = rangeOf(part);
      const isText = !isNumber(part.map((word) => word.text).join(' '));
      // A text begins below its head; a number may be wider than its own.
      const at = isText
        ? { left: range.left, right: Math.min(range.right, range.left + 3 * row.size) }
        : range;
      cells[placeOf(at, columns, row.size)]?.push(...part);
    }
  }
  return cells;
}
