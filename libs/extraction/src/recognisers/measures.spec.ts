import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DocumentLocale } from '../locale.js';
import { recognisePercentages } from './percentages.js';
import { recogniseDurations, recogniseQuantities } from './quantities.js';

const german: DocumentLocale = {
  language: 'de',
  decimal: ',',
  blankGroups: false,
  dateOrder: 'day-first',
  dollar: 'USD',
};
const english: DocumentLocale = { ...german, language: 'en', decimal: '.' };
const french: DocumentLocale = { ...german, language: 'fr', blankGroups: true };
/** How each language writes numbers. */
const TAGS = [
  ['de-DE', german],
  ['en-GB', english],
  ['fr-FR', french],
] as const;
const values = (matches: readonly { readonly value: string | number }[]) => matches.map(({ value }) => value);

describe('recognisePercentages', () => {
  it.each([
    ['zzgl. 19 % MwSt', german, 19],
    ['7,7% TVA', french, 7.7],
    ['-2.5 per cent', english, -2.5],
    ['drei von 100, also 3 Prozent', german, 3],
    ['5,5 pour cent', french, 5.5],
    ['5 ‰', german, 0.5],
  ])('reads %s', (text, locale, value) => {
    expect(values(recognisePercentages(text, locale))).toEqual([value]);
  });

  it.each(['19 EUR', '%d', '3.1.2%', 'A5%'])('sees none in %s', (text) => {
    expect(recognisePercentages(text, english)).toEqual([]);
  });

  it('reads back any percentage that each language writes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9_999_999 }),
        fc.constantFrom(...TAGS),
        (hundredths, [tag, locale]) => {
          const format = new Intl.NumberFormat(tag, { style: 'percent', minimumFractionDigits: 2 });
          expect(values(recognisePercentages(format.format(hundredths / 10_000), locale))).toEqual([
            hundredths / 100,
          ]);
        },
      ),
    );
  });
});

describe('recogniseQuantities', () => {
  it.each([
    ['Gewicht: 12,5 kg', german, '12.5 kg'],
    ['1.250 Stk.', german, '1250 pcs'],
    ['1,250.5 lbs', english, '1250.5 lb'],
    ['2 Std.', german, '2 h'],
    ['120 m²', german, '120 m²'],
    ['1 234 kWh', french, '1234 kWh'],
    ['1 Stück', german, '1 pc'],
    ['-5 °C', german, '-5 °C'],
  ])('reads %s', (text, locale, value) => {
    expect(values(recogniseQuantities(text, locale))).toEqual([value]);
  });

  it.each(['12 kgs/m', '5 EUR', 'v2 GB', '10.12.2024 h'])('sees none in %s', (text) => {
    expect(recogniseQuantities(text, german)).toEqual([]);
  });

  it('takes the quantity alone where blanks do not group', () => {
    expect(values(recogniseQuantities('7 150 kg', english))).toEqual(['150 kg']);
  });

  it('reads back any weight that each language writes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9_999_999 }),
        fc.constantFrom(...TAGS),
        (grams, [tag, locale]) => {
          const format = new Intl.NumberFormat(tag, {
            style: 'unit',
            unit: 'kilogram',
            minimumFractionDigits: 2,
            maximumFractionDigits: 2,
          });
          expect(values(recogniseQuantities(format.format(grams / 100), locale))).toEqual([
            `${grams / 100} kg`,
          ]);
        },
      ),
    );
  });
});

describe('recogniseDurations', () => {
  it.each([
    ['for a term of two (2) years', '2 years'],
    ['twenty-four (24) months', '24 months'],
    ['ten (10) years', '10 years'],
    ['12 Monaten', '12 months'],
    ['drei Jahre', '3 years'],
    ['une durée de trois ans', '3 years'],
    ['one year', '1 year'],
    ['30 calendar days', '30 days'],
    ['thirty (30)-day', '30 days'],
  ])('reads %s', (text, value) => {
    expect(values(recogniseDurations(text, english))).toEqual([value]);
  });

  it.each(['in 2024 years ago', 'some years', '5 kg', 'No. 12 and days'])('sees none in %s', (text) => {
    expect(recogniseDurations(text, english)).toEqual([]);
  });
});
