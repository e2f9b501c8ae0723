import { FIELD_TYPES, type Box, type FieldName } from '@docstream/contracts';
import type { FieldValue } from './candidate.js';
import { boxWithin, unionOf, type Cell, type PageLayout } from './layout.js';
import type { LineItem, TaxLine } from './line-item.js';
import type { DocumentLocale } from './locale.js';
import { recogniseDates } from './recognisers/dates.js';
import { findMoney } from './recognisers/money.js';
import { foldValue, isSameNumber } from './same-value.js';

/** Where a value stands. */
export interface Place {
  readonly page: number;
  readonly box: Box;
  readonly raw: string;
}

const AMOUNT_SHAPE = 0.6;
/** Numbers like "1" and codes like "380" stand anywhere. */
const SHORTEST_TEXT = 3;

/**
 * The first place at which a known value is printed, however it is written; undefined when it is not. For items: the
 * places of all their amounts. Linear in the text.
 */
export function findPrinted(
  field: FieldName,
  value: FieldValue,
  pages: readonly PageLayout[],
  locale: DocumentLocale,
): Place | undefined {
  const type = FIELD_TYPES[field];
  switch (type) {
    case 'amount':
      return firstPlace(pages, (cell) => amountIn(cell, Number(value), locale));
    case 'date':
      return firstPlace(pages, (cell) => dateIn(cell, String(value), locale));
    case 'text':
      return firstPlace(pages, (cell) => textIn(cell, foldValue(String(value))));
    case 'items':
      return findItems(value as readonly (LineItem | TaxLine)[], pages, locale);
    case 'number':
    case 'list':
      return undefined;
  }
}

function firstPlace(
  pages: readonly PageLayout[],
  placeIn: (cell: Cell) => Place | undefined,
): Place | undefined {
  for (const { cells } of pages) {
    for (const cell of cells) {
      const place = placeIn(cell);
      if (place !== undefined) return place;
    }
  }
  return undefined;
}

const placeOf = (cell: Cell, start: number, end: number): Place => ({
  page: cell.page,
  box: boxWithin(cell, start, end),
  raw: cell.text.slice(start, end),
});

function amountIn(cell: Cell, value: number, locale: DocumentLocale): Place | undefined {
  const match = findMoney(cell.text, locale).find(
    (candidate) => candidate.confidence >= AMOUNT_SHAPE && isSameNumber(candidate.value, value),
  );
  return match === undefined ? undefined : placeOf(cell, match.start, match.end);
}

function dateIn(cell: Cell, value: string, locale: DocumentLocale): Place | undefined {
  const match = recogniseDates(cell.text, locale).find((candidate) => candidate.value === value.slice(0, 10));
  return match === undefined ? undefined : placeOf(cell, match.start, match.end);
}

/** A run of whole words that reads as the text does, punctuation and blanks aside. */
function textIn(cell: Cell, wanted: string): Place | undefined {
  if (wanted.length < SHORTEST_TEXT) return undefined;
  const folded = cell.words.map(({ text }) => foldValue(text));
  for (const [first, word] of folded.entries()) {
    if (word === '' || !wanted.startsWith(word)) continue;
    let read = '';
    for (let last = first; last < folded.length && read.length < wanted.length; last += 1) {
      read += folded[last] ?? '';
      if (read === wanted) {
        const end = (cell.starts[last] ?? 0) + (cell.words[last]?.text.length ?? 0);
        return placeOf(cell, cell.starts[first] ?? 0, end);
      }
      if (!wanted.startsWith(read)) break;
    }
  }
  return undefined;
}

function findItems(
  items: readonly (LineItem | TaxLine)[],
  pages: readonly PageLayout[],
  locale: DocumentLocale,
): Place | undefined {
  const wanted = new Set(items.flatMap(({ amount }) => (amount === undefined ? [] : [centsOf(amount)])));
  const found = new Map<number, Place>();
  for (const { cells } of pages) {
    for (const cell of cells) {
      for (const { value, start, end, confidence } of findMoney(cell.text, locale)) {
        const cents = centsOf(value);
        if (confidence >= AMOUNT_SHAPE && wanted.has(cents) && !found.has(cents))
          found.set(cents, placeOf(cell, start, end));
      }
    }
  }
  const places = [...found.values()];
  const page = places[0]?.page;
  if (page === undefined || found.size < wanted.size) return undefined;
  const together = places.filter((place) => place.page === page);
  return {
    page,
    box: unionOf(together.map(({ box }) => box)),
    raw: together.map(({ raw }) => raw).join('\n'),
  };
}

const centsOf = (amount: number): number => Math.round(amount * 100);
