import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DocumentLocale } from '../locale.js';
import { recogniseIsbns } from './isbns.js';

const locale: DocumentLocale = {
  language: 'en',
  decimal: '.',
  blankGroups: false,
  dateOrder: 'day-first',
  dollar: 'USD',
};
const read = (text: string): readonly string[] => recogniseIsbns(text, locale).map(({ value }) => value);

describe('recogniseIsbns', () => {
  it.each([
    ['ISBN 978-3-16-148410-0', '9783161484100'],
    ['ISBN-13: 9783161484100', '9783161484100'],
    ['ISBN (print) 978 3 16 148410 0', '9783161484100'],
    ['978-3-16-148410-0', '9783161484100'],
    ['ISBN-10: 0-8044-2957-X', '9780804429573'],
    ['ISBN 316148410X', '9783161484100'],
  ])('reads %s', (text, value) => {
    expect(read(text)).toEqual([value]);
  });

  it.each([
    '9783161484100',
    'ISBN 978-3-16-148410-1',
    '0-8044-2957-X',
    'ISBN 0-8044-2957-1',
    'Tel. 3161484100',
  ])('sees none in %s', (text) => {
    expect(read(text)).toEqual([]);
  });

  it('reads both of a book with two', () => {
    expect(read('ISBN 978-3-16-148410-0 (print), 978-0-8044-2957-3 (PDF)')).toEqual([
      '9783161484100',
      '9780804429573',
    ]);
  });

  it('finds any ISBN behind its word and refuses each with one digit changed', () => {
    const digit = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(
        fc.array(digit, { minLength: 9, maxLength: 9 }),
        fc.nat({ max: 12 }),
        fc.integer({ min: 1, max: 9 }),
        (body, at, step) => {
          const twelve = [9, 7, 8, ...body];
          const sum = twelve.reduce((total, value, index) => total + value * (index % 2 === 0 ? 1 : 3), 0);
          const digits = [...twelve, (10 - (sum % 10)) % 10];
          expect(read(`ISBN ${digits.join('')}`)).toEqual([digits.join('')]);
          const changed = digits.map((value, index) => (index === at ? (value + step) % 10 : value));
          expect(read(`ISBN ${changed.join('')}`)).toEqual([]);
        },
      ),
    );
  });
});
