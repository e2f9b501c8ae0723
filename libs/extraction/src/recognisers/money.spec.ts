import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DocumentLocale } from '../locale.js';
import { findMoney, readNumeral } from './money.js';

const german: DocumentLocale = {
  language: 'de',
  decimal: ',',
  blankGroups: false,
  dateOrder: 'day-first',
  dollar: 'USD',
};
const english: DocumentLocale = { ...german, language: 'en', decimal: '.', dateOrder: 'month-first' };
const french: DocumentLocale = { ...german, language: 'fr', blankGroups: true };
const read = (text: string, locale: DocumentLocale): readonly (readonly [number, string | undefined])[] =>
  findMoney(text, locale).map(({ value, currency }) => [value, currency]);

describe('findMoney', () => {
  it.each([
    ['1.234,56 €', german, 1234.56, 'EUR'],
    ['EUR 34,73', german, 34.73, 'EUR'],
    ['$1,234.56', english, 1234.56, 'USD'],
    ['US$ 12', english, 12, 'USD'],
    ["CHF 1'540.00", english, 1540, 'CHF'],
    ['CHF 1 994.75', english, 1994.75, 'CHF'],
    ['1 234,56 €', french, 1234.56, 'EUR'],
    ['1\u202f234\u202f567,00 EUR', french, 1234567, 'EUR'],
    ['£12.50', english, 12.5, 'GBP'],
    ['₹1,24,350.00', english, 124350, 'INR'],
    ['15,- €', german, 15, 'EUR'],
    ['32.838,00 DM', german, 32838, 'DEM'],
  ])('reads %s with its currency', (text, locale, value, currency) => {
    expect(read(text, locale)).toEqual([[value, currency]]);
  });

  it.each([
    ['-5,00', german],
    ['(5,00)', german],
    ['5,00-', german],
    ['-€5.00', english],
    ['€ -5.00', english],
  ])('takes %s for negative', (text, locale) => {
    expect(findMoney(text, locale).map(({ value }) => value)).toEqual([-5]);
  });

  it.each(['19 %', '7.7%', 'PO-3333', 'DE136695976', '01.02.2024', '3/4/2021', 'A123', 'v2.6.1', '10:30'])(
    'sees no amount in %s',
    (text) => {
      expect(findMoney(text, english).filter(({ confidence }) => confidence > 0.4)).toEqual([]);
    },
  );

  it('keeps a quantity apart from the price behind it where blanks do not group', () => {
    expect(read('2 150,00', german)).toEqual([
      [2, undefined],
      [150, undefined],
    ]);
  });

  it('reads three digits behind the separator as the document does', () => {
    expect(readNumeral('1.234', german).value).toBe(1234);
    expect(readNumeral('1.234', english).value).toBe(1.234);
    expect(readNumeral('0.234', german).value).toBe(0.234);
  });

  it('reads back every amount that each locale writes', () => {
    const notations = [
      ['de-DE', german],
      ['en-US', english],
      ['fr-FR', french],
    ] as const;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999_999_999_99 }),
        fc.constantFrom(...notations),
        (cents, [tag, locale]) => {
          const printed = new Intl.NumberFormat(tag, { style: 'currency', currency: 'EUR' }).format(
            cents / 100,
          );
          expect(read(printed, locale)).toEqual([[cents / 100, 'EUR']]);
        },
      ),
    );
  });

  describe('any amount in any notation', () => {
    const groups = (whole: string, mark: string): string => whole.replace(/\B(?=(?:\d{3})+$)/gu, mark);
    const lakhs = (whole: string): string =>
      whole.length <= 3
        ? whole
        : `${whole.slice(0, -3).replace(/\B(?=(?:\d{2})+$)/gu, ',')},${whole.slice(-3)}`;
    const numerals: readonly (readonly [
      name: string,
      print: (whole: string, cents: string) => string,
      locale: DocumentLocale,
    ])[] = [
      ['1.234,56', (whole, cents) => `${groups(whole, '.')},${cents}`, german],
      ['1234,56', (whole, cents) => `${whole},${cents}`, german],
      ['1,234.56', (whole, cents) => `${groups(whole, ',')}.${cents}`, english],
      ['1234.56', (whole, cents) => `${whole}.${cents}`, english],
      ["1'234.56", (whole, cents) => `${groups(whole, "'")}.${cents}`, english],
      ['1’234.56', (whole, cents) => `${groups(whole, '’')}.${cents}`, english],
      ['1 234,56', (whole, cents) => `${groups(whole, ' ')},${cents}`, french],
      ['1 234,56 with narrow blanks', (whole, cents) => `${groups(whole, '\u202f')},${cents}`, french],
      ['1 234,56 with fixed blanks', (whole, cents) => `${groups(whole, '\u00a0')},${cents}`, french],
      ['12,34,567.89', (whole, cents) => `${lakhs(whole)}.${cents}`, english],
    ];
    const currencies: readonly (readonly [print: (numeral: string) => string, code: string | undefined])[] = [
      [(numeral) => numeral, undefined],
      [(numeral) => `${numeral} €`, 'EUR'],
      [(numeral) => `€${numeral}`, 'EUR'],
      [(numeral) => `EUR ${numeral}`, 'EUR'],
      [(numeral) => `${numeral} CHF`, 'CHF'],
      [(numeral) => `£${numeral}`, 'GBP'],
      [(numeral) => `US$ ${numeral}`, 'USD'],
    ];
    const signs: readonly (readonly [print: (text: string) => string, factor: number])[] = [
      [(text) => text, 1],
      [(text) => `-${text}`, -1],
      [(text) => `(${text})`, -1],
    ];

    it.each(numerals)('is read back: %s', (_, print, locale) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 999_999_999_99 }),
          fc.constantFrom(...currencies),
          fc.constantFrom(...signs),
          (cents, [withCurrency, code], [withSign, factor]) => {
            const [whole = '', rest = ''] = (cents / 100).toFixed(2).split('.');
            const printed = withSign(withCurrency(print(whole, rest)));
            expect(read(printed, locale)).toEqual([[(factor * cents) / 100, code]]);
          },
        ),
      );
    });
  });

  it.each([
    ['$1.5 million', english, 1_500_000],
    ['3 billion dollars, or US$3bn', english, 3_000_000_000],
    ['EUR 2,5 Mio.', german, 2_500_000],
    ['12 Millionen Euro', german, 12_000_000],
    ['1,2 Mrd. €', german, 1_200_000_000],
    ['4 milliards €', french, 4_000_000_000],
  ])('reads the word for a large number with it: %s', (text, locale, value) => {
    expect(findMoney(text, locale).map((match) => match.value)).toEqual([value]);
  });

  it('gives every match the place at which it stands', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const { start, end, value } of findMoney(text, english)) {
          expect(text.slice(start, end)).toMatch(/\d/u);
          expect(Number.isFinite(value)).toBe(true);
        }
      }),
    );
  });
});
