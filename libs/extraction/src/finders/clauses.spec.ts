import { placedDocument, type PlacedText } from '@docstream/testing';
import { shippedDefinitionFiles } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import { readDefinitions } from '../definitions/index.js';
import { extractFields } from '../extract-fields.js';

const definitions = readDefinitions([{ files: shippedDefinitionFiles() }]);
const contractOf = (...lines: readonly string[]) => {
  const texts = lines.map((line, index): PlacedText => [line, 60, 200 + 14 * index]);
  const found = extractFields(placedDocument([texts], { language: 'en' }), 'contract-legal', { definitions });
  return (field: string): unknown => found.find(({ name }) => name === field)?.value;
};

describe('the governing law of a contract', () => {
  it.each([
    [
      'This Agreement shall be governed by the laws of the State of New York, without regard to',
      'State of New York',
    ],
    ['governed by and construed in accordance with the laws of England and Wales.', 'England and Wales'],
    ['This Agreement is governed by English law and the parties', 'English law'],
    ['The laws of Ontario shall govern this Agreement.', 'Ontario'],
    ['Dieser Vertrag unterliegt dem Recht der Bundesrepublik Deutschland.', 'Bundesrepublik Deutschland'],
    ['Es gilt deutsches Recht unter Ausschluss des UN-Kaufrechts.', 'deutsches Recht'],
    ['Le présent contrat est régi par le droit français.', 'droit français'],
    ['Le contrat est soumis au droit suisse.', 'droit suisse'],
  ])('is read from: %s', (clause, law) => {
    expect(contractOf(clause)('governing_law')).toBe(law);
  });

  it.each([
    'a corporation organized and existing under the laws of Delaware',
    'in compliance with all applicable laws of Texas',
    'Das Recht der Kündigung bleibt unberührt.',
  ])('is not read from: %s', (text) => {
    expect(contractOf(text)('governing_law')).toBeUndefined();
  });
});

describe('the term of a contract', () => {
  it.each([
    ['The initial term of this Agreement is twenty-four (24) months from the Effective Date.', '24 months'],
    ['This Agreement shall remain in effect for five (5) years unless terminated', '5 years'],
    ['The license is granted for a term of 3 years.', '3 years'],
    ['Laufzeit: 12 Monate', '12 months'],
    ['Die Laufzeit des Vertrags beträgt zwei Jahre.', '2 years'],
    ['Le bail est consenti pour une durée de neuf ans.', '9 years'],
    ['Durée du contrat : 36 mois', '36 months'],
  ])('is read from: %s', (clause, term) => {
    expect(contractOf(clause)('term')).toBe(term);
  });

  it.each([
    'Either party may terminate with thirty (30) days notice.',
    'Invoices are payable within 14 days.',
    'Recipient keeps the information secret for a period of 5 years.',
  ])('is not read from: %s', (text) => {
    expect(contractOf(text)('term')).toBeUndefined();
  });
});
