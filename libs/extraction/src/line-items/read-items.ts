import type { Box } from '@docstream/contracts';
import { joinLines } from '../finders/text-lines.js';
import { unionOf } from '../layout.js';
import type { LineItem } from '../line-item.js';
import type { DocumentLocale } from '../locale.js';
import type { ColumnMeaning } from './column-labels.js';
import type { Column } from './heads.js';
import { findMoney } from '../recognisers/money.js';
import { amountIn, isSameAmount, isValueText, quantityIn, roundToCents } from './numbers.js';
import { groupRows, type Row } from './rows.js';
import { isAllowance, isCharge } from './total-labels.js';

/** An item with its place. */
export interface PlacedItem extends LineItem {
  readonly page: number;
  readonly box: Box;
}

export interface ReadItems {
  readonly items: readonly PlacedItem[];
  /** Discounts, postage and the like among the items, which belong to the sum. */
  readonly adjustments: number;
}

const LONGEST_DESCRIPTION = 500;
const UNIT_LETTERS = 10;
const CURRENCY_LETTERS = 4;
const DESCRIBING: readonly ColumnMeaning[] = ['description', 'item', 'article', 'other', 'position', 'date'];

/** Which column holds what decides: the amount of a line, or its quantity where nothing has a price. */
export function anchorColumn(columns: readonly Column[]): Column | undefined {
  const last = (meaning: ColumnMeaning): Column | undefined =>
    columns.findLast((column) => column.meaning === meaning);
  const prices = columns.filter(({ meaning }) => meaning === 'price');
  const hasQuantity = columns.some(({ meaning }) => meaning === 'quantity');
  return (
    last('amount') ??
    last('gross') ??
    (prices.length > 1 || !hasQuantity ? prices.at(-1) : undefined) ??
    last('price') ??
    last('quantity')
  );
}

/** The items that rows under a head hold. */
export function readItems(
  rows: readonly Row[],
  columns: readonly Column[],
  locale: DocumentLocale,
): ReadItems {
  const anchor = anchorColumn(columns);
  if (anchor === undefined) return { items: [], adjustments: 0 };
  const read = groupRows(rows, (row) => holdsValue(row, anchor, locale)).map((group) => {
    const item = itemOf(group, columns, anchor, locale);
    return { item, adjusted: adjustmentOf(item, group) };
  });
  const lastItem = read.findLastIndex(({ adjusted }) => adjusted === undefined);
  const items: PlacedItem[] = [];
  let adjustments = 0;
  for (const [index, { item, adjusted }] of read.entries()) {
    const last = items.at(-1);
    if (adjusted === undefined) {
      if (item.description !== undefined || item.unit_price !== undefined) items.push(item);
    } else if (last?.amount !== undefined && adjusted < 0 && index < lastItem) {
      items[items.length - 1] = { ...last, amount: roundToCents(last.amount + adjusted) };
    } else {
      adjustments = roundToCents(adjustments + adjusted);
    }
  }
  return { items, adjustments };
}

/** True for a row with a value in the column. */
export function holdsValue(row: Row, column: Column, locale: DocumentLocale): boolean {
  const text = valueOf([row], column);
  return (column.meaning === 'quantity' ? quantityIn(text, locale) : amountIn(text, locale)) !== undefined;
}

/** Discounts and charges have neither quantity nor price. */
function adjustmentOf(item: PlacedItem, group: readonly Row[]): number | undefined {
  if (item.quantity !== undefined || item.unit_price !== undefined) return undefined;
  const text = group.flatMap(({ cells }) => cells.map((cell) => cell.text)).join(' ');
  if (isAllowance(text)) return -Math.abs(item.amount ?? 0);
  return isCharge(text) ? (item.amount ?? 0) : undefined;
}

/** What the column holds in these rows, words and numbers within sentences left aside. */
function valueOf(rows: readonly Row[], column: Column): string {
  const mostLetters = column.meaning === 'quantity' ? UNIT_LETTERS : CURRENCY_LETTERS;
  return rows
    .flatMap(({ cells }) =>
      cells.filter((cell) => cell.column === column && isValueText(cell.text, mostLetters)),
    )
    .map(({ text }) => text)
    .join(' ');
}

function itemOf(
  group: readonly Row[],
  columns: readonly Column[],
  anchor: Column,
  locale: DocumentLocale,
): PlacedItem {
  const first = (meaning: ColumnMeaning): string | undefined => {
    const column = columns.find((candidate) => candidate.meaning === meaning && candidate !== anchor);
    return column === undefined ? undefined : valueOf(group, column);
  };
  const isPriced = anchor.meaning !== 'quantity';
  const isPriceAnchor =
    anchor.meaning === 'price' &&
    columns.filter(({ meaning }) => meaning === 'price').length === 1 &&
    columns.some(({ meaning }) => meaning === 'quantity');
  const amount = isPriced ? amountIn(valueOf(group, anchor), locale)?.value : undefined;
  const quantity = quantityIn((isPriced ? first('quantity') : valueOf(group, anchor)) ?? '', locale);
  const prices = findMoney(isPriceAnchor ? '' : (first('price') ?? ''), locale).map(({ value }) => value);
  const price = isPriceAnchor
    ? amount
    : (prices.find((value) => isSameAmount(value * (quantity ?? 0), amount ?? 0)) ?? prices[0]);
  const description = descriptionOf(group, columns);
  return {
    ...(description === '' ? {} : { description }),
    ...(quantity === undefined ? {} : { quantity }),
    ...(price === undefined ? {} : { unit_price: price }),
    ...(amount === undefined || isPriceAnchor ? {} : { amount }),
    page: group[0]?.page ?? 1,
    box: unionOf(group.map(({ box }) => box)),
  };
}

/** The text of the first column of words that has any. */
function descriptionOf(group: readonly Row[], columns: readonly Column[]): string {
  for (const meaning of DESCRIBING) {
    const lines = group.flatMap(({ cells }) =>
      cells.filter(
        ({ column, text }) =>
          column.meaning === meaning && columns.includes(column) && /[\p{L}\p{N}]/u.test(text),
      ),
    );
    const text = joinLines(lines).trim();
    if (/\p{L}{2}/u.test(text)) return text.slice(0, LONGEST_DESCRIPTION);
  }
  return '';
}
