import { placedDocument, shippedDefinitionFiles, type PlacedText } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import { readDefinitions } from './definitions/index.js';
import { extractFields } from './extract-fields.js';

const definitions = readDefinitions([{ files: shippedDefinitionFiles() }]);

function valuesOf(
  type: string,
  texts: readonly PlacedText[],
  metadata: Record<string, string> = {},
): Record<string, unknown> {
  const found = extractFields(placedDocument([texts], { metadata }), type, { definitions });
  return Object.fromEntries([...found].reverse().map(({ name, value }) => [name, value]));
}

describe('reports', () => {
  it('have their company, period, authors and the date of the cover', () => {
    const values = valuesOf('report', [
      ['Quarterly Report', 200, 60, 20],
      ['Sample Holdings PLC', 200, 100, 16],
      ['1 April 2023 to 30 June 2023', 200, 130],
      ['Prepared by: Ann Sample and Bob Placeholder', 60, 200],
      ['The figures of 31 March 2022 and of 5 May 2021 were restated by the board.', 60, 300],
      ['Leeds, 14 July 2023', 60, 760],
    ]);
    expect(values).toMatchObject({
      company: 'Sample Holdings PLC',
      period_start: '2023-04-01',
      period_end: '2023-06-30',
      authors: ['Ann Sample', 'Bob Placeholder'],
      date: '2023-07-14',
    });
  });

  it('take the company that the form asks for, not the larger one', () => {
    const values = valuesOf('report', [
      ['Auditors Example LLP', 60, 40, 20],
      ['Sample Holdings, Inc.', 220, 120, 12],
      ['(Exact name of registrant as specified in its charter)', 180, 134, 8],
    ]);
    expect(values).toMatchObject({ company: 'Sample Holdings, Inc.' });
  });

  it('take no company from the rows of a table', () => {
    const rows = ['Alpha Parts, Inc.', 'Beta Tools LLC'].flatMap((name, row): PlacedText[] => [
      ['06/22/2015', 40, 120 + 14 * row],
      [name, 140, 120 + 14 * row],
      ['150', 400, 120 + 14 * row],
    ]);
    expect(valuesOf('report', [['Notices', 200, 60, 18], ...rows])).not.toHaveProperty('company');
  });

  it('take the author of the metadata where the name is printed', () => {
    const texts: PlacedText[] = [
      ['Tool Handbook', 60, 60, 18],
      ['Cleo Example', 60, 90],
    ];
    expect(valuesOf('manual-datasheet', texts, { author: 'Cleo Example' })).toMatchObject({
      author: 'Cleo Example',
    });
    expect(valuesOf('manual-datasheet', texts, { author: 'Dora Other' })).not.toHaveProperty('author');
  });
});

describe('letters', () => {
  it('take the name on top of the address above the salutation', () => {
    const values = valuesOf('letter', [
      ['Harbour Office', 60, 40],
      ['tel 0113 496 0000', 60, 52],
      ['3 June 2024', 400, 110],
      ['Mr. Henry J. Sample', 60, 140],
      ['Clerk of Works', 60, 152],
      ['14 North Street', 60, 164],
      ['Leeds LS1 4DY', 60, 176],
      ['Dear Mr. Sample,', 60, 220],
    ]);
    expect(values).toMatchObject({ recipient: 'Henry J. Sample', date: '2024-06-03' });
  });

  it.each([
    ['without colons', ''],
    ['with colons', ':'],
  ])('read the head of a printed e-mail %s', (_, colon) => {
    const values = valuesOf('letter', [
      [`From${colon} Ann Sample <ann@example.org>`, 60, 40],
      [`To${colon} bob@example.org`, 60, 54],
      [`Subject${colon} Minutes of yesterday`, 60, 68],
      ['See below.', 60, 120],
    ]);
    expect(values).toMatchObject({
      sender: 'ann@example.org',
      recipient: 'bob@example.org',
      subject: 'Minutes of yesterday',
    });
  });
});

describe('other papers', () => {
  it.each<readonly [string, unknown, PlacedText[]]>([
    [
      'of capitals',
      'QXWZRT',
      [
        ['BOOKING REFERENCE:', 60, 60],
        ['QXWZRT', 200, 60],
      ],
    ],
    ['with digits', 'AB-20391', [['Confirmation number: AB-20391', 60, 60]]],
    ['in brackets', 'EST-4471', [['Preliminary estimate (ID: EST-4471)', 60, 60]]],
    ['of the customer', undefined, [['Customer reference number: 778812', 60, 60]]],
  ])('have a reference %s', (_, reference, texts) => {
    expect(valuesOf('ticket', texts)['reference']).toBe(reference);
  });

  it('read what was filled in above the name of its field', () => {
    const values = valuesOf('form', [
      ['Registration Form', 200, 40, 16],
      ['Ann', 60, 90],
      ['04/14/1995', 300, 90],
      ['First Name', 60, 104, 8],
      ['Date of Birth', 300, 104, 8],
    ]);
    expect(values).toMatchObject({ birth_date: '1995-04-14' });
  });

  it('read behind labels in two languages', () => {
    const values = valuesOf('delivery-note', [
      ['S/O No. 托运单号码', 300, 40],
      ['XYZN2406001', 420, 40],
      ['Consignee (complete name) 收货人(名称及', 60, 100],
      ['地址)', 60, 112],
      ['SAMPLE LOGISTIC SERVICES', 60, 124],
    ]);
    expect(values).toMatchObject({ reference: 'XYZN2406001', consignee: 'SAMPLE LOGISTIC SERVICES' });
  });
});
