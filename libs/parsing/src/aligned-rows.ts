import { largestOf } from './geometry.js';
import { boxOf, centreX, type PlacedWord, type WordRow } from './table-words.js';

/** Words side by side without a wide gap: what may be a cell. */
export interface Piece {
  readonly words: readonly PlacedWord[];
  readonly text: string;
  readonly left: number;
  readonly right: number;
}

export interface AlignedRow {
  readonly pieces: readonly Piece[];
  readonly words: readonly PlacedWord[];
  readonly top: number;
  readonly bottom: number;
  readonly size: number;
  /** May be a row of a table: several pieces, and neither running text nor the line of a table of contents. */
  readonly isCandidate: boolean;
}

const PIECE_GAP = 0.9;
/** Rows of more are no table's, and would be compared piece by piece. */
const MOST_PIECES = 60;
const EDGE_TOLERANCE = 3;
/** Rows of one table are no further apart than this many font sizes. */
const LONGEST_STEP = 4;
const CONTINUED_STEP = 2;

const DATE = /^\d{1,4}([./-])\d{1,2}\1\d{1,4}\b/;
const AMOUNT =
  /^(?:\p{Lu}{1,3}(?=[\s$€£-])|\p{Lu}{3}(?=\d)|[^\p{L}\p{N}:]{0,4})\s*[-+(]?\d[\d.,'’\s]*[-%)*\s$€£¥]*(?:\p{L}[\p{L}\d]{0,4}\.?)?$/u;

const ORDINAL = /^[[(]?\d{1,3}(?:\.|[\])]\.?)$/;

export const LONGEST_NUMBER = 24;

/** A quantity, a price, a rate: no date, no telephone number, no reference, no number of an entry in a list. */
export function isNumber(text: string): boolean {
  return (
    text.length <= LONGEST_NUMBER &&
    AMOUNT.test(text) &&
    !DATE.test(text) &&
    !ORDINAL.test(text) &&
    (/[.,]\d/.test(text) || (text.match(/\d/g)?.length ?? 0) < 7)
  );
}
const hasLeader = (text: string): boolean => /\.{4,}|(?:\. ){4,}|…{2,}/.test(text);

function toPiece(words: readonly PlacedWord[]): Piece {
  const box = boxOf(words);
  return { words, text: words.map((word) => word.text).join(' '), left: box[0], right: box[2] };
}

export function toAlignedRow(row: WordRow): AlignedRow {
  const pieces: Piece[] = [];
  let open: PlacedWord[] = [];
  for (const word of row) {
    const last = open.at(-1);
    if (last !== undefined && word.box[0] - last.box[2] > PIECE_GAP * Math.min(word.size, last.size)) {
      pieces.push(toPiece(open));
      open = [];
    }
    open.push(word);
  }
  if (open.length > 0) pieces.push(toPiece(open));
  const box = boxOf(row);
  return {
    pieces,
    words: row,
    top: box[1],
    bottom: box[3],
    size: largestOf(row, (word) => word.size),
    isCandidate: areCells(pieces),
  };
}

const areCells = (pieces: readonly Piece[]): boolean =>
  pieces.length >= 2 &&
  pieces.length <= MOST_PIECES &&
  pieces.filter((piece) => piece.text.length > 60).length <= 1 &&
  !pieces.some((piece) => hasLeader(piece.text));

function sharedEdges(one: AlignedRow, other: AlignedRow): number {
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= EDGE_TOLERANCE;
  const middle = (piece: Piece): number => (piece.left + piece.right) / 2;
  return one.pieces.filter((piece) =>
    other.pieces.some(
      (against) =>
        near(piece.left, against.left) ||
        near(piece.right, against.right) ||
        near(middle(piece), middle(against)),
    ),
  ).length;
}

/** A line of one piece below a row goes on in one of its cells. */
function isContinued(row: AlignedRow, last: AlignedRow, above: AlignedRow | undefined): boolean {
  if (row.pieces.length !== 1 || row.top - last.bottom > (CONTINUED_STEP - 1) * row.size) return false;
  const [piece] = row.pieces;
  if (above === undefined || piece === undefined) return false;
  const cell = above.pieces.findIndex((each) => Math.abs(each.left - piece.left) <= EDGE_TOLERANCE * 2);
  const next = above.pieces[cell + 1];
  return cell >= 0 && (next === undefined || piece.right < next.left + EDGE_TOLERANCE);
}

/** Runs of rows, one below the other, that share edges of their pieces. */
export function groupAligned(rows: readonly AlignedRow[]): AlignedRow[][] {
  const groups: AlignedRow[][] = [];
  let open: AlignedRow[] = [];
  let recent: AlignedRow[] = [];
  for (const row of rows) {
    const last = open.at(-1);
    const step = last === undefined ? 0 : row.bottom - last.bottom;
    const isBelow = last !== undefined && step > 0.5 * row.size && step < LONGEST_STEP * row.size;
    const joins =
      isBelow &&
      (row.isCandidate
        ? recent.some((other) => sharedEdges(row, other) >= 2)
        : isContinued(row, last, recent.at(-1)));
    if (joins) open.push(row);
    else {
      if (open.length > 1) groups.push(open);
      open = row.isCandidate ? [row] : [];
      recent = [];
    }
    if (row.isCandidate) recent = [...recent.slice(-3), row];
  }
  if (open.length > 1) groups.push(open);
  return groups;
}

/** A head without numbers below numbers, and apart from them, begins another table. */
export function splitAtHeads(group: readonly AlignedRow[]): AlignedRow[][] {
  const parts: AlignedRow[][] = [[]];
  for (const [index, row] of group.entries()) {
    const above = group[index - 1];
    const isHead = row.pieces.length >= 3 && !row.pieces.some((piece) => /\d/.test(piece.text));
    const isApart = above !== undefined && row.bottom - above.bottom > 1.8 * row.size;
    if (isHead && isApart && above.pieces.some((piece) => /\d/.test(piece.text))) parts.push([]);
    parts.at(-1)?.push(row);
  }
  return parts.filter((part) => part.length > 1);
}

/** Where columns part: strips that hardly any row covers, as their middles from left to right. */
export function separators(rows: readonly AlignedRow[]): number[] {
  const full = rows.filter((row) => row.isCandidate);
  const most = largestOf(full, (row) => row.pieces.length);
  const telling = full.filter((row) => row.pieces.length >= 0.6 * most);
  const allowed = Math.floor(0.1 * telling.length);
  const events = telling
    .flatMap((row) => row.pieces)
    .flatMap((piece): (readonly [number, number])[] => [
      [piece.left, 1],
      [piece.right, -1],
    ])
    .sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  const narrowest = 0.4 * largestOf(rows, (row) => row.size);
  const found: number[] = [];
  let covering = 0;
  let start: number | undefined;
  for (const [at, change] of events) {
    covering += change;
    if (covering <= allowed && start === undefined) start = at;
    else if (covering > allowed && start !== undefined) {
      if (at - start >= narrowest && start > (events[0]?.[0] ?? 0)) found.push((start + at) / 2);
      start = undefined;
    }
  }
  return found;
}

function columnAt(x: number, parts: readonly number[]): number {
  const column = parts.findIndex((at) => x < at);
  return column < 0 ? parts.length : column;
}

/**
 * The words of a row by column. A piece across columns is cut between them in a full row; where it is one of few, it is
 * the label of a sum, and stands where it ends, or, without a number beside it, the rest of a cell that begins there.
 */
export function toCells(row: AlignedRow, parts: readonly number[]): PlacedWord[][] {
  const cells: PlacedWord[][] = Array.from({ length: parts.length + 1 }, () => []);
  const isFull = row.pieces.length > 0.5 * cells.length;
  const isSum = row.pieces.length > 1 && row.pieces.some((piece) => isNumber(piece.text));
  for (const piece of row.pieces) {
    const place = isSum ? piece.right - 1 : piece.left + 1;
    for (const word of piece.words) cells[columnAt(isFull ? centreX(word.box) : place, parts)]?.push(word);
  }
  return cells;
}

/** Above the first row stands a head whose words are set otherwise than the numbers below: centred, or in two lines. */
export function headAbove(
  rows: readonly AlignedRow[],
  first: AlignedRow,
  parts: readonly number[],
): AlignedRow[] {
  const head: AlignedRow[] = [];
  for (let index = rows.indexOf(first) - 1; index >= 0 && head.length < 3; index -= 1) {
    const row = rows[index];
    const below = head[0] ?? first;
    if (row === undefined) break;
    const step = below.bottom - row.bottom;
    const columns = new Set(
      row.pieces.flatMap((piece) => [piece.left, piece.right - 1]).map((x) => columnAt(x, parts)),
    );
    const isWhole = row.pieces.every(
      (piece) => columnAt(piece.left, parts) === columnAt(piece.right - 1, parts),
    );
    const isHead =
      step > 0 &&
      step < (head.length === 0 ? 3.2 : 1.7) * row.size &&
      isWhole &&
      columns.size === row.pieces.length &&
      row.pieces.length >= (head.length === 0 ? 0.6 * (parts.length + 1) : 1) &&
      !row.pieces.some((piece) => isNumber(piece.text));
    if (!isHead) break;
    head.unshift(row);
  }
  return head;
}
