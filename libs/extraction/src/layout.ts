import type { Box, Line, Page, ParsedDocument, Word } from '@docstream/contracts';

/** Words that stand together on one line, without a wide gap: the unit in which labels and values are looked for. */
export interface Cell {
  readonly text: string;
  /** From 1. */
  readonly page: number;
  readonly box: Box;
  readonly words: readonly Word[];
  /** Where each word begins in `text`. */
  readonly starts: readonly number[];
  readonly fontSize: number;
  readonly bold: boolean;
  /** Number of the block and of the line on the page, in reading order. */
  readonly block: number;
  readonly line: number;
}

export interface PageLayout {
  readonly number: number;
  readonly width: number;
  readonly height: number;
  /** In reading order. */
  readonly cells: readonly Cell[];
}

/** What is looked at, so that long and hostile documents cost no more than ordinary ones. */
export interface LayoutLimits {
  readonly firstPages: number;
  readonly lastPages: number;
  readonly cellsPerPage: number;
  readonly cellLength: number;
}

export const DEFAULT_LAYOUT_LIMITS: LayoutLimits = {
  firstPages: 10,
  lastPages: 2,
  cellsPerPage: 3000,
  cellLength: 600,
};

/** Wider than this many font heights, a gap divides two cells. */
const CELL_GAP = 1;

/** Cells of the first and the last pages. Linear in the text; boxes stay those of the words. */
export function layOut(
  document: ParsedDocument,
  limits: LayoutLimits = DEFAULT_LAYOUT_LIMITS,
): readonly PageLayout[] {
  const lastFrom = document.pages.length - limits.lastPages;
  return document.pages
    .filter((_, index) => index < limits.firstPages || index >= lastFrom)
    .map((page) => layOutPage(page, limits));
}

function layOutPage(page: Page, limits: LayoutLimits): PageLayout {
  const cells: Cell[] = [];
  let lineNumber = 0;
  for (const [block, { lines }] of page.blocks.entries()) {
    for (const line of lines) {
      for (const words of splitAtGaps(line, limits.cellLength)) {
        if (cells.length >= limits.cellsPerPage) {
          return { number: page.number, width: page.width, height: page.height, cells };
        }
        cells.push(cellOf(words, line, page.number, block, lineNumber));
      }
      lineNumber += 1;
    }
  }
  return { number: page.number, width: page.width, height: page.height, cells };
}

function splitAtGaps(line: Line, cellLength: number): Word[][] {
  const cells: Word[][] = [];
  let current: Word[] = [];
  let length = 0;
  let right = Number.NEGATIVE_INFINITY;
  for (const whole of line.words) {
    const word =
      whole.text.length > cellLength ? { text: whole.text.slice(0, cellLength), box: whole.box } : whole;
    if (word.text.trim() === '') continue;
    const isApart =
      word.box[0] - right > CELL_GAP * Math.max(line.fontSize, 1) || word.box[2] < right - line.fontSize;
    if (current.length > 0 && (isApart || length + word.text.length + 1 > cellLength)) {
      cells.push(current);
      current = [];
      length = 0;
    }
    current.push(word);
    length += word.text.length + 1;
    right = word.box[2];
  }
  if (current.length > 0) cells.push(current);
  return cells;
}

function cellOf(words: readonly Word[], line: Line, page: number, block: number, lineNumber: number): Cell {
  const starts: number[] = [];
  let text = '';
  for (const word of words) {
    if (text !== '') text += ' ';
    starts.push(text.length);
    text += word.text;
  }
  const { fontSize, bold } = line;
  return {
    text,
    page,
    box: unionOf(words.map(({ box }) => box)),
    words,
    starts,
    fontSize,
    bold,
    block,
    line: lineNumber,
  };
}

/** Smallest box around all; [0, 0, 0, 0] around none. */
export function unionOf(boxes: readonly Box[]): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const box of boxes) {
    left = Math.min(left, box[0]);
    top = Math.min(top, box[1]);
    right = Math.max(right, box[2]);
    bottom = Math.max(bottom, box[3]);
  }
  return boxes.length === 0 ? [0, 0, 0, 0] : [left, top, right, bottom];
}

/** Box of the words that `[start, end)` of the cell's text touches. */
export function boxWithin(cell: Cell, start: number, end: number): Box {
  const touched = cell.words.filter((word, index) => {
    const from = cell.starts[index] ?? 0;
    return from < end && from + word.text.length > start;
  });
  return touched.length === 0 ? cell.box : unionOf(touched.map(({ box }) => box));
}

export const heightOf = (box: Box): number => Math.max(box[3] - box[1], 1);

/** Share of the smaller height in which two boxes stand beside each other. */
export function verticalOverlap(one: Box, other: Box): number {
  const shared = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  return shared / Math.min(heightOf(one), heightOf(other));
}

/** Length in points in which two boxes stand above each other; negative: the gap between them. */
export function horizontalOverlap(one: Box, other: Box): number {
  return Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
}
