import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DocumentLocale } from '../locale.js';
import { recogniseTaxIds } from './tax-ids.js';
import { recogniseVatIds } from './vat-ids.js';

const locale: DocumentLocale = {
  language: 'de',
  decimal: ',',
  blankGroups: false,
  dateOrder: 'day-first',
  dollar: 'USD',
};

describe('recogniseTaxIds', () => {
  it.each([
    ['Steuernummer: 201/113/40209', '201/113/40209', 0.92],
    ['St.-Nr. 044 241 601 03', '04424160103', 0.92],
    ['201/113/40209', '201/113/40209', 0.6],
    ['Steuerliche IdNr. 36 574 261 809', '36574261809', 0.92],
    ['SIREN : 732 829 320', '732829320', 0.92],
    ['R.C.S. Paris 732 829 320', '732829320', 0.92],
    ['Siret 732 829 320 00074', '73282932000074', 0.92],
    ['SIRET 123 456 789 00014', '12345678900014', 0.5],
    ['EIN: 91-1144442', '91-1144442', 0.92],
    ['UTR 1955839661', '1955839661', 0.92],
    ['ABN : 83 914 571 673', '83914571673', 0.92],
    ['GSTIN 27AAPFU0939F1ZV', '27AAPFU0939F1ZV', 0.92],
    ['Codice fiscale RCCMNL83S18D969H', 'RCCMNL83S18D969H', 0.92],
  ])('reads %s', (text, value, confidence) => {
    expect(recogniseTaxIds(text, locale)).toMatchObject([{ value, confidence }]);
  });

  it.each([
    '732 829 320',
    '36574261809',
    'Tel. 030/1234/5678',
    '01/02/2024',
    'Kunde 1955839661',
    'USt-IdNr. DE136695976',
  ])('sees none in %s', (text) => {
    expect(recogniseTaxIds(text, locale)).toEqual([]);
  });

  it('gives each number the word before it', () => {
    expect(recogniseTaxIds('SIREN 732 829 320, Tel. 552 100 554', locale).map(({ value }) => value)).toEqual([
      '732829320',
    ]);
  });

  it('never throws, whatever stands behind the words', () => {
    const shaped = fc.stringMatching(/^[A-Z0-9 ./-]{0,24}$/u);
    const words = fc.constantFrom(
      'SIRET ',
      'Steuernummer ',
      'ABN ',
      'NIF ',
      'GSTIN ',
      'Codice fiscale ',
      'EIN ',
      'FR',
      'ES',
      'NL',
      'CHE-',
    );
    fc.assert(
      fc.property(words, shaped, (word, number) => {
        for (const recognise of [recogniseTaxIds, recogniseVatIds]) {
          for (const { start, end } of recognise(word + number, locale)) expect(end).toBeGreaterThan(start);
        }
      }),
    );
  });
});
