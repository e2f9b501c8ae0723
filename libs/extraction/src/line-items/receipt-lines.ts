import { joinLines } from '../finders/text-lines.js';
import type { PageLayout } from '../layout.js';
import { withoutAbsent } from '../line-item.js';
import type { DocumentLocale } from '../locale.js';
import { findMoney, type MoneyMatch } from '../recognisers/money.js';
import { quantityIn } from './numbers.js';
import type { PlacedItem } from './read-items.js';
import { isAllowance, isTotalLabel } from './total-labels.js';
import { withoutAmounts } from './tables.js';
import { textOfLine, visualLines, type VisualLine } from './visual-lines.js';

const RULE = /^[\s\-=_*.–—]{4,}$/u;
const TIMES = /(\d+(?:[.,]\d+)?)\s*(?:@|x|×|\*|à)\s*$/iu;
const PRINTED_AMOUNT = 0.6;
/** Letters that may follow an amount: a tax code, a currency. */
const MOST_AFTER = 4;
const MOST_LINES = 400;

/**
 * The items of a receipt: lines that end with an amount, down to the first sum. Names may stand above their amount, and
 * `2 @ 79.99` before it. Whoever takes them has to see that they add up.
 */
export function findReceiptItems(
  pages: readonly PageLayout[],
  locale: DocumentLocale,
): readonly PlacedItem[] {
  const items: PlacedItem[] = [];
  let pending: Pending = NOTHING;
  for (const line of pages.flatMap((page) => visualLines(page)).slice(0, MOST_LINES)) {
    const text = textOfLine(line);
    if (RULE.test(text)) {
      pending = NOTHING;
      continue;
    }
    const amounts = findMoney(text, locale).filter(({ confidence }) => confidence >= PRINTED_AMOUNT);
    if (amounts.length > 0 && isTotalLabel(withoutAmounts(text, locale))) break;
    const read = readLine(text, amounts, locale);
    pending = { ...pending, ...read.pending, names: [...pending.names, ...read.names] };
    if (read.amount === undefined) continue;
    items.push(itemOf(line, pending, read.amount));
    pending = NOTHING;
  }
  return items;
}

interface Pending {
  readonly names: readonly string[];
  readonly quantity?: number;
  readonly price?: number;
}

const NOTHING: Pending = { names: [] };

interface ReadLine {
  readonly names: readonly string[];
  readonly pending: Omit<Pending, 'names'>;
  readonly amount?: number;
}

function readLine(text: string, amounts: readonly MoneyMatch[], locale: DocumentLocale): ReadLine {
  const nameBefore = (end: number): readonly string[] => {
    const name = text.slice(0, end).trim();
    return /\p{L}{2}/u.test(name) ? [name] : [];
  };
  const last = amounts.at(-1);
  if (last === undefined) return { names: nameBefore(text.length), pending: {} };
  // What a member saved is part of the amount that follows.
  if (isAllowance(withoutAmounts(text, locale))) return { names: [], pending: {} };
  const [price] = amounts;
  const times = TIMES.exec(text.slice(0, price?.start ?? 0));
  if (times !== null && price !== undefined) {
    const quantity = quantityIn(times[1] ?? '', locale);
    const pending = { price: price.value, ...(quantity === undefined ? {} : { quantity }) };
    const isWhole = amounts.length > 1;
    return { names: nameBefore(times.index), pending, ...(isWhole ? { amount: last.value } : {}) };
  }
  if (text.slice(last.end).replace(/[^\p{L}]/gu, '').length > MOST_AFTER) return { names: [], pending: {} };
  return { names: nameBefore(last.start), pending: {}, amount: last.value };
}

function itemOf(line: VisualLine, { names, quantity, price }: Pending, amount: number): PlacedItem {
  const description = joinLines(names.map((text) => ({ text })));
  return {
    ...withoutAbsent({
      description: description === '' ? undefined : description,
      quantity,
      unit_price: price,
      amount,
    }),
    page: line.page,
    box: line.box,
  };
}
