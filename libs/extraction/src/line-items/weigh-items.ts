import type { PageLayout } from '../layout.js';
import type { LineItem } from '../line-item.js';
import type { DocumentLocale } from '../locale.js';
import { findMoney } from '../recognisers/money.js';
import { isSameAmount } from './numbers.js';
import { withoutAmounts } from './tables.js';
import { isTotalLabel } from './total-labels.js';
import { visualLines } from './visual-lines.js';

/** How far arithmetic speaks for items. */
export interface Weight {
  /** Share of the items with quantity, price and amount whose product is right; undefined when none has all three. */
  readonly products?: number;
  /** They add up to a printed sum. */
  readonly isSum: boolean;
}

const SLACK_SHARE = 0.0005;

/** Amounts on lines that name a sum, net and gross alike. */
export function printedSums(pages: readonly PageLayout[], locale: DocumentLocale): ReadonlySet<number> {
  const sums = new Set<number>();
  for (const page of pages) {
    for (const { cells } of visualLines(page)) {
      if (!cells.some(({ text }) => isTotalLabel(withoutAmounts(text, locale)))) continue;
      for (const { text } of cells) {
        for (const { value, confidence } of findMoney(text, locale)) {
          if (confidence >= 0.6 && value > 0) sums.add(value);
        }
      }
    }
  }
  return sums;
}

export function weighItems(
  items: readonly LineItem[],
  adjustments: number,
  sums: ReadonlySet<number>,
): Weight {
  const whole = items.filter(
    ({ quantity, unit_price: price, amount }) =>
      quantity !== undefined && price !== undefined && amount !== undefined,
  );
  const right = whole.filter(isProduct).length;
  const amounts = items.map(({ amount }) => amount);
  const total = amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
  const isComplete = items.length > 0 && amounts.every((amount) => amount !== undefined);
  const slack = 0.01 * Math.max(1, items.length / 2) + 0.005;
  return {
    ...(whole.length === 0 ? {} : { products: right / whole.length }),
    isSum:
      isComplete &&
      [...sums].some((sum) => [total, total + adjustments].some((own) => isSameAmount(own, sum, slack))),
  };
}

/** Quantity × price = amount; prices are printed rounded, and a line may have a discount of its own. */
function isProduct({ quantity = 0, unit_price: price = 0, amount = 0 }: LineItem): boolean {
  const product = quantity * price;
  return isSameAmount(product, amount, 0.015 + Math.abs(product) * SLACK_SHARE);
}
