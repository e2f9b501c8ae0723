import { describe, expect, it } from '@jest/globals';
import type { DocumentLocale } from '../locale.js';
import { recogniseAddresses } from './addresses.js';

const locale: DocumentLocale = {
  language: 'en',
  decimal: '.',
  blankGroups: false,
  dateOrder: 'day-first',
  dollar: 'USD',
};
const swiss: DocumentLocale = { ...locale, country: 'CH' };
const read = (text: string, where = locale): readonly string[] =>
  recogniseAddresses(text, where).map(({ value }) => value);

describe('recogniseAddresses', () => {
  it.each([
    [
      'Muster GmbH\nMusterstraße 12a\n12345 Berlin\nDeutschland',
      'Musterstraße 12a, 12345 Berlin, Deutschland',
    ],
    ['Muster GmbH · Am Markt 3 · D-80331 München', 'Am Markt 3, D-80331 München'],
    ['Postfach 71 02 52\n68222 Mannheim', 'Postfach 71 02 52, 68222 Mannheim'],
    [
      'Société Exemple\n12, rue de la Paix\nBâtiment B\n75002 PARIS CEDEX 02\nFrance',
      '12 rue de la Paix, Bâtiment B, 75002 PARIS CEDEX 02, France',
    ],
    [
      '10 Downing Street\nLondon\nSW1A 2AA\nUnited Kingdom',
      '10 Downing Street, London, SW1A 2AA, United Kingdom',
    ],
    ['1 High Street\nLeeds LS1 4AP', '1 High Street, Leeds LS1 4AP'],
    [
      'Example Inc.\n1600 Amphitheatre Parkway\nMountain View, CA 94043\nUSA',
      '1600 Amphitheatre Parkway, Mountain View, CA 94043, USA',
    ],
    ['100 Main St., Suite 200, Austin, TX 78701-1234', '100 Main St., Suite 200, Austin, TX 78701-1234'],
    ['P.O. Box 123\nSpringfield, IL 62704', 'P.O. Box 123, Springfield, IL 62704'],
    ['Kapittelweg 409\n1216 JD HILVERSUM', 'Kapittelweg 409, 1216 JD HILVERSUM'],
    ['34 Main Street\nOttawa, ON K1S 1B5', '34 Main Street, Ottawa, ON K1S 1B5'],
  ])('reads %j', (text, value) => {
    expect(read(text)).toEqual([value]);
  });

  it('knows postcodes of four digits where the country has them', () => {
    expect(read('Dorfplatz 7\n3012 Bern', swiss)).toEqual(['Dorfplatz 7, 3012 Bern']);
    expect(read('Abbildung 7\n2023 Umsatz', locale)).toEqual([]);
  });

  it('leaves the name of the addressee out and says where the address stands', () => {
    const text = 'Frau Erika Muster\nHeidestraße 17\n51147 Köln';
    const [match] = recogniseAddresses(text, locale);
    expect(text.slice(match?.start, match?.end)).toBe('Heidestraße 17\n51147 Köln');
  });

  it('finds both of two', () => {
    expect(read('Weg 1\n12345 Berlin\n\nAllee 2\n54321 Trier')).toEqual([
      'Weg 1, 12345 Berlin',
      'Allee 2, 54321 Trier',
    ]);
  });

  it.each([
    '12345 Berlin',
    '3500 MJ Utrecht',
    'Musterstraße 12',
    'Rechnung 4711\n12345 Artikel',
    'Tel. 030 1234\n12345 Berlin',
    '12 May 2024\n20240 Total',
  ])('sees none in %j', (text) => {
    expect(read(text)).toEqual([]);
  });
});
