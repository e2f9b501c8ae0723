import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DocumentLocale } from '../locale.js';
import { isoOf, recogniseDates } from './dates.js';

const dayFirst: DocumentLocale = {
  language: 'de',
  decimal: ',',
  blankGroups: false,
  dateOrder: 'day-first',
  dollar: 'USD',
};
const monthFirst: DocumentLocale = { ...dayFirst, language: 'en', dateOrder: 'month-first' };
const read = (text: string, locale = dayFirst): readonly string[] =>
  recogniseDates(text, locale).map(({ value }) => value);

describe('recogniseDates', () => {
  it.each([
    ['2024-05-03', '2024-05-03'],
    ['03.05.2024', '2024-05-03'],
    ['3. Mai 2024', '2024-05-03'],
    ['3 May 2024', '2024-05-03'],
    ['May 3rd, 2024', '2024-05-03'],
    ['3rd of May 2024', '2024-05-03'],
    ['1er août 2024', '2024-08-01'],
    ['29 oktober 2015', '2015-10-29'],
    ['7. März 2014', '2014-03-07'],
    ['15-Jan-2020', '2020-01-15'],
    ['01.05.14', '2014-05-01'],
    ['20200115', '2020-01-15'],
    ['2024年3月21日', '2024-03-21'],
    ['12 de marzo de 2008', '2008-03-12'],
  ])('reads %s', (text, iso) => {
    expect(read(text)).toEqual([iso]);
  });

  it('reads 03/04/2024 as the document does', () => {
    expect(read('03/04/2024', dayFirst)).toEqual(['2024-04-03']);
    expect(read('03/04/2024', monthFirst)).toEqual(['2024-03-04']);
  });

  it('turns day and month round where only that is a date', () => {
    expect(read('25/04/2024', monthFirst)).toEqual(['2024-04-25']);
  });

  it.each(['31.02.2024', '2024-13-01', '192.168.10.12', '1.2.3.4', '12345678', '3/4'])(
    'sees no date in %s',
    (text) => {
      expect(read(text)).toEqual([]);
    },
  );

  it('finds both ends of a period', () => {
    expect(read('01.10.2018 bis 31.10.2018')).toEqual(['2018-10-01', '2018-10-31']);
  });

  it('reads back every day in every notation', () => {
    const days = fc.date({ min: new Date('1970-01-01'), max: new Date('2069-12-31'), noInvalidDate: true });
    const notations = ['de-DE', 'en-GB', 'fr-FR'].flatMap((tag) =>
      (['short', 'medium', 'long'] as const).map(
        (dateStyle) => new Intl.DateTimeFormat(tag, { dateStyle, timeZone: 'UTC' }),
      ),
    );
    fc.assert(
      fc.property(days, fc.constantFrom(...notations), (day, notation) => {
        expect(read(notation.format(day))).toEqual([day.toISOString().slice(0, 10)]);
      }),
    );
  });
});

describe('isoOf', () => {
  it('knows leap years', () => {
    expect(isoOf('2000', '2', '29')).toBe('2000-02-29');
    expect(isoOf('1900', '2', '29')).toBeUndefined();
  });
});
