import type { EmbeddedInvoice, FieldName, InvoiceLine, InvoiceTax } from '@docstream/contracts';
import type { FieldValue } from './candidate.js';
import { withoutAbsent, type LineItem, type TaxLine } from './line-item.js';

/** What an electronic invoice says of one field. */
export interface EmbeddedValue {
  readonly field: FieldName;
  readonly value: FieldValue;
}

const PRICE_DIGITS = 6;
/** More would make an event of many megabytes. */
const MOST_ITEMS = 5000;

/** The values of an electronic invoice under the names of fields; what is no number where one is due is left out. */
export function embeddedValues(invoice: EmbeddedInvoice): readonly EmbeddedValue[] {
  const isOrder = invoice.syntax === 'order-x';
  const values: readonly (readonly [FieldName, FieldValue | undefined])[] = [
    [isOrder ? 'order_number' : 'invoice_number', textOf(invoice.number)],
    ['type_code', textOf(invoice.typeCode)],
    ['issue_date', textOf(invoice.issueDate)],
    ['due_date', textOf(invoice.dueDate)],
    ['delivery_date', textOf(invoice.deliveryDate)],
    ['order_reference', isOrder ? undefined : textOf(invoice.orderNumber)],
    ['currency', textOf(invoice.currency)],
    ['total', numberOf(invoice.total)],
    ['net_total', numberOf(invoice.netTotal)],
    ['tax_total', numberOf(invoice.taxTotal)],
    ['amount_due', numberOf(invoice.amountDue)],
    ['seller_name', textOf(invoice.seller?.name)],
    ['buyer_name', textOf(invoice.buyer?.name)],
    ['seller_vat_id', codeOf(invoice.seller?.vatId)],
    ['buyer_vat_id', codeOf(invoice.buyer?.vatId)],
    ['iban', codeOf(invoice.iban)],
    ['bic', codeOf(invoice.bic)],
    ['tax_lines', someOf((invoice.taxes ?? []).map(taxLineOf))],
    ['line_items', someOf((invoice.lines ?? []).map(lineItemOf))],
  ];
  return values.flatMap(([field, value]) => (value === undefined ? [] : [{ field, value }]));
}

function textOf(text: string | undefined): string | undefined {
  const trimmed = text?.replace(/\s+/gu, ' ').trim();
  return trimmed === '' ? undefined : trimmed;
}

const codeOf = (text: string | undefined): string | undefined =>
  textOf(text?.replace(/\s+/gu, '').toUpperCase());

/** XML Schema's decimal: digits, a point, a sign; nothing that a JavaScript number would also read. */
function numberOf(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  return /^[+-]?(?:\d{1,15}(?:\.\d{0,12})?|\.\d{1,12})$/u.test(trimmed) ? Number(trimmed) : undefined;
}

function taxLineOf({ rate, base, amount }: InvoiceTax): TaxLine {
  return withoutAbsent({ rate: numberOf(rate), base: numberOf(base), amount: numberOf(amount) });
}

function lineItemOf({ description, quantity, unitPrice, priceQuantity, amount }: InvoiceLine): LineItem {
  const price = numberOf(unitPrice);
  const units = numberOf(priceQuantity) ?? 1;
  return withoutAbsent({
    description: textOf(description),
    quantity: numberOf(quantity),
    unit_price: price === undefined || units === 0 ? price : Number((price / units).toFixed(PRICE_DIGITS)),
    amount: numberOf(amount),
  });
}

/** Entries that say nothing are none. */
function someOf<Entry extends LineItem | TaxLine>(entries: readonly Entry[]): readonly Entry[] | undefined {
  const some = entries.filter((entry) => Object.keys(entry).length > 0).slice(0, MOST_ITEMS);
  return some.length === 0 ? undefined : some;
}
