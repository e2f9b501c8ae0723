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
    ['18th day of September, 2018', '2018-09-18'],
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

describe('any day in any notation', () => {
  const days = fc.date({ min: new Date('1970-01-01'), max: new Date('2069-12-31'), noInvalidDate: true });
  const parts = (day: Date) => {
    const [y = '', m = '', d = ''] = day.toISOString().slice(0, 10).split('-');
    return { y, m, d, day: String(Number(d)), month: String(Number(m)) };
  };
  const monthName = (day: Date, tag: string, month: 'long' | 'short'): string =>
    new Intl.DateTimeFormat(tag, { month, timeZone: 'UTC', day: 'numeric' })
      .formatToParts(day)
      .find(({ type }) => type === 'month')?.value ?? '';
  const ordinal = (day: string): string =>
    `${day}${/1[123]$/u.test(day) ? 'th' : (({ 1: 'st', 2: 'nd', 3: 'rd' } as Record<string, string>)[day.slice(-1)] ?? 'th')}`;

  const notations: readonly (readonly [
    name: string,
    print: (day: Date) => string,
    locale: DocumentLocale,
  ])[] = [
    ['ISO 8601', (date) => date.toISOString().slice(0, 10), dayFirst],
    ['without marks', (date) => date.toISOString().slice(0, 10).replaceAll('-', ''), dayFirst],
    ['with points', (date) => `${parts(date).d}.${parts(date).m}.${parts(date).y}`, dayFirst],
    [
      'with points, unpadded',
      (date) => `${parts(date).day}.${parts(date).month}.${parts(date).y}`,
      monthFirst,
    ],
    [
      'with points and a short year',
      (date) => `${parts(date).d}.${parts(date).m}.${parts(date).y.slice(2)}`,
      dayFirst,
    ],
    ['with strokes, day first', (date) => `${parts(date).d}/${parts(date).m}/${parts(date).y}`, dayFirst],
    ['with strokes, month first', (date) => `${parts(date).m}/${parts(date).d}/${parts(date).y}`, monthFirst],
    ['with hyphens, day first', (date) => `${parts(date).d}-${parts(date).m}-${parts(date).y}`, dayFirst],
    ['German', (date) => `${parts(date).day}. ${monthName(date, 'de', 'long')} ${parts(date).y}`, dayFirst],
    [
      'English',
      (date) => `${ordinal(parts(date).day)} of ${monthName(date, 'en', 'long')} ${parts(date).y}`,
      monthFirst,
    ],
    [
      'English of contracts',
      (date) => `this ${ordinal(parts(date).day)} day of ${monthName(date, 'en', 'long')}, ${parts(date).y}`,
      monthFirst,
    ],
    [
      'American',
      (date) => `${monthName(date, 'en', 'long')} ${ordinal(parts(date).day)}, ${parts(date).y}`,
      monthFirst,
    ],
    [
      'short English',
      (date) => `${parts(date).d}-${monthName(date, 'en', 'short')}-${parts(date).y}`,
      monthFirst,
    ],
    [
      'French',
      (date) =>
        `${parts(date).day === '1' ? '1er' : parts(date).day} ${monthName(date, 'fr', 'long')} ${parts(date).y}`,
      dayFirst,
    ],
    [
      'French capitals',
      (date) => `${parts(date).day} ${monthName(date, 'fr', 'long').toUpperCase()} ${parts(date).y}`,
      dayFirst,
    ],
    ['Chinese', (date) => `${parts(date).y}年${parts(date).month}月${parts(date).day}日`, dayFirst],
  ];

  it.each(notations)('is read back: %s', (_, print, locale) => {
    fc.assert(
      fc.property(
        days,
        fc.constantFrom('', 'Datum: ', 'vom '),
        fc.constantFrom('', ', ', ' bis'),
        (day, before, after) => {
          expect(read(before + print(day) + after, locale)).toEqual([day.toISOString().slice(0, 10)]);
        },
      ),
    );
  });

  it('never gives a day that there is not', () => {
    const number = fc.integer({ min: 0, max: 99 });
    fc.assert(
      fc.property(
        number,
        number,
        fc.integer({ min: 1000, max: 2999 }),
        fc.constantFrom('.', '/', '-'),
        (one, two, year, mark) => {
          for (const iso of read(`${one}${mark}${two}${mark}${year}`)) {
            expect(new Date(`${iso}T00:00:00Z`).toISOString().slice(0, 10)).toBe(iso);
          }
        },
      ),
    );
  });
});

describe('isoOf', () => {
  it('knows leap years', () => {
    expect(isoOf('2000', '2', '29')).toBe('2000-02-29');
    expect(isoOf('1900', '2', '29')).toBeUndefined();
  });
});
