import { describe, expect, it } from '@jest/globals';
import type { DocumentLocale } from '../locale.js';
import { recogniseOrganisations } from './organisations.js';

const locale: DocumentLocale = {
  language: 'en',
  decimal: '.',
  blankGroups: false,
  dateOrder: 'day-first',
  dollar: 'USD',
};
const read = (text: string): readonly string[] =>
  recogniseOrganisations(text, locale).map(({ value }) => value);

describe('recogniseOrganisations', () => {
  it.each([
    ['The report was written by Example Widgets, Inc. in May.', 'Example Widgets, Inc.'],
    ['zwischen der Muster & Söhne GmbH & Co. KG und', 'Muster & Söhne GmbH & Co. KG'],
    ['Müller und Söhne GmbH', 'Müller und Söhne GmbH'],
    ['la société Dupont SARL, au capital de', 'Dupont SARL'],
    ['Copyright 2020 Example Ltd. All rights', 'Example Ltd.'],
    ['Annual Report of Example Corporation', 'Example Corporation'],
    ['at the University of Applied Sciences in', 'University of Applied Sciences'],
    ['the Ministry of Health said', 'Ministry of Health'],
    ['Universität Heidelberg', 'Universität Heidelberg'],
    ['funded by the Example Research Foundation.', 'Example Research Foundation'],
  ])('reads %s', (text, name) => {
    expect(read(text)).toEqual([name]);
  });

  it('keeps two apart', () => {
    expect(read('between Alpha Systems Ltd and Beta Holdings plc')).toEqual([
      'Alpha Systems Ltd',
      'Beta Holdings plc',
    ]);
  });

  it.each([
    'printed in U.S.A.',
    'our Limited Warranty',
    'the Company',
    'Holdings Limited',
    'PRST-AB',
    'each University',
    'a GmbH',
    'No Authority',
  ])('sees none in %s', (text) => {
    expect(read(text)).toEqual([]);
  });

  it('never reads over the end of a line', () => {
    expect(read('Contact\nExample Ltd')).toEqual(['Example Ltd']);
  });
});
