import { placedDocument, placedRow, shippedDefinitionFiles, type PlacedText } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import { readDefinitions } from '../definitions/index.js';
import { extractFields } from '../extract-fields.js';
import type { FoundField } from '../found-field.js';

const definitions = readDefinitions([{ files: shippedDefinitionFiles() }]);
const taxesOf = (texts: readonly PlacedText[]): FoundField | undefined =>
  extractFields(placedDocument([texts], { language: 'de' }), 'invoice', { definitions }).find(
    ({ name }) => name === 'tax_lines',
  );

describe('taxes by rate', () => {
  it('are read from a breakdown whose head names them, by rate × base = tax', () => {
    const found = taxesOf([
      ...placedRow(200, ['Art', 60], ['Basisbetrag', 200], ['Steuersatz [%]', 320], ['Steuerbetrag', 450]),
      ...placedRow(220, ['Umsatzsteuer (S)', 60], ['202,33', 200], ['7', 320], ['14,16', 450]),
      ...placedRow(240, ['Umsatzsteuer (S)', 60], ['11,76', 200], ['19', 320], ['2,23', 450]),
    ]);
    expect(found?.value).toEqual([
      { rate: 7, base: 202.33, amount: 14.16 },
      { rate: 19, base: 11.76, amount: 2.23 },
    ]);
    expect(found?.raw).toContain('202,33');
  });

  it('have no base where only a sum names rate and amount, and count once beside a breakdown', () => {
    const sum: PlacedText[] = placedRow(300, ['zzgl. 19 % MwSt.', 320], ['19,00', 450]);
    const breakdown: PlacedText[] = placedRow(340, ['MwSt. 19 % von', 60], ['100,00', 200], ['19,00', 450]);
    expect(taxesOf(sum)?.value).toEqual([{ rate: 19, amount: 19 }]);
    expect(taxesOf([...sum, ...breakdown])?.value).toEqual([{ rate: 19, base: 100, amount: 19 }]);
  });

  it('are neither rates of items nor charges nor discounts', () => {
    const found = taxesOf([
      ...placedRow(200, ['Beschreibung', 60], ['Menge', 250], ['Preis', 330], ['USt.', 400], ['Betrag', 480]),
      ...placedRow(220, ['Papier', 60], ['45,00', 250], ['0,20', 330], ['20 %', 400], ['9,00', 480]),
      ...placedRow(260, ['Zuschlag Fracht 19 % USt.', 60], ['30,00', 480]),
      ...placedRow(280, ['3 % Skonto', 60], ['0,27', 480]),
    ]);
    expect(found).toBeUndefined();
  });

  it('make the tax surer when they add up to it', () => {
    const taxOf = (amount: string): number =>
      extractFields(
        placedDocument(
          [
            [
              ...placedRow(200, ['MwSt. 7 % von', 60], ['100,00', 200], ['7,00', 450]),
              ...placedRow(220, ['MwSt. 19 % von', 60], ['100,00', 200], ['19,00', 450]),
              ...placedRow(240, ['Summe MwSt.', 60], [amount, 450]),
            ],
          ],
          { language: 'de' },
        ),
        'invoice',
        { definitions },
      ).find(({ name, value }) => name === 'tax_total' && value === Number(amount.replace(',', '.')))
        ?.confidence ?? 0;
    expect(taxOf('26,00')).toBeGreaterThan(taxOf('27,00'));
  });
});
