import type { Box } from '@docstream/contracts';
import { unionOf, type Cell, type PageLayout } from '../layout.js';

/** Cells of one line together again: for headings, whose words may stand far apart. */
export interface TextLine {
  readonly text: string;
  readonly page: number;
  readonly box: Box;
  readonly fontSize: number;
  readonly bold: boolean;
  readonly block: number;
  readonly cells: readonly Cell[];
}

/** Lines of a page in reading order. */
export function textLines(page: PageLayout): readonly TextLine[] {
  const lines: Cell[][] = [];
  for (const cell of page.cells) {
    const last = lines.at(-1);
    if (last?.[0] !== undefined && last[0].line === cell.line) last.push(cell);
    else lines.push([cell]);
  }
  return lines.flatMap((cells) => {
    const first = cells[0];
    if (first === undefined) return [];
    const { page: number, fontSize, bold, block } = first;
    const text = cells.map((cell) => cell.text).join(' ');
    return [{ text, page: number, box: unionOf(cells.map(({ box }) => box)), fontSize, bold, block, cells }];
  });
}

/** Lines joined as a reader would: a hyphen at the end of a line takes the next one without a blank. */
export function joinLines(lines: readonly { readonly text: string }[]): string {
  return lines.reduce(
    (text, line) =>
      text === '' ? line.text : /\p{L}[-‐]$/u.test(text) ? text + line.text : `${text} ${line.text}`,
    '',
  );
}

/** A paragraph joined: words divided at the end of a line become one again. */
export function joinParagraph(lines: readonly { readonly text: string }[]): string {
  return lines.reduce(
    (text, line) =>
      text === ''
        ? line.text
        : /\p{Ll}[-‐]$/u.test(text) && /^\p{Ll}/u.test(line.text)
          ? text.slice(0, -1) + line.text
          : `${text} ${line.text}`,
    '',
  );
}
