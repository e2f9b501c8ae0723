import type { Box } from '@docstream/contracts';
import { boxWithin, unionOf, type Cell, type PageLayout } from './layout.js';

interface Span {
  readonly cell: Cell;
  /** Where the cell begins in the text. */
  readonly start: number;
}

/** A page as one text, for regular expressions: lines as `docstream parse --text` prints them. */
export interface PageText {
  /** From 1. */
  readonly page: number;
  readonly text: string;
  readonly spans: readonly Span[];
}

/** Cells of a line with a blank between, a line a line, an empty line between blocks. */
export function textOfPage({ number, cells }: PageLayout): PageText {
  const spans: Span[] = [];
  let text = '';
  let last: Cell | undefined;
  for (const cell of cells) {
    if (last !== undefined) text += last.block !== cell.block ? '\n\n' : last.line !== cell.line ? '\n' : ' ';
    spans.push({ cell, start: text.length });
    text += cell.text;
    last = cell;
  }
  return { page: number, text, spans };
}

/** The cells that `[start, end)` touches, and the box of their words within; none where only line ends are touched. */
export function placeWithin(
  { spans }: PageText,
  start: number,
  end: number,
): { readonly cells: readonly Cell[]; readonly box: Box } | undefined {
  const touched = spans.filter(({ cell, start: from }) => from < end && from + cell.text.length > start);
  if (touched.length === 0) return undefined;
  return {
    cells: touched.map(({ cell }) => cell),
    box: unionOf(
      touched.map(({ cell, start: from }) => boxWithin(cell, Math.max(0, start - from), end - from)),
    ),
  };
}

/** Shorter lines end where the paper does not: what follows is something else. */
const SHORTEST_FULL_LINE = 45;

/** A page for names inside sentences: lines of a paragraph joined by blanks; a line end where something else begins. */
export function proseOfPage({ number, cells }: PageLayout): PageText {
  const spans: Span[] = [];
  let text = '';
  let last: Cell | undefined;
  for (const cell of cells) {
    if (last !== undefined) {
      const isParagraph =
        last.block === cell.block && last.line !== cell.line && last.text.length >= SHORTEST_FULL_LINE;
      text += isParagraph ? ' ' : '\n';
    }
    spans.push({ cell, start: text.length });
    text += cell.text;
    last = cell;
  }
  return { page: number, text, spans };
}
