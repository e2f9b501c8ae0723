import type { Block, Box, Cell, Table, Word } from '@docstream/contracts';
import { median, unite } from './geometry.js';

/** A word of the page with its place in the reading order. */
export interface PlacedWord extends Word {
  readonly order: number;
  /** Which line of the reading order it stands on. */
  readonly line: number;
  readonly size: number;
}

/** Words on one base line, left to right. */
export type WordRow = readonly PlacedWord[];

/** More words than a page of small print has: such pages are not searched for tables. */
const MAX_WORDS = 6000;

/** Words that run to the right; none when there are too many to look at. */
export function placedWords(blocks: readonly Block[]): readonly PlacedWord[] {
  const placed: PlacedWord[] = [];
  let number = 0;
  for (const block of blocks) {
    for (const line of block.lines) {
      const isLevel = line.box[3] - line.box[1] < 2.5 * line.fontSize;
      if (!isLevel) continue;
      number += 1;
      for (const word of line.words) {
        placed.push({ ...word, order: placed.length, line: number, size: line.fontSize });
      }
      if (placed.length > MAX_WORDS) return [];
    }
  }
  return placed;
}

/** Words that overlap in height by half, top to bottom. */
export function wordRows(words: readonly PlacedWord[]): WordRow[] {
  const rows: { bottom: number; words: PlacedWord[] }[] = [];
  for (const word of [...words].sort((a, b) => a.box[3] - b.box[3])) {
    const open = rows.at(-1);
    const height = word.box[3] - word.box[1];
    if (open !== undefined && word.box[3] - open.bottom < 0.4 * height) open.words.push(word);
    else rows.push({ bottom: word.box[3], words: [word] });
  }
  return rows.map((row) => row.words.sort((a, b) => a.box[0] - b.box[0]));
}

/** The lines of the reading order: within one column of a page, where other columns stand beside it. */
export function lineRows(words: readonly PlacedWord[]): WordRow[] {
  const rows = new Map<number, PlacedWord[]>();
  for (const word of words) {
    const row = rows.get(word.line);
    if (row === undefined) rows.set(word.line, [word]);
    else row.push(word);
  }
  return [...rows.values()].map((row) => row.sort((a, b) => a.box[0] - b.box[0]));
}

/** Words of a cell as a reader would take them down: lines parted by a line feed. */
export function cellText(words: readonly PlacedWord[]): string {
  return wordRows(words)
    .map((row) => [...row].sort((a, b) => a.order - b.order))
    .map((row) => row.map((word) => word.text).join(' '))
    .join('\n');
}

export const boxOf = (words: readonly Word[]): Box => unite(words.map((word) => word.box));

export const centreX = (box: Box): number => (box[0] + box[2]) / 2;
export const centreY = (box: Box): number => (box[1] + box[3]) / 2;

export function isInside(word: Word, box: Box): boolean {
  const [x, y] = [centreX(word.box), centreY(word.box)];
  return x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];
}

export const typicalSize = (words: readonly PlacedWord[]): number => median(words.map((word) => word.size));

const round = (value: number): number => Math.round(value * 100) / 100;
export const toPoints = (box: Box): Box => [round(box[0]), round(box[1]), round(box[2]), round(box[3])];

export function inOrder(cells: readonly Cell[]): Cell[] {
  return [...cells].sort((a, b) => a.row - b.row || a.column - b.column);
}

export const filledShare = (table: Pick<Table, 'cells'>): number =>
  table.cells.filter((cell) => cell.text !== '').length / Math.max(table.cells.length, 1);
