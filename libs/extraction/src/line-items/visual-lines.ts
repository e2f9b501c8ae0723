import type { Box } from '@docstream/contracts';
import { unionOf, verticalOverlap, type Cell, type PageLayout } from '../layout.js';

/** Cells at one height of the page, left to right, whatever block or reading order they belong to. */
export interface VisualLine {
  readonly page: number;
  readonly box: Box;
  readonly cells: readonly Cell[];
}

/** Text that runs upward is as high as a paragraph. */
const UPRIGHT = 2.5;

/** The lines of a page from top to bottom: rows of a table, however its columns were read. */
export function visualLines(page: PageLayout): readonly VisualLine[] {
  const cells = page.cells
    .filter(({ box, fontSize }) => box[3] - box[1] <= UPRIGHT * Math.max(fontSize, 1))
    .sort((one, other) => middleOf(one.box) - middleOf(other.box));
  const lines: Cell[][] = [];
  for (const cell of cells) {
    const current = lines.at(-1);
    const first = current?.[0];
    if (current !== undefined && first !== undefined && verticalOverlap(first.box, cell.box) > 0.5)
      current.push(cell);
    else lines.push([cell]);
  }
  return lines.map((line) => ({
    page: page.number,
    box: unionOf(line.map(({ box }) => box)),
    cells: line.sort((one, other) => one.box[0] - other.box[0]),
  }));
}

const middleOf = (box: Box): number => (box[1] + box[3]) / 2;

export const textOfLine = (line: VisualLine): string => line.cells.map(({ text }) => text).join(' ');
