import type { Table } from '@docstream/contracts';
import { heightOf, type PageLayout } from '../layout.js';
import type { DocumentLocale } from '../locale.js';
import { findMoney } from '../recognisers/money.js';
import { labelShare } from './column-labels.js';
import { findHeads, type Head } from './heads.js';
import { anchorColumn, holdsValue, readItems, type PlacedItem, type ReadItems } from './read-items.js';
import { rowOf, type Row, type RowCell } from './rows.js';
import { isCarriedForward, isTotalLabel } from './total-labels.js';
import { textOfLine, visualLines, type VisualLine } from './visual-lines.js';

/** Rows that belong to an item follow each other more closely than this many heights of a line. */
const WIDEST_GAP = 2.2;
const MOST_ROWS = 2000;

interface LinedPage {
  readonly number: number;
  readonly lines: readonly VisualLine[];
  readonly heads: readonly Head[];
}

/** The items of every kind of table in a document; a head that is repeated, on the same page or a later one, continues its table. */
export function findItemTables(
  pages: readonly PageLayout[],
  tables: ReadonlyMap<number, readonly Table[]>,
  locale: DocumentLocale,
): readonly ReadItems[] {
  const found = new Map<string, { readonly items: PlacedItem[]; adjustments: number }>();
  let open: Head | undefined;
  for (const page of pages) {
    const lines = visualLines(page);
    const lined = { number: page.number, lines, heads: findHeads(lines, tables.get(page.number) ?? []) };
    for (const { head, start } of sectionsOf(lined, open)) {
      const { rows, isEnded } = rowsUnder(head, start, lined, locale);
      const read = readItems(rows, head.columns, locale);
      const signature = signatureOf(head);
      const table = found.get(signature) ?? { items: [], adjustments: 0 };
      table.items.push(...read.items);
      table.adjustments += read.adjustments;
      found.set(signature, table);
      open = isEnded ? undefined : head;
    }
  }
  return [...found.values()];
}

/** What heads the columns, left to right: tables of one head belong together. */
const signatureOf = ({ columns }: Head): string => columns.map(({ meaning }) => meaning).join(' ');

/** The tables of a page: one under each head; without any, the last page's goes on from the top. */
function sectionsOf(
  { heads }: LinedPage,
  open: Head | undefined,
): readonly { readonly head: Head; readonly start: number }[] {
  if (heads.length > 0) return heads.map((head) => ({ head, start: head.end }));
  return open === undefined ? [] : [{ head: open, start: 0 }];
}

function rowsUnder(
  head: Head,
  start: number,
  { lines, heads }: LinedPage,
  locale: DocumentLocale,
): { readonly rows: readonly Row[]; readonly isEnded: boolean } {
  const end = heads.find((other) => other.start >= start && other !== head)?.start ?? lines.length;
  const anchor = anchorColumn(head.columns);
  const rows: Row[] = [];
  let hasAnchor = false;
  for (const line of lines.slice(start, Math.min(end, start + MOST_ROWS))) {
    const row = rowOf(line, head.columns);
    const isValued = anchor !== undefined && holdsValue(row, anchor, locale);
    if (isCarriedForward(textOfLine(line))) continue;
    if (isSum(row, line, locale) || isOtherHead(line)) {
      if (hasAnchor || start === 0) return { rows, isEnded: true };
      continue;
    }
    if (hasAnchor && !isValued && isFar(rows, line)) {
      // Text further down may belong to the next item, or to the foot of the page.
      if (!hasAnchorBelow(line, lines.slice(0, end), head, locale)) return { rows, isEnded: false };
    }
    hasAnchor ||= isValued;
    rows.push(row);
  }
  return { rows, isEnded: end < lines.length };
}

function isFar(rows: readonly Row[], line: VisualLine): boolean {
  const last = rows.at(-1);
  return last !== undefined && line.box[1] - last.box[3] > WIDEST_GAP * heightOf(line.box);
}

/** True when the lines that follow closely lead to another amount. */
function hasAnchorBelow(
  from: VisualLine,
  lines: readonly VisualLine[],
  head: Head,
  locale: DocumentLocale,
): boolean {
  const anchor = anchorColumn(head.columns);
  let previous = from;
  for (const line of lines.slice(lines.indexOf(from))) {
    if (anchor === undefined || line.box[1] - previous.box[3] > WIDEST_GAP * heightOf(line.box)) return false;
    if (holdsValue(rowOf(line, head.columns), anchor, locale)) return true;
    previous = line;
  }
  return false;
}

/** The head of a table of other things: taxes, allowances, terms of payment. */
function isOtherHead({ cells }: VisualLine): boolean {
  const known = cells.filter(({ text }) => labelShare(text) >= 0.5);
  return (
    known.length >= 2 && known.length >= cells.length / 3 && cells.every(({ text }) => !/\d/u.test(text))
  );
}

/** A row of sums: an amount and a cell that says so, which is the first or has neither quantity nor price beside it. */
function isSum(row: Row, line: VisualLine, locale: DocumentLocale): boolean {
  const labels = line.cells.filter(({ text }) => isTotalLabel(withoutAmounts(text, locale)));
  if (labels.length === 0 || !line.cells.some(({ text }) => findMoney(text, locale).length > 0)) return false;
  if (labels[0] === line.cells[0]) return true;
  return !row.cells.some((cell) => isOwnValue(cell, locale));
}

function isOwnValue({ column, text }: RowCell, locale: DocumentLocale): boolean {
  if (column.meaning !== 'quantity' && column.meaning !== 'price') return false;
  return findMoney(text, locale).length > 0;
}

/** The words of a cell that are not part of an amount. */
export function withoutAmounts(text: string, locale: DocumentLocale): string {
  let rest = text;
  for (const { start, end } of [...findMoney(text, locale)].reverse())
    rest = `${rest.slice(0, start)} ${rest.slice(end)}`;
  return rest;
}
