import { placedDocument, placedRow, shippedDefinitionFiles, type PlacedText } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import { readDefinitions } from './definitions/index.js';
import { extractFields } from './extract-fields.js';
import type { FoundField } from './found-field.js';

const definitions = readDefinitions([{ files: shippedDefinitionFiles() }]);
const fieldOf = (type: string, field: string, ...texts: readonly PlacedText[]): FoundField | undefined =>
  extractFields(placedDocument([texts], { language: 'de' }), type, { definitions }).find(
    ({ name }) => name === field,
  );

describe('an address on a page', () => {
  it('stands under the heading of its party, with the box of its lines', () => {
    const found = fieldOf(
      'purchase-order',
      'delivery_address',
      ...placedRow(100, ['Lieferadresse', 60], ['Rechnungsadresse', 320]),
      ...placedRow(112, ['Lager Nord GmbH', 60], ['Zentrale GmbH', 320]),
      ...placedRow(124, ['Hafenstraße 7', 60], ['Am Markt 1', 320]),
      ...placedRow(136, ['20457 Hamburg', 60], ['80331 München', 320]),
    );
    expect(found).toMatchObject({
      value: 'Hafenstraße 7, 20457 Hamburg',
      raw: 'Hafenstraße 7\n20457 Hamburg',
      page: 1,
    });
    expect(found?.box?.[0]).toBeCloseTo(60, 0);
    expect(found?.box?.[2]).toBeLessThan(300);
  });

  it('stands behind its label, on one line', () => {
    const found = fieldOf('purchase-order', 'delivery_address', [
      'Lieferadresse: Lager Nord, Hafenstraße 7, 20457 Hamburg',
      60,
      100,
    ]);
    expect(found?.value).toBe('Hafenstraße 7, 20457 Hamburg');
  });

  it('ends at the next label', () => {
    const found = fieldOf(
      'purchase-order',
      'delivery_address',
      ['Lieferadresse', 60, 100],
      ['Hafenstraße 7', 60, 112],
      ['Rechnungsadresse:', 60, 124],
      ['20457 Hamburg', 60, 136],
    );
    expect(found).toBeUndefined();
  });

  it('of the buyer is never the seller’s, too', () => {
    const texts = [
      ['Beispiel GmbH', 60, 160],
      ['Hauptstraße 1', 60, 172],
      ['12345 Berlin', 60, 184],
    ] as const;
    expect(fieldOf('invoice', 'buyer_address', ...texts)?.value).toBe('Hauptstraße 1, 12345 Berlin');
    expect(fieldOf('invoice', 'seller_address', ...texts)).toBeUndefined();
  });
});
