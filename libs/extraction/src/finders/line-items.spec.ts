import type { ParsedDocument } from '@docstream/contracts';
import { placedDocument, placedRow, shippedDefinitionFiles, type PlacedText } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDefinitions } from '../definitions/index.js';
import { extractFields } from '../extract-fields.js';
import type { FoundField } from '../found-field.js';

const definitions = readDefinitions([{ files: shippedDefinitionFiles() }]);
const itemsOf = (document: ParsedDocument, type = 'invoice'): FoundField | undefined =>
  extractFields(document, type, { definitions }).find(({ name }) => name === 'line_items');

const HEAD = ['Pos.', 'Beschreibung', 'Menge', 'Einzelpreis', 'Gesamt'] as const;
const COLUMNS = [50, 90, 300, 380, 480] as const;

/** A row of the German table; an empty text is an empty cell. */
const row = (y: number, ...texts: readonly string[]): PlacedText[] =>
  texts.flatMap((text, index): PlacedText[] => (text === '' ? [] : [[text, COLUMNS[index] ?? 0, y]]));

const german = (...pages: readonly (readonly PlacedText[])[]): ParsedDocument =>
  placedDocument(pages, { language: 'de' });

describe('a table of items', () => {
  it('gives description, quantity, price and amount, and is sure of them when they add up', () => {
    const found = itemsOf(
      german([
        ...row(200, ...HEAD),
        ...row(220, '1', 'Bleistift HB', '10 Stk', '0,50', '5,00'),
        ...row(232, '', 'aus Zedernholz'),
        ...row(252, '2', 'Papier A4', '2,5 Pakete', '4,00 €', '10,00 €'),
        ...row(290, '', '', '', 'Nettobetrag', '15,00'),
        ...row(310, '', '', '', 'MwSt. 19 %', '2,85'),
        ...row(330, '', '', '', 'Gesamtbetrag', '17,85'),
      ]),
    );
    expect(found?.value).toEqual([
      { description: 'Bleistift HB aus Zedernholz', quantity: 10, unit_price: 0.5, amount: 5 },
      { description: 'Papier A4', quantity: 2.5, unit_price: 4, amount: 10 },
    ]);
    expect(found).toMatchObject({ page: 1, rule: 'invoice.line_items.line-items@1' });
    expect(found?.confidence).toBeGreaterThan(0.9);
  });

  it('is less sure when products or sums are wrong', () => {
    const table = (amount: string): ParsedDocument =>
      german([
        ...row(200, ...HEAD),
        ...row(220, '1', 'Bleistift', '10', '0,50', amount),
        ...row(260, '', '', '', 'Nettobetrag', '5,00'),
      ]);
    const [right, wrong] = [itemsOf(table('5,00')), itemsOf(table('6,00'))];
    expect(wrong?.value).toEqual([{ description: 'Bleistift', quantity: 10, unit_price: 0.5, amount: 6 }]);
    expect(right?.confidence).toBeGreaterThan(0.9);
    expect(wrong?.confidence).toBeLessThan(0.5);
  });

  it('goes on under a repeated head, past what is carried forward', () => {
    const found = itemsOf(
      german(
        [
          ...row(200, ...HEAD),
          ...row(220, '1', 'Bleistift', '10', '0,50', '5,00'),
          ...row(240, '', 'Übertrag', '', '', '5,00'),
        ],
        [
          ...row(100, ...HEAD),
          ...row(120, '', 'Übertrag', '', '', '5,00'),
          ...row(140, '2', 'Papier', '2', '5,00', '10,00'),
          ...row(180, '', '', '', 'Summe', '15,00'),
        ],
      ),
    );
    expect(found?.value).toMatchObject([{ amount: 5 }, { amount: 10 }]);
    expect(found?.confidence).toBeGreaterThan(0.9);
  });

  it('goes on without a head at the top of the next page', () => {
    const found = itemsOf(
      german(
        [...row(700, ...HEAD), ...row(720, '1', 'Bleistift', '10', '0,50', '5,00')],
        [
          ...row(60, '2', 'Papier', '2', '5,00', '10,00'),
          ...row(90, '', '', '', 'Summe', '15,00'),
          ...row(120, '', 'Zahlbar bis', '', '', '30,00'),
        ],
      ),
    );
    expect(found?.value).toMatchObject([{ amount: 5 }, { amount: 10 }]);
  });

  it('takes an item’s own discount off it, and leaves discounts and postage of all out', () => {
    const found = itemsOf(
      german([
        ...row(200, ...HEAD),
        ...row(220, '1', 'Bleistift', '10', '0,50', '5,00'),
        ...row(232, '', 'abzgl. 20 % Rabatt', '', '', '-1,00'),
        ...row(252, '2', 'Papier', '2', '5,00', '10,00'),
        ...row(272, '', 'Versandkosten', '', '', '3,90'),
        ...row(310, '', '', '', 'Zwischensumme', '17,90'),
      ]),
    );
    expect(found?.value).toMatchObject([
      { description: expect.stringContaining('Bleistift'), amount: 4 },
      { description: 'Papier', amount: 10 },
    ]);
    expect(found?.confidence).toBeGreaterThan(0.9);
  });

  it('knows heads of two lines, and a description under which columns of numbers begin', () => {
    const found = itemsOf(
      placedDocument([
        [
          ...placedRow(188, ['Unit', 330], ['Line', 450]),
          ...placedRow(200, ['Description', 60], ['Qty', 260], ['price', 330], ['total', 450]),
          ...placedRow(
            220,
            ['Consulting services on site in May', 60],
            ['2 hours', 260],
            ['$30.00', 330],
            ['$60.00', 450],
          ),
          ...placedRow(260, ['Subtotal', 330], ['$60.00', 450]),
        ],
      ]),
    );
    expect(found?.value).toEqual([
      { description: 'Consulting services on site in May', quantity: 2, unit_price: 30, amount: 60 },
    ]);
  });

  it('reads columns that bars part, wherever their words stand', () => {
    const line = (y: number, text: string): PlacedText => [text, 60, y];
    const found = itemsOf(
      placedDocument([
        [
          line(100, 'Line | Part Number | Description | Qty | Unit Price | Total'),
          line(112, '--------------------------------------------'),
          line(124, '1 | QE-55 | Microcontroller Unit, large | 500 | $12.50 | $6,250.00'),
          line(136, '| Rev. B | 32 bit'),
          line(148, '--------------------------------------------'),
          line(160, '2 | QE-7 | Sensor | 2 | $10.00 | $20.00'),
          line(200, 'TOTAL: $6,270.00'),
        ],
      ]),
      'purchase-order',
    );
    expect(found?.value).toMatchObject([
      { description: 'Microcontroller Unit, large 32 bit', quantity: 500, unit_price: 12.5, amount: 6250 },
      { description: 'Sensor', quantity: 2, unit_price: 10, amount: 20 },
    ]);
  });

  it('gives quantities alone where a delivery note has no prices', () => {
    const found = itemsOf(
      placedDocument([
        [
          ...placedRow(200, ['Article no.', 60], ['Description', 160], ['Quantity', 400]),
          ...placedRow(220, ['A-1', 60], ['Pencils', 160], ['10 pcs', 400]),
          ...placedRow(240, ['A-2', 60], ['Paper', 160], ['2', 400]),
        ],
      ]),
      'delivery-note',
    );
    expect(found?.value).toEqual([
      { description: 'Pencils', quantity: 10 },
      { description: 'Paper', quantity: 2 },
    ]);
  });

  it.each([
    [
      'taxes',
      ['Art', 'Basisbetrag', 'Steuersatz', 'Steuerbetrag'],
      ['Umsatzsteuer', '100,00', '19', '19,00'],
    ],
    ['payments', ['Beschreibung', 'Fälligkeit', 'Teilzahlung', ''], ['Rate', '01.02.2024', '50,00', '']],
  ])('is not a table of %s', (_, head, values) => {
    const cells = (texts: readonly string[], y: number): PlacedText[] =>
      texts.flatMap((text, index): PlacedText[] => (text === '' ? [] : [[text, 60 + 120 * index, y]]));
    expect(itemsOf(german([...cells(head, 200), ...cells(values, 220)]))).toBeUndefined();
  });

  it('takes no number of a sentence for an amount', () => {
    const found = itemsOf(
      german([
        ...row(200, ...HEAD),
        ...row(220, '1', 'Bleistift', '10', '0,50', '5,00'),
        ...row(240, '', 'Steuerfreie Lieferung nach', '', '', '§ 275 des Gesetzes'),
      ]),
    );
    expect(found?.value).toMatchObject([{ amount: 5 }]);
  });
});

describe('a receipt without columns', () => {
  const receipt = (...lines: readonly string[]): ParsedDocument =>
    placedDocument([lines.map((text, index): PlacedText => [text, 20, 40 + 12 * index])], { language: 'en' });

  it('gives the lines that end with an amount when they add up', () => {
    const found = itemsOf(
      receipt(
        'CORNER SHOP',
        '--------',
        'USB-C Hub',
        '2 @ 79.99',
        '159.98',
        'Milk 1.20',
        '--------',
        'TOTAL 161.18',
      ),
      'receipt',
    );
    expect(found?.value).toEqual([
      { description: 'USB-C Hub', quantity: 2, unit_price: 79.99, amount: 159.98 },
      { description: 'Milk', amount: 1.2 },
    ]);
  });

  it('gives none when they do not', () => {
    expect(itemsOf(receipt('Milk 1.20', 'Bread 2.50', 'TOTAL 9.99'), 'receipt')).toBeUndefined();
  });
});

describe('items and totals', () => {
  const confidenceOf = (document: ParsedDocument, name: string): number =>
    extractFields(document, 'invoice', { definitions }).find((field) => field.name === name)?.confidence ?? 0;

  it('make each other surer when they agree', () => {
    const invoice = (amount: string): ParsedDocument =>
      german([
        ...row(200, ...HEAD),
        ...row(220, '1', 'Bleistift', '10', '0,50', amount),
        ...row(260, '', '', '', 'Nettobetrag', '5,00'),
      ]);
    expect(confidenceOf(invoice('5,00'), 'net_total')).toBeGreaterThan(
      confidenceOf(invoice('6,00'), 'net_total'),
    );
  });
});

describe('any text', () => {
  it('is read without an error, in bounded time, into items with finite numbers', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom(...HEAD, 'Total', '1.234,56', '10 Stk', '19 %', '|', '-----', 'Übertrag', '2 @ 3.00'),
    );
    const placed = fc.tuple(text, fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 20 }));
    fc.assert(
      fc.property(fc.array(placed, { maxLength: 60 }), (texts) => {
        const document = placedDocument([texts.map(([word, x, line]): PlacedText => [word, x, line * 12])]);
        const found = itemsOf(document);
        const numbers = JSON.stringify(found?.value ?? []).match(/:null/gu);
        expect(numbers).toBeNull();
      }),
      { numRuns: 150 },
    );
  });
});
