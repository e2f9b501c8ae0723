import type { Line, ParsedDocument } from '@docstream/contracts';
import { FIELD_TYPES } from '@docstream/contracts';
import { shippedDefinitionFiles } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDefinitions } from './definitions/index.js';
import { extractFields as extractWith } from './extract-fields.js';
import type { FoundField } from './found-field.js';

const definitions = readDefinitions([{ files: shippedDefinitionFiles() }]);
const extractFields = (document: ParsedDocument, type: string): readonly FoundField[] =>
  extractWith(document, type, { definitions });

type Placed = readonly [text: string, x: number, y: number, fontSize?: number];

/** A line of words of equal letters: 0.5 em each, a blank 0.25 em. */
function lineAt([text, x, y, fontSize = 10]: Placed): Line {
  let left = x;
  const words = text.split(' ').map((word) => {
    const right = left + word.length * fontSize * 0.5;
    const box = [left, y, right, y + fontSize] as const;
    left = right + fontSize * 0.25;
    return { text: word, box };
  });
  return { text, box: [x, y, left, y + fontSize], words, fontSize, bold: false };
}

function documentOf(lines: readonly Placed[], language?: string): ParsedDocument {
  const blocks = lines.map((placed) => {
    const line = lineAt(placed);
    return { box: line.box, lines: [line] };
  });
  return {
    version: 1,
    pages: [{ number: 1, width: 595, height: 842, rotation: 0, state: 'text', blocks }],
    metadata: {},
    attachments: [],
    quality: 'complete',
    parser: 'made here',
    ...(language === undefined ? {} : { language }),
  };
}

const best = (found: readonly FoundField[], name: string): FoundField | undefined =>
  found.find((candidate) => candidate.name === name);
const valuesOf = (found: readonly FoundField[]): Record<string, unknown> =>
  Object.fromEntries([...found].reverse().map(({ name, value }) => [name, value]));

const GERMAN_INVOICE: readonly Placed[] = [
  ['Beispiel Handel GmbH - Hauptstr. 1 - 10115 Berlin', 60, 60, 8],
  ['Muster Kundin AG', 60, 120],
  ['Nebenweg 7', 60, 132],
  ['20095 Hamburg', 60, 144],
  ['Rechnung', 60, 220, 16],
  ['Rechnungs-Nr.:', 60, 250],
  ['RE-2024/0815', 200, 250],
  ['Rechnungsdatum', 60, 264],
  ['03.05.2024', 200, 264],
  ['Zahlbar bis: 17.05.2024', 60, 278],
  ['Nettobetrag', 350, 500],
  ['1.000,00 €', 480, 500],
  ['zzgl. MwSt. 19 %', 350, 514],
  ['190,00 €', 480, 514],
  ['Gesamtbetrag', 350, 528],
  ['1.190,00 €', 480, 528],
  ['USt-IdNr.: DE136695976', 60, 780, 7],
  ['IBAN: DE02 1203 0000 0000 2020 51', 250, 780, 7],
  ['BIC: BYLADEM1001', 450, 780, 7],
];

describe('extractFields', () => {
  it('reads a German invoice with page and box', () => {
    const found = extractFields(documentOf(GERMAN_INVOICE, 'de'), 'invoice');
    expect(valuesOf(found)).toMatchObject({
      invoice_number: 'RE-2024/0815',
      issue_date: '2024-05-03',
      due_date: '2024-05-17',
      currency: 'EUR',
      total: 1190,
      net_total: 1000,
      tax_total: 190,
      seller_name: 'Beispiel Handel GmbH',
      buyer_name: 'Muster Kundin AG',
      seller_vat_id: 'DE136695976',
      iban: 'DE02120300000000202051',
      bic: 'BYLADEM1001',
    });
    expect(best(found, 'invoice_number')).toMatchObject({
      page: 1,
      box: [200, 250, 260, 260],
      raw: 'RE-2024/0815',
      rule: 'invoice.invoice_number.labelled@1',
    });
  });

  it('reads an English invoice whose values stand under their labels', () => {
    const found = extractFields(
      documentOf(
        [
          ['Example Widgets Ltd.', 60, 40, 18],
          ['Invoice Number', 60, 200],
          ['Invoice Date', 200, 200],
          ['Due Date', 340, 200],
          ['INV-77', 60, 214],
          ['13/02/2024', 200, 214],
          ['04/03/2024', 340, 214],
          ['Bill To:', 60, 260],
          ['Sample Buyer Inc.', 60, 274],
          ['Subtotal', 350, 500],
          ['£1,000.00', 480, 500],
          ['VAT (20%)', 350, 514],
          ['£200.00', 480, 514],
          ['Total', 350, 528],
          ['£1,200.00', 480, 528],
        ],
        'en',
      ),
      'invoice',
    );
    expect(valuesOf(found)).toMatchObject({
      invoice_number: 'INV-77',
      issue_date: '2024-02-13',
      due_date: '2024-03-04',
      currency: 'GBP',
      total: 1200,
      net_total: 1000,
      tax_total: 200,
      seller_name: 'Example Widgets Ltd.',
      buyer_name: 'Sample Buyer Inc.',
    });
  });

  it('is surer of totals that add up than of totals that do not', () => {
    const contradicting = GERMAN_INVOICE.map(([text, ...place]): Placed =>
      text === '1.190,00 €' ? ['1.290,00 €', ...place] : [text, ...place],
    );
    const right = best(extractFields(documentOf(GERMAN_INVOICE, 'de'), 'invoice'), 'total');
    const wrong = best(extractFields(documentOf(contradicting, 'de'), 'invoice'), 'total');
    expect(right?.confidence).toBeGreaterThan(0.9);
    expect(wrong?.confidence).toBeLessThan(0.75);
  });

  it('finds the tax that no label names when net and total are known', () => {
    const unlabelled = GERMAN_INVOICE.map(([text, ...place]): Placed => [
      text === 'zzgl. MwSt. 19 %' ? '19 %' : text,
      ...place,
    ]);
    expect(best(extractFields(documentOf(unlabelled, 'de'), 'invoice'), 'tax_total')).toMatchObject({
      value: 190,
      rule: 'totals.tax_total.derived@1',
    });
  });

  it('takes the number and the date of a heading apart', () => {
    const found = extractFields(
      documentOf([['Handelsrechnung (380) Nr. TX-471102 vom 30.10.2018', 60, 60, 14]], 'de'),
      'invoice',
    );
    expect(valuesOf(found)).toMatchObject({ invoice_number: 'TX-471102', issue_date: '2018-10-30' });
  });

  it('takes no neighbour for the invoice number or its date', () => {
    const found = extractFields(
      documentOf([
        ['Customer No.: 4711', 60, 200],
        ['Date of birth: 1990-01-02', 60, 214],
        ['Delivery date: 2024-01-02', 60, 228],
      ]),
      'invoice',
    );
    expect(best(found, 'invoice_number')).toBeUndefined();
    expect(best(found, 'issue_date')?.confidence ?? 0).toBeLessThan(0.6);
  });

  it('reads title, authors and abstract of a paper', () => {
    const found = extractFields(
      documentOf(
        [
          ['Journal of Examples 2024', 60, 30, 8],
          ['On the Reading of Documents', 150, 90, 18],
          ['by Machines', 250, 112, 18],
          ['Ada Example1, Bob van Sample2 and C. D. Testperson1*', 160, 145, 11],
          ['University of Nowhere', 220, 165, 9],
          ['Abstract', 60, 220, 12],
          ['We read documents and say how sure we are of what we have read in them,', 60, 240, 10],
          ['which is harder than it seems, and show that it is worth the effort.', 60, 252, 10],
          ['1 Introduction', 60, 290, 12],
          ['Documents have been read for a long time.', 60, 310, 10],
          ['doi:10.1234/abc.2024.5', 60, 800, 8],
        ],
        'en',
      ),
      'scientific-paper',
    );
    expect(valuesOf(found)).toMatchObject({
      title: 'On the Reading of Documents by Machines',
      authors: ['Ada Example', 'Bob van Sample', 'C. D. Testperson'],
      doi: '10.1234/abc.2024.5',
      year: 2024,
    });
    expect(best(found, 'abstract')?.value).toMatch(/^We read documents .* worth the effort\.$/u);
  });

  it('reads the head of a résumé', () => {
    const found = extractFields(
      documentOf(
        [
          ['Jane Q. Example', 60, 40, 24],
          ['Software Engineer', 60, 70, 12],
          ['jane.example@mail.example.org', 60, 90],
          ['(212) 555-0123', 260, 90],
          ['Springfield, IL', 400, 90],
          ['Work Experience', 60, 130, 14],
        ],
        'en',
      ),
      'resume',
    );
    expect(valuesOf(found)).toMatchObject({
      name: 'Jane Q. Example',
      email: 'jane.example@mail.example.org',
      location: 'Springfield, IL',
    });
    expect(best(found, 'phone')?.raw).toBe('(212) 555-0123');
  });

  it('reads a letter', () => {
    const found = extractFields(
      documentOf(
        [
          ['Berlin, 3. Mai 2024', 400, 120],
          ['Betreff: Ihre Anfrage vom April', 60, 200],
          ['Sehr geehrte Frau Beispiel,', 60, 230],
          ['vielen Dank für Ihr Schreiben.', 60, 250],
          ['Mit freundlichen Grüßen', 60, 300],
          ['Max Muster', 60, 340],
        ],
        'de',
      ),
      'letter',
    );
    expect(valuesOf(found)).toMatchObject({
      date: '2024-05-03',
      subject: 'Ihre Anfrage vom April',
      recipient: 'Beispiel',
      sender: 'Max Muster',
    });
  });

  it('looks for the general fields where the type is unknown', () => {
    const found = extractFields(
      documentOf(
        [
          ['Minutes of the Meeting', 60, 60, 20],
          ['Date: 2024-05-03', 60, 100],
          ['Contact: office@example.org', 60, 120],
        ],
        'en',
      ),
      'unknown',
    );
    expect(valuesOf(found)).toMatchObject({
      title: 'Minutes of the Meeting',
      date: '2024-05-03',
      email: 'office@example.org',
    });
  });

  it('finds nothing in a document without text', () => {
    expect(extractFields(documentOf([]), 'invoice')).toEqual([]);
  });

  it('comes to an end on a line of a million characters of every kind', () => {
    for (const unit of [
      'a',
      '1',
      '1 ',
      '1,',
      '1.',
      'a@',
      'a.',
      '(',
      'DE12 ',
      '10.1234/',
      'A. ',
      '- ',
      'http://',
      'total ',
      '٠',
      ' ',
    ]) {
      const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
      const found = extractFields(documentOf([[text, 60, 60]]), 'invoice');
      expect(found.length).toBeLessThan(100);
    }
  });

  it('gives confidences within 0 and 1, pages and boxes for any text and every type', () => {
    const texts = fc.array(
      fc.oneof(
        fc.string({ maxLength: 60 }),
        fc.constantFrom('Total', '1.234,56 €', 'IBAN', 'Date:', '2024-05-03'),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(texts, fc.constantFrom(...definitions.types.map(({ type }) => type)), (lines, type) => {
        const placed = lines.map((text, index): Placed => [text, 60, 40 + 12 * index]);
        for (const { name, confidence, page, box, rule } of extractFields(documentOf(placed), type)) {
          expect(Object.keys(FIELD_TYPES)).toContain(name);
          expect(confidence).toBeGreaterThanOrEqual(0);
          expect(confidence).toBeLessThanOrEqual(1);
          expect(page).toBe(1);
          expect(box).toHaveLength(4);
          expect(box?.every(Number.isFinite)).toBe(true);
          expect(rule).toMatch(/^[a-z-]+\.[a-z0-9_]+\.[a-z0-9-]+@\d+$/u);
        }
      }),
      { numRuns: 60 },
    );
  });
});
