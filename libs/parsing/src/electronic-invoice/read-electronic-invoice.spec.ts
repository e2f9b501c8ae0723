import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { EmbeddedInvoice } from '@docstream/contracts';
import { isInvoiceName, readElectronicInvoice } from './read-electronic-invoice.js';

const fixture = (name: string): string =>
  readFileSync(new URL(`fixtures/${name}.xml`, import.meta.url), 'utf8');

function read(xml: string | Uint8Array): EmbeddedInvoice {
  const bytes = typeof xml === 'string' ? Buffer.from(xml) : xml;
  const reading = readElectronicInvoice({ name: 'factur-x.xml', xml: bytes });
  if (reading === undefined || 'problem' in reading) throw new Error(JSON.stringify(reading));
  return reading.invoice;
}

describe('an electronic invoice', () => {
  it('is read in CII, with allowances, two taxes, several payment means and a discount for early payment', () => {
    expect(read(fixture('cii-extended'))).toEqual({
      syntax: 'cii',
      attachment: 'factur-x.xml',
      profile: 'urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended',
      typeCode: '380',
      number: 'R-2026/17',
      issueDate: '2026-02-28',
      dueDate: '2026-03-30',
      deliveryDate: '2026-02-25',
      orderNumber: 'B-4711',
      currency: 'EUR',
      seller: {
        name: 'Schraubenhaus Süd GmbH',
        address: ['Am Anger 1', '80331 München', 'DE'],
        vatId: 'DE123456789',
        taxId: '143/123/45678',
        email: 'post@schraubenhaus.example',
      },
      buyer: { name: 'Kundin & Söhne', email: 'rechnung@kundin.example' },
      iban: 'DE89370400440532013000',
      bic: 'COBADEFFXXX',
      allowanceTotal: '5.00',
      chargeTotal: '4.00',
      netTotal: '109.00',
      taxTotal: '14.71',
      total: '123.71',
      prepaid: '23.71',
      amountDue: '100.00',
      taxes: [
        { rate: '19', base: '59.00', amount: '11.21' },
        { rate: '7', base: '50.00', amount: '3.50' },
      ],
      lines: [
        {
          description: 'Screw M4 & nut',
          quantity: '500',
          unit: 'C62',
          unitPrice: '12.00',
          priceQuantity: '100',
          amount: '60.00',
          taxRate: '19',
        },
        {
          description: 'Schraubenkunde, 2. Auflage',
          quantity: '1.0',
          unit: 'H87',
          unitPrice: '50.00',
          amount: '50.00',
          taxRate: '7',
        },
      ],
    });
  });

  it('of the minimum profile has no lines', () => {
    expect(read(fixture('cii-minimum'))).toEqual({
      syntax: 'cii',
      attachment: 'factur-x.xml',
      profile: 'urn:factur-x.eu:1p0:minimum',
      typeCode: '381',
      number: 'F-7',
      issueDate: '2026-01-05',
      currency: 'EUR',
      seller: { name: 'Boulangerie Dupré', address: ['FR'], vatId: 'FR11999999998' },
      buyer: { name: 'Café du Coin' },
      netTotal: '10.00',
      taxTotal: '0.55',
      total: '10.55',
      amountDue: '10.55',
    });
  });

  it('is read in ZUGFeRD 1, lines of mere text included', () => {
    expect(read(fixture('zugferd-1'))).toEqual({
      syntax: 'zugferd-1',
      attachment: 'factur-x.xml',
      profile: 'urn:ferd:CrossIndustryDocument:invoice:1p0:comfort',
      typeCode: '380',
      number: '2014-03',
      issueDate: '2014-03-05',
      dueDate: '2014-04-04',
      deliveryDate: '2014-03-01',
      orderNumber: 'A-1',
      currency: 'EUR',
      seller: { name: 'Weingut Moll', taxId: '08/815/4711' },
      buyer: { name: 'Gasthof Adler' },
      iban: 'DE02120300000000202051',
      netTotal: '100.00',
      taxTotal: '19.00',
      total: '119.00',
      amountDue: '119.00',
      taxes: [{ rate: '19.00', base: '100.00', amount: '19.00' }],
      lines: [
        { description: 'Delivered on 1 March:' },
        {
          description: 'Riesling',
          quantity: '20.0000',
          unit: 'BO',
          unitPrice: '5.0000',
          amount: '100.00',
          taxRate: '19.00',
        },
      ],
    });
  });

  it('is read in UBL, with a tax that is stated in a second currency and an account that is no IBAN', () => {
    expect(read(fixture('ubl-invoice'))).toEqual({
      syntax: 'ubl',
      attachment: 'factur-x.xml',
      profile: 'urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0',
      typeCode: '380',
      number: 'INV-100',
      issueDate: '2026-03-01',
      dueDate: '2026-03-31',
      deliveryDate: '2026-02-27',
      currency: 'SEK',
      seller: {
        name: 'Säljaren Aktiebolag',
        address: ['Storgatan 1', 'Hus C', '211 34 Malmö', 'SE'],
        vatId: 'SE556677889901',
        taxId: 'Godkänd för F-skatt',
        email: 'faktura@saljaren.example',
      },
      buyer: { name: 'Köparen', email: 'inkop@koparen.example' },
      iban: 'SE4550000000058398257466',
      bic: 'ESSESESS',
      allowanceTotal: '100.00',
      netTotal: '1916.67',
      taxTotal: '425.00',
      total: '2341.67',
      prepaid: '341.67',
      amountDue: '2000.00',
      taxes: [
        { rate: '25', base: '1500.00', amount: '375.00' },
        { rate: '12', base: '416.67', amount: '50.00' },
      ],
      lines: [
        {
          description: 'Coffee',
          quantity: '10',
          unit: 'KGM',
          unitPrice: '160',
          amount: '1600.00',
          taxRate: '25',
        },
        {
          description: 'Cups',
          quantity: '1000',
          unit: 'C62',
          unitPrice: '416.67',
          priceQuantity: '1000',
          amount: '416.67',
        },
      ],
    });
  });

  it('may be a UBL credit note', () => {
    expect(read(fixture('ubl-credit-note'))).toEqual({
      syntax: 'ubl',
      attachment: 'factur-x.xml',
      profile: 'urn:cen.eu:en16931:2017',
      typeCode: '381',
      number: 'CN-1',
      issueDate: '2026-04-01',
      dueDate: '2026-04-15',
      orderNumber: 'O-77',
      currency: 'EUR',
      seller: { name: 'Vendor BV' },
      buyer: { name: 'Client NV' },
      netTotal: '10.00',
      taxTotal: '2.10',
      total: '12.10',
      amountDue: '12.10',
      lines: [
        { description: 'Returned lamp', quantity: '1', unit: 'H87', unitPrice: '10.00', amount: '10.00' },
      ],
    });
  });

  it('may be the order of Order-X', () => {
    expect(read(fixture('order-x'))).toEqual({
      syntax: 'order-x',
      attachment: 'factur-x.xml',
      typeCode: '220',
      number: 'PO-9',
      issueDate: '2026-02-03',
      currency: 'EUR',
      seller: { name: 'Möbel Meier' },
      buyer: { name: 'Office Ltd' },
      netTotal: '500.00',
      lines: [{ description: 'Desk', quantity: '2', unit: 'C62', unitPrice: '250', amount: '500.00' }],
    });
  });
});

describe('values of an electronic invoice', () => {
  const minimum = fixture('cii-minimum');
  const total = (written: string) =>
    read(minimum.replace('>10.55</ram:Grand', `>${written}</ram:Grand`)).total;
  const issued = (written: string) => read(minimum.replace('20260105', written)).issueDate;

  it.each([
    ['-12', '-12'],
    ['+12.5', '12.5'],
    [' 12.50\n', '12.50'],
    ['.5', '0.5'],
    ['-.5', '-0.5'],
    ['5.', '5'],
    ['12,50', undefined],
    ['1.234.567', undefined],
    ['1e9', undefined],
    ['NaN', undefined],
    ['0x10', undefined],
    ['9'.repeat(40), undefined],
    ['', undefined],
  ])('the amount %j is %j', (written, amount) => {
    expect(total(written)).toBe(amount);
  });

  it.each([
    ['20240229', '2024-02-29'],
    ['2026-01-05', '2026-01-05'],
    ['2026-01-05T10:00:00Z', '2026-01-05'],
    ['20260105120000', '2026-01-05'],
    ['20230229', undefined],
    ['20261301', undefined],
    ['05.01.2026', undefined],
    ['260105', undefined],
    ['2026-01-05-06', undefined],
  ])('the date %j is %j', (written, date) => {
    expect(issued(written)).toBe(date);
  });

  it('have no control characters, and are cut where they are endless', () => {
    const name = `A&#9;B\u200b\u202e${'x'.repeat(9000)}`;
    const { seller } = read(minimum.replace('Boulangerie Dupré', name));
    expect(seller?.name).toBe(`A B${'x'.repeat(997)}`);
  });
});

describe('encodings', () => {
  const xml = (encoding: string): string =>
    fixture('cii-minimum').replace('encoding="UTF-8"', `encoding='${encoding}'`);
  const utf16 = (text: string, swap: boolean): Uint8Array =>
    swap ? Buffer.from(text, 'utf16le').swap16() : Buffer.from(text, 'utf16le');

  it.each([
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${xml('UTF-8')}`)],
    ['UTF-8 without a declaration', Buffer.from(xml('x').replace(/^<\?xml.*\n/, ''))],
    ['UTF-8 after an empty line', Buffer.from(`\r\n${xml('utf-8')}`)],
    ['UTF-16, little end first', utf16(`\ufeff${xml('UTF-16')}`, false)],
    ['UTF-16, big end first', utf16(`\ufeff${xml('UTF-16')}`, true)],
    ['UTF-16 without a byte order mark', utf16(xml('UTF-16LE'), false)],
    ['UTF-16, big end first, without a byte order mark', utf16(xml('UTF-16BE'), true)],
    ['UTF-8 that calls itself UTF-16', Buffer.from(xml('utf-16'))],
    ['ISO-8859-1', Buffer.from(xml('ISO-8859-1'), 'latin1')],
    ['ISO-8859-15', Buffer.from(xml('iso-8859-15'), 'latin1')],
    ['Windows-1252', Buffer.from(xml('Windows-1252'), 'latin1')],
  ])('%s is read', (_, bytes) => {
    expect(read(bytes).seller?.name).toBe('Boulangerie Dupré');
  });

  it('a euro sign of Windows-1252 is one, even where the file says ISO-8859-1', () => {
    const bytes = Buffer.from(xml('ISO-8859-1').replace('Dupré', '\u0080'), 'latin1');
    expect(read(bytes).seller?.name).toBe('Boulangerie €');
  });

  it.each([
    ['Latin-1 that calls itself UTF-8', Buffer.from(xml('UTF-8'), 'latin1')],
    ['half a character of UTF-16', utf16(`\ufeff${xml('UTF-16')}`, false).subarray(0, -1)],
    ['an encoding that is not read', Buffer.from(xml('IBM037'))],
    ['UTF-7', Buffer.from(xml('UTF-7'))],
  ])('%s is refused', (_, bytes) => {
    expect(readElectronicInvoice({ name: 'factur-x.xml', xml: bytes })).toEqual({ problem: 'XML_ENCODING' });
  });
});

describe('the name of an attachment', () => {
  it.each([
    'factur-x.xml',
    'ZUGFeRD-invoice.xml',
    'zugferd-invoice.xml',
    'xrechnung.xml',
    'C:\\out\\order-x.xml',
  ])('%s is that of an electronic invoice', (name) => expect(isInvoiceName(name)).toBe(true));

  it.each(['invoice.xml', 'factur-x.xml.exe', 'factur-x.pdf', 'my-factur-x.xml', ''])('%j is not', (name) =>
    expect(isInvoiceName(name)).toBe(false),
  );
});
