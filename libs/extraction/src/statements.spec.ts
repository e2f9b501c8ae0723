import { placedDocument, placedRow, shippedDefinitionFiles, type PlacedText } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import { readDefinitions } from './definitions/index.js';
import { extractFields } from './extract-fields.js';

const definitions = readDefinitions([{ files: shippedDefinitionFiles() }]);

function valuesOf(texts: readonly PlacedText[], language = 'en'): Record<string, unknown> {
  const found = extractFields(placedDocument([texts], { language }), 'financial-statement', { definitions });
  return Object.fromEntries([...found].reverse().map(({ name, value }) => [name, value]));
}

describe('financial statements', () => {
  it('reads a German account statement with balances of days and the holder above the address', () => {
    const values = valuesOf(
      [
        ['Sparkasse Musterstadt', 60, 40, 14],
        ['Frau Erika Beispiel', 60, 120],
        ['Lindenweg 12', 60, 132],
        ['50667 Köln', 60, 144],
        ['Kontoauszug Nr. 3/2024', 60, 220, 12],
        ['Kontonummer: 1234567890', 60, 240],
        ['Zeitraum: 01.03.2024 bis 31.03.2024', 60, 254],
        ...placedRow(300, ['Buchung', 60], ['Verwendungszweck', 130], ['Betrag', 420]),
        ...placedRow(320, ['Kontostand am 01.03.2024', 130], ['1.200,50', 420]),
        ...placedRow(340, ['05.03.2024', 60], ['Miete', 130], ['-700,00', 420]),
        ...placedRow(360, ['Kontostand am 31.03.2024', 130], ['500,50', 420]),
      ],
      'de',
    );
    expect(values).toMatchObject({
      bank_name: 'Sparkasse Musterstadt',
      account_holder: 'Erika Beispiel',
      account_number: '1234567890',
      period_start: '2024-03-01',
      period_end: '2024-03-31',
      opening_balance: 1200.5,
      closing_balance: 500.5,
    });
  });

  it('reads a French statement whose balances stand under debit and credit', () => {
    const values = valuesOf(
      [
        ['Banque Exemple du Midi', 40, 40, 14],
        ['RELEVÉ DE COMPTE', 220, 80, 13],
        ['Période du 1er au 31 janvier 2024', 220, 100],
        ['Compte n° 00012345678', 40, 120],
        ['Titulaire du compte : Claire Modèle', 40, 134],
        ...placedRow(180, ['Date', 40], ['Opération', 110], ['Débit', 380], ['Crédit', 480]),
        ...placedRow(200, ['Ancien solde au 31/12/2023', 110], ['845,10', 480]),
        ...placedRow(220, ['04/01', 40], ['PRLV EAU', 110], ['45,10', 380]),
        ...placedRow(240, ['Nouveau solde au 31/01/2024', 110], ['800,00', 480]),
      ],
      'fr',
    );
    expect(values).toMatchObject({
      bank_name: 'Banque Exemple du Midi',
      account_holder: 'Claire Modèle',
      period_start: '2024-01-01',
      period_end: '2024-01-31',
      opening_balance: 845.1,
      closing_balance: 800,
    });
  });

  it('takes the last row of a running balance, and the first where the newest row comes first', () => {
    const head = placedRow(200, ['Date', 40], ['Details', 120], ['Paid out', 300], ['Balance', 460]);
    const oldest = placedRow(220, ['01/02/2024', 40], ['Brought forward', 120], ['310.00', 460]);
    const middle = (y: number): PlacedText[] =>
      placedRow(y, ['09/02/2024', 40], ['Shop', 120], ['10.00', 300], ['300.00', 460]);
    const last = (y: number): PlacedText[] =>
      placedRow(y, ['20/02/2024', 40], ['Rent', 120], ['250.00', 300], ['50.00', 460]);
    expect(valuesOf([...head, ...oldest, ...middle(240), ...last(260)])).toMatchObject({
      opening_balance: 310,
      closing_balance: 50,
    });
    expect(valuesOf([...head, ...last(220), ...middle(240)])).toMatchObject({ closing_balance: 50 });
  });

  it('takes the balance of the first account of a list of accounts', () => {
    const values = valuesOf([
      ['Your combined statement', 40, 60, 16],
      ...placedRow(120, ['ACCOUNT NAME', 40], ['ACCOUNT NUMBER', 200], ['BALANCE ($)', 380]),
      ...placedRow(136, ['SAVINGS', 40], ['0045-778812', 200], ['2,310.45', 380]),
      ...placedRow(152, ['CHECKING', 40], ['0045-778813', 200], ['99.10', 380]),
    ]);
    expect(values).toMatchObject({ account_number: '0045-778812', closing_balance: 2310.45 });
    expect(values).not.toHaveProperty('account_holder');
  });

  it.each([
    ['Statement period 1 Jan - 31 Jan 2024', '2024-01-01', '2024-01-31'],
    ['Statement Period: December 16, 2023 through January 15, 2024', '2023-12-16', '2024-01-15'],
    ['Billing period: Dec 16 - Jan 15, 2024', '2023-12-16', '2024-01-15'],
    ['Period: January 1 - 31, 2024', '2024-01-01', '2024-01-31'],
    ['Pay Period: 2024-01-01 – 2024-01-15', '2024-01-01', '2024-01-15'],
    ['For the period from 1 April 2023 to 31 March 2024', '2023-04-01', '2024-03-31'],
    ['Transactions from 01.02.2024 until 29.02.2024', '2024-02-01', '2024-02-29'],
    ['Abrechnungszeitraum 01.01. - 31.01.2024', '2024-01-01', '2024-01-31'],
    ['Umsätze vom 1. bis 31. Mai 2024', '2024-05-01', '2024-05-31'],
    ['Relevé du 01/06/2024 au 30/06/2024', '2024-06-01', '2024-06-30'],
    ['Pay period: February 2024', '2024-02-01', '2024-02-29'],
  ])('reads the period of "%s"', (line, start, end) => {
    expect(
      valuesOf([
        ['Account statement', 60, 40, 16],
        [line, 60, 90],
      ]),
    ).toMatchObject({
      period_start: start,
      period_end: end,
    });
  });

  it.each<readonly [string, PlacedText[]]>([
    [
      'one label over two cells',
      [
        ['Statement period', 60, 90],
        ['03/04/2024', 200, 90],
        ['03/31/2024', 280, 90],
      ],
    ],
    [
      'two labels beside each other',
      [
        ['From', 60, 90],
        ['To', 160, 90],
        ['03/04/2024', 60, 104],
        ['03/31/2024', 160, 104],
      ],
    ],
    [
      'labels with a value each',
      [
        ['Period beginning: 03/04/2024', 60, 90],
        ['Period ending: 03/31/2024', 60, 104],
      ],
    ],
  ])('reads a period from %s', (_, texts) => {
    expect(valuesOf([['Earnings record', 60, 40, 16], ...texts])).toMatchObject({
      period_start: '2024-03-04',
      period_end: '2024-03-31',
    });
  });

  it('takes the first of joint holders, and a bank with its form', () => {
    const values = valuesOf([
      ['Second Harbour Bank, N.A.', 40, 30, 12],
      ['ANN B SAMPLE', 40, 120],
      ['CARL D SAMPLE', 40, 132],
      ['12 OAK AVE APT 4', 40, 144],
      ['ALBANY NY 12207-1234', 40, 156],
    ]);
    expect(values).toMatchObject({ bank_name: 'Second Harbour Bank, N.A.', account_holder: 'ANN B SAMPLE' });
  });

  it('takes no balance at the start from a row that moves money', () => {
    const values = valuesOf([
      ...placedRow(150, ['Date', 40], ['Reference', 120], ['Debit', 300], ['Balance', 460]),
      ...placedRow(166, ['01/06/2024', 40], ['INV1001', 120], ['100.00', 300], ['100.00', 460]),
    ]);
    expect(values).not.toHaveProperty('opening_balance');
  });

  it('does not take the period of an earlier statement', () => {
    expect(valuesOf([['Previous statement period 1 Jan - 31 Jan 2024', 60, 90]])).not.toHaveProperty(
      'period_start',
    );
  });

  it.each<readonly [string, string, PlacedText[]]>([
    [
      'English',
      'en',
      [
        ['Sample Works Ltd', 40, 40],
        ['8 Mill Lane', 40, 52],
        ['Leeds LS1 4DY', 40, 64],
        ['Payslip', 300, 40, 14],
        ['Jane Placeholder', 40, 140],
        ['17 Elm Street', 40, 152],
        ['York YO1 7HH', 40, 164],
        ['Net pay', 300, 300],
        ['1,940.20', 400, 300],
      ],
    ],
    [
      'labelled German',
      'de',
      [
        ['Entgeltabrechnung März 2024', 40, 40, 14],
        ['Arbeitgeber: Sample Works Ltd', 40, 70],
        ['Arbeitnehmer: Jane Placeholder', 40, 84],
        ['Auszahlungsbetrag', 300, 300],
        ['1.940,20', 400, 300],
      ],
    ],
    [
      'labelled French',
      'fr',
      [
        ['BULLETIN DE PAIE', 200, 40, 14],
        ['Employeur', 40, 70],
        ['Sample Works Ltd', 140, 70],
        ['Salarié', 40, 84],
        ['Jane Placeholder', 140, 84],
        ['Net à payer', 300, 300],
        ['1 940,20', 400, 300],
      ],
    ],
  ])('reads employer and employee of a payslip: %s', (_, language, texts) => {
    const values = valuesOf(texts, language);
    expect(values).toMatchObject({
      employer: 'Sample Works Ltd',
      employee: 'Jane Placeholder',
      net_pay: 1940.2,
    });
    expect(values).not.toHaveProperty('account_holder');
  });

  it('counts transactions and reads the sum that a sentence names', () => {
    const values = valuesOf([
      ['Spending report', 60, 40, 16],
      ['Generated on: 5 May 2024', 60, 70],
      ['Prepared for: Jane Placeholder', 60, 84],
      ['You have spent a total of $1,204.75 in a total of 31 transactions.', 60, 110],
    ]);
    expect(values).toMatchObject({
      issue_date: '2024-05-05',
      account_holder: 'Jane Placeholder',
      total: 1204.75,
      transaction_count: 31,
    });
  });

  it('takes dates from the first page where later pages repeat their labels', () => {
    const pages = ['5 Feb 2024', '6 March 2024'].map((date): PlacedText[] => [
      ['Credit card statement', 60, 40, 14],
      ['Statement date', 60, 90],
      [date, 60, 104],
    ]);
    const found = extractFields(placedDocument(pages), 'financial-statement', { definitions });
    expect(found.find(({ name }) => name === 'statement_date')).toMatchObject({
      value: '2024-02-05',
      page: 1,
    });
  });
});
