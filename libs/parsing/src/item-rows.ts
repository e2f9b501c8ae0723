import { isNumber, type AlignedRow, type Piece } from './aligned-rows.js';
import { cellsUnder, type HeadColumn } from './head-columns.js';
import { isHeadLine } from './table-heads.js';
import type { PlacedWord } from './table-words.js';

export type Cells = readonly (readonly PlacedWord[])[];

/** How far from each other rows of items may stand, in font sizes. */
export const LONGEST_STEP = 6;
/** How far below an item what belongs to it may stand; further when another item follows. */
const CLOSE_STEP = 1.6;
const LOOSE_STEP = 5;
const MOST_PENDING = 6;
/** Items that a row is compared with. */
const RECENT = 20;
/** Longer texts are no cells of a row that has little else. */
export const LONG_TEXT = 60;
/** Sums that fill the columns as the rows above do are one of them. */
const FULL_SUM = 0.8;
const SUM =
  /^(?:\p{L}{1,12}[-\s.])?(?:sub-?|zwischen|gesamt|end|rechnungs|warenwert)*(?:total|summ[ea]|sum\b|somme|betrag|montant|totaa?l|saldo|balance)/iu;
/** Lines made of characters. */
const DRAWN_LINE = /^[-_=.*\s]{8,}$/;

export const textOf = (words: readonly PlacedWord[]): string => words.map((word) => word.text).join(' ');

/** The numbers of the columns with text, and of those with an amount. */
export const filled = (cells: Cells): number[] =>
  cells.flatMap((cell, index) => (cell.length > 0 ? [index] : []));
export const numbersIn = (cells: Cells): number[] =>
  cells.flatMap((cell, index) => (cell.length > 0 && isNumber(textOf(cell)) ? [index] : []));

/** A row below an item of which is not known yet whether it belongs to the table. */
interface Pending {
  readonly cells: Cells;
  readonly step: number;
  /** It has numbers of its own: a row, not the rest of the item above. */
  readonly isRow: boolean;
}

/** Reads rows below a head as items, from top to bottom, until the table is over. */
export class ItemReader {
  readonly items: PlacedWord[][][] = [];
  private pending: Pending[] = [];
  private last: AlignedRow;
  private loosest = CLOSE_STEP;

  constructor(
    private readonly columns: readonly HeadColumn[],
    private readonly first: Cells,
    head: AlignedRow,
  ) {
    this.last = head;
  }

  /** False when the table is over. */
  read(row: AlignedRow): boolean {
    const cells = cellsUnder(row, this.columns);
    const step = (row.bottom - this.last.bottom) / row.size;
    const isOver =
      step <= 0 ||
      step > LONGEST_STEP + (this.items.length === 0 ? 2 : 0) ||
      row.pieces.some(({ text }) => DRAWN_LINE.test(text)) ||
      (row.pieces.some(({ text }) => SUM.test(text)) && filled(cells).length < FULL_SUM * cells.length) ||
      (row.pieces.length >= 3 && isHeadLine(row));
    if (isOver) return false;
    if (row.pieces.length > 1 && this.isItem(cells) && !this.fillsGaps(cells, step)) {
      this.takePending();
      this.items.push(cells);
    } else if (this.items.length > 0 && !this.goesOn(row, step)) return false;
    this.last = row;
    return true;
  }

  /** Closely below an item stands what is set lower than the rest of it. */
  private fillsGaps(cells: Cells, step: number): boolean {
    const open = this.items.at(-1);
    return (
      open !== undefined &&
      this.pending.length === 0 &&
      step <= CLOSE_STEP &&
      numbersIn(cells).every((column) => open[column]?.length === 0)
    );
  }

  private isItem(cells: Cells): boolean {
    const numbers = numbersIn(cells).length;
    const most = filled(this.first);
    const has = filled(cells);
    const isFull = has.length >= Math.max(3, 0.6 * most.length);
    if (numbers >= 2 && isFull) return true;
    // An item without quantity or price still has its text at the left, and its amount or most of the rest.
    const hasAmount = numbersIn(cells).includes(numbersIn(this.first).at(-1) ?? -1);
    const isShort = cells.every((cell) => textOf(cell).length <= LONG_TEXT);
    return isShort && has[0] === most[0] && has.length >= 2 && (hasAmount || (numbers >= 1 && isFull));
  }

  private goesOn(row: AlignedRow, step: number): boolean {
    const cells = cellsUnder(row, this.columns, true);
    const open = this.items.at(-1);
    if (open === undefined || step > LOOSE_STEP) return false;
    // The number of an item may stand below, in a row of its own.
    const isRow = numbersIn(cells).some((column) => column > (filled(this.first)[0] ?? 0));
    const isClose = step <= CLOSE_STEP || (step <= this.loosest && !isRow);
    const isOwn = this.pending.length === 0 && isClose && row.pieces.every((piece) => this.isBelow(piece));
    if (isOwn) append(open, cells);
    else if (this.pending.length < MOST_PENDING) {
      this.pending.push({ cells, step, isRow: isRow && step > CLOSE_STEP });
    } else return false;
    return true;
  }

  /** A text begins where the text above it does, or a little further in; a number keeps to its column. */
  private isBelow(piece: Piece): boolean {
    if (isNumber(piece.text)) return true;
    const items = this.items.slice(-RECENT);
    return this.columns.some(({ left, right }, index) => {
      const above = items.flatMap((item) => item[index] ?? []);
      const edges = [left, ...above.map((word) => word.box[0])];
      const from = Math.min(...edges);
      const to = Math.max(right, ...above.map((word) => word.box[2]));
      const beside = items.flatMap((item) => item[index + 1] ?? []).map((word) => word.box[0]);
      const next = Math.min(Infinity, ...beside);
      const indent = piece.left - from;
      const isIndented = indent > -3 && indent < 1.6 * (piece.words[0]?.size ?? 0);
      const isWithin = indent > -3 && piece.right < to + 3;
      return (isIndented && piece.right < next) || isWithin || Math.abs(piece.right - to) < 3;
    });
  }

  /** What stood further below an item belongs to the table when another item follows. */
  private takePending(): void {
    for (const { cells, isRow } of this.pending) {
      const open = this.items.at(-1);
      if (isRow || open === undefined) this.items.push(cells.map((words) => [...words]));
      else append(open, cells);
    }
    for (const { isRow, step } of this.pending) if (!isRow) this.loosest = Math.max(this.loosest, step);
    this.pending = [];
  }
}

function append(open: PlacedWord[][], cells: Cells): void {
  for (const [column, words] of cells.entries()) open[column]?.push(...words);
}
