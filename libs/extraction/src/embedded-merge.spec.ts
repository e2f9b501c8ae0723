import type { EmbeddedInvoice, ParsedDocument } from '@docstream/contracts';
import { describe, expect, it } from '@jest/globals';
import { parsedText, shippedDefinitionFiles } from '@docstream/testing';
import { readDefinitions } from './definitions/index.js';
import type { EmbeddedInvoiceUse } from './embedded-merge.js';
import { extractFields } from './extract-fields.js';
import type { FoundField } from './found-field.js';

const definitions = readDefinitions([{ files: shippedDefinitionFiles() }]);
const PAGE = `Beispiel Handel GmbH

Rechnungs-Nr.: RE-2024/0815
Rechnungsdatum: 03.05.2024

Nettobetrag: 1.000,00 EUR
MwSt. 19 %: 190,00 EUR
Gesamtbetrag: 1.190,00 EUR

IBAN: DE91 1000 0000 0123 4567 89
Lieferung am 28.04.2024`;

const AGREEING: EmbeddedInvoice = {
  syntax: 'cii',
  attachment: 'factur-x.xml',
  number: 'RE-2024/0815',
  issueDate: '2024-05-03',
  currency: 'EUR',
  netTotal: '1000.00',
  taxTotal: '190.00',
  total: '1190',
  iban: 'DE91100000000123456789',
};

const documentWith = (embeddedInvoice?: EmbeddedInvoice): ParsedDocument => ({
  ...parsedText(PAGE, { language: 'de' }),
  ...(embeddedInvoice === undefined ? {} : { embeddedInvoice }),
});

function read(
  changes: Partial<EmbeddedInvoice>,
  embeddedInvoice: EmbeddedInvoiceUse = 'prefer-page',
  type = 'invoice',
): ReadonlyMap<string, FoundField> {
  const found = extractFields(documentWith({ ...AGREEING, ...changes }), type, {
    definitions,
    embeddedInvoice,
  });
  return new Map([...found].reverse().map((field) => [field.name, field]));
}

const fromPage = new Map(
  [...extractFields(documentWith(), 'invoice', { definitions })]
    .reverse()
    .map((field) => [field.name, field]),
);

describe('an electronic invoice that agrees with the page', () => {
  it.each(['invoice_number', 'issue_date', 'net_total', 'tax_total', 'total', 'iban'] as const)(
    'makes %s surer and keeps its place, text and rule',
    (name) => {
      const [alone, both] = [fromPage.get(name), read({}).get(name)];
      expect(both?.confidence).toBeGreaterThanOrEqual(Math.max(0.97, alone?.confidence ?? 1));
      expect({ ...both, confidence: 0 }).toEqual({ ...alone, confidence: 0 });
    },
  );

  it('is compared by numbers, days and letters, however they are written', () => {
    const found = [...read({ total: '1190.000', iban: 'de91 1000 0000 0123 4567 89' }).values()];
    expect(found.filter(({ conflict }) => conflict !== undefined)).toEqual([]);
  });
});

describe('an electronic invoice that contradicts the page', () => {
  const change = { total: '1290.00' };

  it('leaves the page’s value with half its confidence and is kept as its conflict', () => {
    const total = read(change).get('total');
    expect(total).toMatchObject({ value: 1190, conflict: 1290, raw: '1.190,00 EUR', page: 1 });
    expect(total?.confidence).toBeCloseTo((fromPage.get('total')?.confidence ?? 0) / 2, 6);
  });

  it('is shown instead where it is preferred, with the page’s value as conflict', () => {
    const total = read(change, 'prefer-xml').get('total');
    expect(total).toMatchObject({ value: 1290, conflict: 1190, rule: 'embedded:cii' });
    expect(total?.confidence).toBeLessThan(0.5);
    expect(total).not.toHaveProperty('page');
  });

  it('is not looked at where it is to be ignored', () => {
    expect([...read(change, 'ignore').values()]).toEqual([...fromPage.values()]);
  });

  it('is believed less in what only it says', () => {
    expect(read({ typeCode: '380' }).get('type_code')?.confidence).toBeGreaterThan(0.9);
    expect(read({ ...change, typeCode: '380' }).get('type_code')?.confidence).toBeLessThan(0.7);
  });
});

describe('what only the electronic invoice says', () => {
  it('has neither page nor box nor raw text where it is not printed', () => {
    const due = read({ dueDate: '2024-06-02' }).get('due_date');
    expect(due).toEqual({ name: 'due_date', value: '2024-06-02', confidence: 0.95, rule: 'embedded:cii' });
  });

  it('has the place where it is printed', () => {
    const delivery = read({ deliveryDate: '2024-04-28' }).get('delivery_date');
    expect(delivery).toMatchObject({ value: '2024-04-28', page: 1, raw: '28.04.2024', rule: 'embedded:cii' });
  });

  it('names the syntax as rule and the order’s number in an order', () => {
    const found = read(
      { syntax: 'order-x', number: 'PO-7', dueDate: '2024-06-02' },
      'prefer-page',
      'unknown',
    );
    expect(found.get('order_number')).toMatchObject({ value: 'PO-7', rule: 'embedded:order-x' });
  });

  it('takes the place of a reading of which the page prints only a part', () => {
    const seller = read({ seller: { name: 'Beispiel Handel GmbH & Co. KG' } }).get('seller_name');
    expect(seller).toMatchObject({ value: 'Beispiel Handel GmbH & Co. KG', raw: 'Beispiel Handel GmbH' });
    expect(seller).not.toHaveProperty('conflict');
  });

  it('is believed where the page’s reading is another of its fields', () => {
    // The page's total is read as what the XML calls the net, and the XML's total is printed as well.
    const total = read({ netTotal: '1190.00', total: '1000.00', taxTotal: '' }).get('total');
    expect(total).toMatchObject({ value: 1000, raw: '1.000,00 EUR', rule: 'embedded:cii' });
  });

  it('turns lines and taxes into items and drops what is no number', () => {
    const lines = [
      {
        description: 'Bleistift\n HB',
        quantity: '2',
        unitPrice: '995.00',
        priceQuantity: '100',
        amount: '19.90',
      },
      { description: 'Hinweis', quantity: '1e3', amount: 'Infinity' },
      {},
    ];
    const found = read({ lines, taxes: [{ rate: '19.00', base: '1000.00', amount: '190.00' }] });
    expect(found.get('line_items')?.value).toEqual([
      { description: 'Bleistift HB', quantity: 2, unit_price: 9.95, amount: 19.9 },
      { description: 'Hinweis' },
    ]);
    expect(found.get('tax_lines')?.value).toEqual([{ rate: 19, base: 1000, amount: 190 }]);
  });
});
