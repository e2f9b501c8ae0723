import { placedDocument, shippedDefinitionFiles, type PlacedText } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import { readDefinitions } from './definitions/index.js';
import { extractFields } from './extract-fields.js';

const definitions = readDefinitions([{ files: shippedDefinitionFiles() }]);

function valueOf(field: string, texts: readonly PlacedText[], language = 'en'): unknown {
  const found = extractFields(placedDocument([texts], { language }), 'contract-legal', { definitions });
  return found.find(({ name }) => name === field)?.value;
}

describe('court papers', () => {
  it('reads a caption with brackets and the number in the right column', () => {
    const texts: PlacedText[] = [
      ['IN THE COURT OF COMMON PLEAS', 180, 60, 13],
      ['HARBOUR HOLDINGS, INC., a Sample', 72, 120],
      ['Corporation,', 72, 134],
      ['Plaintiff,', 110, 150],
      ['vs.', 72, 166],
      ['JOHN Q. PUBLIC, individually,', 72, 182],
      ['Defendant.', 110, 198],
      ...[120, 134, 150, 166, 182, 198].map((y): PlacedText => [')', 290, y]),
      ['Case No. 2:21-cv-00417-ABC', 320, 120],
      ['Appeal from No. 19-CC-0042', 320, 150],
    ];
    expect(valueOf('parties', texts)).toEqual(['HARBOUR HOLDINGS, INC.', 'JOHN Q. PUBLIC']);
    expect(valueOf('case_number', texts)).toBe('2:21-cv-00417-ABC');
  });

  it('reads a centred caption', () => {
    const texts: PlacedText[] = [
      ['No. 14-3021', 265, 100],
      ['MARY EXAMPLE,', 255, 150],
      ['Petitioner', 330, 166],
      ['v.', 293, 182],
      ['SECRETARY OF SAMPLES,', 235, 208],
      ['Respondent', 330, 224],
      ['On review of an order', 240, 280],
      ['(No. B012-345-678)', 250, 296],
    ];
    expect(valueOf('parties', texts)).toEqual(['MARY EXAMPLE', 'SECRETARY OF SAMPLES']);
    expect(valueOf('case_number', texts)).toBe('14-3021');
  });

  it('reads a caption in one line', () => {
    const texts: PlacedText[] = [
      ['STATE COURT OF APPEALS', 200, 40, 12],
      ['Jane Placeholder v. Sample Corporation', 190, 70, 12],
    ];
    expect(valueOf('parties', texts)).toEqual(['Jane Placeholder', 'Sample Corporation']);
  });

  it('takes the name of the order for the title, not the court', () => {
    const texts: PlacedText[] = [
      ['DISTRICT COURT OF SAMPLES', 180, 40, 12],
      ['ALPHA LLC,', 60, 90],
      ['-against-', 150, 120],
      ['BETA CO.,', 60, 150],
      ['22 Civ. 4321 (XYZ)', 330, 110],
      ['OPINION AND ORDER', 330, 130, 12],
    ];
    expect(valueOf('title', texts)).toBe('OPINION AND ORDER');
    expect(valueOf('parties', texts)).toEqual(['ALPHA LLC', 'BETA CO.']);
    expect(valueOf('case_number', texts)).toBe('22 Civ. 4321');
  });

  it('reads several parties on a side', () => {
    const texts: PlacedText[] = [
      ['ALPHA TRADING LLC', 72, 120],
      ['Plaintiff', 110, 134],
      ['v.', 72, 150],
      ['TOWN OF EXAMPLE, and', 72, 166],
      ['ERIC SAMPLE, in his official capacity', 72, 178],
      ['as Mayor,', 72, 190],
      ['Defendants', 110, 206],
    ];
    expect(valueOf('parties', texts)).toEqual(['ALPHA TRADING LLC', 'TOWN OF EXAMPLE', 'ERIC SAMPLE']);
  });

  it.each([
    ['Civil Action No. 12-345', '12-345'],
    ['No. C 05-1234-XYZ', 'C 05-1234-XYZ'],
    ['No. SC998877', 'SC998877'],
    ['Aktenzeichen: 3 O 123/20', '3 O 123/20'],
    ['Az.: VIII ZR 27/19', 'VIII ZR 27/19'],
    ['N° RG 19/01234', '19/01234'],
    ['Pourvoi n° 12-34.567', '12-34.567'],
  ])('reads the number of "%s"', (line, number) => {
    expect(
      valueOf('case_number', [
        ['COURT', 250, 60],
        [line, 250, 100],
      ]),
    ).toBe(number);
  });
});

describe('contracts', () => {
  it.each([
    [
      'defined terms',
      'This Agreement is made between Northwind Samples Ltd (the "Supplier") and Example Stores Inc. (the "Customer").',
      ['Northwind Samples Ltd', 'Example Stores Inc.'],
    ],
    [
      'numbered parties',
      'BETWEEN: (1) NORTHWIND SAMPLES LIMITED (the "Licensor"); and (2) EXAMPLE STORES PLC (the "Licensee").',
      ['NORTHWIND SAMPLES LIMITED', 'EXAMPLE STORES PLC'],
    ],
    [
      'roles without between',
      'This contract is entered into by Northwind Samples Ltd, a company of Leeds ("Seller"), and Example Stores Inc., of Boston ("Buyer").',
      ['Northwind Samples Ltd', 'Example Stores Inc.'],
    ],
    [
      'addresses of persons',
      'BETWEEN (1) ALPHA WIDGETS LIMITED whose registered office is at 1 High Street, Leeds (the "Company"); and (2) JANE SAMPLE of 2 Low Street, York (the "Employee").',
      ['ALPHA WIDGETS LIMITED', 'JANE SAMPLE'],
    ],
    [
      'German',
      'Vertrag zwischen der Nordwind Muster GmbH, vertreten durch Eva Probe, und der Beispiel Handel AG, vertreten durch Max Test.',
      ['Nordwind Muster GmbH', 'Beispiel Handel AG'],
    ],
    [
      'French',
      'Entre les soussignés : Modèle Nord SARL, société au capital de 1 000 euros, et Exemple Sud SAS, dont le siège est à Lyon.',
      ['Modèle Nord SARL', 'Exemple Sud SAS'],
    ],
  ])('reads parties: %s', (_, sentence, parties) => {
    const words = sentence.split(' ');
    const lines = [words.slice(0, 9), words.slice(9, 18), words.slice(18)].filter((line) => line.length > 0);
    const texts = lines.map((line, index): PlacedText => [line.join(' '), 60, 120 + 12 * index]);
    expect(valueOf('parties', [['AGREEMENT', 240, 60, 16], ...texts])).toEqual(parties);
  });

  it.each<readonly [string, PlacedText[]]>([
    [
      'beside',
      [
        ['Landlord: Harbour Homes Ltd', 60, 120],
        ['Tenant: Jane Placeholder', 60, 134],
      ],
    ],
    [
      'to the right',
      [
        ['Vermieter:', 60, 120],
        ['Harbour Homes Ltd', 160, 120],
        ['Mieterin:', 60, 134],
        ['Jane Placeholder', 160, 134],
      ],
    ],
  ])('reads parties from labels %s', (_, texts) => {
    expect(valueOf('parties', texts)).toEqual(['Harbour Homes Ltd', 'Jane Placeholder']);
  });

  it('finds no parties in a sentence about the parties', () => {
    expect(
      valueOf('parties', [['The difference between the Fee and the Deposit is due at once.', 60, 120]]),
    ).toBeUndefined();
  });
});
