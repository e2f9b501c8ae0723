import { parsedText, shippedDefinitionFiles } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import type { DefinitionSet } from './definition.js';
import { readDefinitions } from './definitions/index.js';
import { explainFields } from './explain-fields.js';
import { extractFields } from './extract-fields.js';

const shipped = { files: shippedDefinitionFiles() };
const ACME = `
template: acme
type: invoice
when:
  contains: [Acme  telécom]
  matches: '^Kd-Nr \\d+$'
fields:
  invoice_number:
    rules:
      - { match: 'Vorgang (?<value>[\\d ]+) vom', confidence: 0.95 }
  total:
    plausible: { atLeast: 1 }
    rules:
      - { match: 'macht\\n(.+)$', value: amount }
  customer_number:
    rules:
      - { match: '^Kd-Nr (\\d+)$' }
`;
const INVOICE = [
  'ACME Telecom AG',
  'Kd-Nr 4711',
  'Rechnungsnummer: 2024-1',
  'Vorgang 47 11 vom 3. Mai 2024',
  'Gesamtbetrag: 119,00 EUR',
  'Alles zusammen macht',
  '12,50 €',
].join('\n');

const definitions = readDefinitions([shipped, { files: [{ name: 'acme.yaml', text: ACME }] }]);

function valuesOf(text: string, type = 'invoice', set: DefinitionSet = definitions): Record<string, unknown> {
  const found = extractFields(parsedText(text, { language: 'de' }), type, { definitions: set });
  return Object.fromEntries(found.map(({ name, value, rule }) => [name, [value, rule]]));
}

describe('a template', () => {
  it('wins over the rules of its type where its condition holds, for the fields that it finds', () => {
    expect(valuesOf(INVOICE)).toMatchObject({
      invoice_number: ['47 11', 'invoice.invoice_number.acme/match@1'],
      total: [12.5, 'invoice.total.acme/match@1'],
      customer_number: ['4711', 'invoice.customer_number.acme/match@1'],
      issue_date: ['2024-05-03', expect.stringMatching(/^invoice\.issue_date\.[a-z-]+@1$/u)],
    });
  });

  it.each([
    ['a keyword is missing', INVOICE.replace('ACME', 'Other')],
    ['its expression matches nowhere', INVOICE.replace('Kd-Nr', 'Kunde')],
  ])('changes nothing where %s', (_, text) => {
    const without = readDefinitions([shipped]);
    expect(valuesOf(text)).toEqual(valuesOf(text, 'invoice', without));
    expect(valuesOf(text)).toMatchObject({ invoice_number: ['2024-1', 'invoice.invoice_number.labelled@1'] });
  });

  it('is for documents of its type only', () => {
    expect(valuesOf(INVOICE, 'letter')).not.toHaveProperty('customer_number');
  });

  it('leaves a field to the general rules where its own value is implausible', () => {
    expect(valuesOf(INVOICE.replace('12,50', '0,50'))).toMatchObject({
      total: [119, 'invoice.total.labelled@1'],
    });
  });

  it('says page and box of what its expression found, across the words of a line', () => {
    const found = extractFields(parsedText(`first\f${INVOICE}`), 'invoice', { definitions });
    const number = found.find(({ name }) => name === 'invoice_number');
    const all = found.find(({ name }) => name === 'customer_number');
    expect(number).toMatchObject({ page: 2, raw: '47 11' });
    expect(number?.box?.[1]).toBeGreaterThan(all?.box?.[3] ?? Infinity);
    expect(number?.box?.[0]).toBeGreaterThan(60);
  });
});

describe('explainFields', () => {
  const explain = (text: string, type = 'invoice') =>
    explainFields(parsedText(text, { language: 'de' }), type, { definitions });
  const ruleOf = (explanation: ReturnType<typeof explain>, name: string) =>
    explanation.rules.find(({ rule }) => rule === name);

  it('says which values were taken and why others lost', () => {
    const explanation = explain(INVOICE);
    expect(explanation.templates).toMatchObject([{ name: 'acme', holds: true }]);
    expect(ruleOf(explanation, 'invoice.invoice_number.acme/match@1')?.values).toMatchObject([
      { value: '47 11', page: 1, lost: null },
    ]);
    expect(ruleOf(explanation, 'invoice.invoice_number.labelled@1')?.values).toMatchObject([
      { value: '2024-1', lost: 'the template acme found this field' },
    ]);
    expect(
      ruleOf(explain(INVOICE.replace('12,50', '0,50')), 'invoice.total.acme/match@1')?.values,
    ).toMatchObject([{ value: 0.5, lost: 'is less than 1' }]);
  });

  it('takes the values that extractFields gives, with their confidence', () => {
    const taken = explain(INVOICE).rules.flatMap(({ field, rule, values }) =>
      values.flatMap(({ value, confidence, lost }) =>
        lost === null ? [{ name: field, value, confidence, rule }] : [],
      ),
    );
    const given = extractFields(parsedText(INVOICE, { language: 'de' }), 'invoice', { definitions });
    expect(taken).toHaveLength(given.length);
    expect(taken).toEqual(
      expect.arrayContaining(
        given.map(({ name, value, confidence, rule }) => ({ name, value, confidence, rule })),
      ),
    );
  });

  it('says what a condition lacks, and takes no rule of that template', () => {
    const explanation = explain(INVOICE.replace('ACME', 'Other'));
    expect(explanation.templates).toEqual([
      {
        name: 'acme',
        holds: false,
        parts: [
          { kind: 'contains', text: 'Acme  telécom', holds: false },
          { kind: 'matches', text: '^Kd-Nr \\d+$', holds: true },
        ],
      },
    ]);
    expect(explanation.rules.filter(({ rule }) => rule.includes('acme'))).toEqual([]);
  });

  it('says why a rule found nothing', () => {
    const explanation = explain(INVOICE.replace('12,50 €', 'viel').replace(': 2024-1', ' folgt'));
    expect(ruleOf(explanation, 'invoice.total.acme/match@1')?.nothing).toBe(
      'it matches "viel" on page 1, which is no amount or not in the region anywhere',
    );
    expect(ruleOf(explanation, 'invoice.invoice_number.labelled@1')?.nothing).toBe(
      'the label "Rechnungsnummer" is on page 1, but no reference that fits is beside or right or below',
    );
    expect(ruleOf(explanation, 'invoice.due_date.labelled@1')?.nothing).toBe(
      'none of its labels is printed, or only as part of a longer label',
    );
  });

  it('says that a type without a definition has the rules of unknown', () => {
    expect(explain(INVOICE, 'membership-card')).toMatchObject({ type: 'membership-card', isDefined: false });
  });
});
