import { describe, expect, it } from '@jest/globals';
import { matchNames, matchValue, ruleOf } from './matching.js';

describe('values agree', () => {
  it.each([
    ['total', 100.5, 100.5, 'exact'],
    ['total', 100.5, 100.504, 'normalised'],
    ['total', 100.5, 100.51, 'none'],
    ['year', 2012, '2012', 'normalised'],
    ['issue_date', '2024-03-01', '2024-03-01', 'exact'],
    ['issue_date', '2024-03-01', '2024-01-03', 'none'],
    ['iban', 'DE91100000000123456789', 'DE91 1000 0000 0123 4567 89', 'normalised'],
    ['seller_vat_id', 'FR12345678901', 'fr 12 345678901', 'normalised'],
    ['currency', 'EUR', 'eur', 'normalised'],
    ['invoice_number', 'RE-2024 / 17', 're-2024/17', 'normalised'],
    ['invoice_number', '4711', '47110', 'none'],
    ['seller_name', 'Muster  GmbH', 'MUSTER GmbH.', 'normalised'],
    ['seller_name', 'Muster GmbH & Co. KG', 'Muster GmbH', 'none'],
    ['seller_name', 'Oﬃce Ltd', 'Office Ltd', 'normalised'],
    ['title', 'Big Data: an overview', 'BIG DATA:\nAN OVER VIEW', 'normalised'],
    ['email', 'Jo@Example.org', 'mailto:jo@example.org', 'normalised'],
    ['doi', '10.1000/182', 'https://doi.org/10.1000/182', 'normalised'],
    ['phone', '(909) 555-5555', '+1 909 555 5555', 'normalised'],
    ['phone', '(909) 555-5555', '555', 'none'],
    ['authors', ['Ada Brook', 'Lin Chen'], ['Lin Chen', 'ADA BROOK'], 'normalised'],
    ['authors', ['Ada Brook', 'Lin Chen'], ['Ada Brook'], 'none'],
    ['authors', ['Ada Brook'], ['Ada Brook'], 'exact'],
    ['title', '–', '...', 'none'],
  ] as const)('%s %j and %j: %s', (field, truth, found, match) => {
    expect(matchValue(field, truth, found)).toBe(match);
  });

  it('for line items when their amounts do', () => {
    const truth = [{ description: 'x', amount: 1.5 }, { amount: 2 }];
    expect(matchValue('line_items', truth, [{ amount: '1.50' }, { amount: 2 }])).toBe('normalised');
    expect(matchValue('line_items', truth, [{ amount: 1.5 }])).toBe('none');
  });
});

describe('the rule of a field', () => {
  it('follows its type where it has none of its own', () => {
    expect(['net_total', 'due_date', 'buyer_name', 'parties', 'case_number'].map(ruleOf)).toEqual([
      'amount',
      'date',
      'name',
      'names',
      'identifier',
    ]);
  });

  it('is that of names for a field of the user', () => {
    expect(ruleOf('crew')).toBe('name');
  });
});

it('single names of a list are counted', () => {
  expect(matchNames(['A B', 'C D', 'E F'], ['c d', 'X Y'])).toEqual({ right: 1, wrong: 1, missed: 2 });
});
