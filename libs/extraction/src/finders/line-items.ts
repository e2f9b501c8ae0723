import type { ParsedDocument, Table } from '@docstream/contracts';
import type { Candidate } from '../candidate.js';
import { unionOf, type PageLayout } from '../layout.js';
import type { LineItem } from '../line-item.js';
import type { PlacedItem, ReadItems } from '../line-items/read-items.js';
import { findReceiptItems } from '../line-items/receipt-lines.js';
import { findItemTables } from '../line-items/tables.js';
import { printedSums, weighItems, type Weight } from '../line-items/weigh-items.js';
import { nameOf, type Finder } from './finder.js';

const MOST_ITEMS = 500;
const UNPROVEN = 0.7;
const SUMMED_LINES = 0.9;

/** The lines of an invoice, an order or a receipt, from the tables that call their columns so. */
export const findLineItems: Finder = (field, rule, context) => {
  const { document, pages, locale } = context;
  const tables = new Map(
    document.pages.map((page): [number, readonly Table[]] => [page.number, page.tables ?? []]),
  );
  const body = pages.map((page) => withoutFooter(page, document));
  const sums = printedSums(pages, locale);
  const name = nameOf(context, field, rule);
  const found = findItemTables(body, tables, locale).flatMap(variantsOf);
  if (found.length > 0) {
    return found.map(({ items, adjustments }) => {
      const confidence = rule.confidence * confidenceOf(weighItems(items, adjustments, sums), items);
      return candidateOfItems(field, name, items, confidence);
    });
  }
  const items = findReceiptItems(body, locale);
  const isProven = items.length <= MOST_ITEMS && weighItems(items, 0, sums).isSum;
  return isProven ? [candidateOfItems(field, name, items, rule.confidence * SUMMED_LINES)] : [];
};

/** All rows of a table, and those with a price or a quantity where others have none: the sum decides. */
function variantsOf({ items, adjustments }: ReadItems): readonly ReadItems[] {
  const priced = items.filter(isPriced);
  const isMixed = priced.length > 0 && priced.length < items.length;
  return [{ items, adjustments }, ...(isMixed ? [{ items: priced, adjustments }] : [])].filter(
    (variant) => variant.items.length > 0 && variant.items.length <= MOST_ITEMS,
  );
}

/** Page numbers and addresses of the issuer stand in the same columns. Heads that are repeated look like running titles. */
function withoutFooter(page: PageLayout, document: ParsedDocument): PageLayout {
  const blocks = document.pages.find(({ number }) => number === page.number)?.blocks ?? [];
  return { ...page, cells: page.cells.filter(({ block }) => blocks[block]?.role !== 'footer') };
}

const isPriced = ({ quantity, unit_price: price }: LineItem): boolean =>
  quantity !== undefined || price !== undefined;

function candidateOfItems(
  field: Candidate['field'],
  rule: string,
  items: readonly PlacedItem[],
  confidence: number,
): Candidate {
  const page = items[0]?.page ?? 1;
  const together = items.filter((item) => item.page === page);
  return {
    field,
    value: items.map(({ page: _page, box: _box, ...item }) => item),
    page,
    box: unionOf(together.map(({ box }) => box)),
    raw: together.map(({ description }) => description ?? '').join('\n'),
    confidence,
    rule,
  };
}

/** Arithmetic proves items; a sum that nobody prints, or products that are wrong, speak against them. */
function confidenceOf({ products, isSum }: Weight, items: readonly PlacedItem[]): number {
  if (isSum) return products === undefined ? 0.92 : 0.92 + 0.07 * products;
  if (items.every(({ amount }) => amount === undefined)) return UNPROVEN;
  if (products === undefined) return 0.5;
  const unproven = products === 1 ? UNPROVEN : 0.3 + 0.3 * products;
  return items.every(isPriced) ? unproven : 0.8 * unproven;
}
