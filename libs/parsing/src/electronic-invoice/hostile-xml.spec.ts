import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readElectronicInvoice, type InvoiceReading } from './read-electronic-invoice.js';

const MINIMUM = readFileSync(new URL('fixtures/cii-minimum.xml', import.meta.url), 'utf8');
const BODY = MINIMUM.replace(/^<\?xml.*\n/, '');
/** Just inside the root element. */
const withInside = (xml: string): string => MINIMUM.replace('\n  <rsm:ExchangedDocumentContext>', `${xml}$&`);
const withName = (xml: string): string => MINIMUM.replace('Café du Coin', xml);

const read = (xml: string | Uint8Array, name = 'factur-x.xml'): InvoiceReading | undefined =>
  readElectronicInvoice({ name, xml: typeof xml === 'string' ? Buffer.from(xml) : xml });
const invoiceOf = (xml: string) => {
  const reading = read(xml);
  return reading !== undefined && 'invoice' in reading ? reading.invoice : reading;
};

describe('hostile XML', () => {
  it.each([
    [
      'a billion laughs',
      `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>${withName('&c;')}`,
    ],
    ['an external entity', `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${withName('&e;')}`],
    ['a parameter entity', `<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;]>${BODY}`],
    ['an external subset', `<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">${BODY}`],
    ['a default attribute', `<!DOCTYPE x [<!ATTLIST x currencyID CDATA "EUR">]>${BODY}`],
    ['an empty document type', `<!-- first --><!DOCTYPE x>${BODY}`],
  ])('%s is refused with its document type', (_, xml) => {
    expect(read(xml.replace(/<\?xml.*\n/, ''))).toEqual({ problem: 'XML_DOCTYPE' });
  });

  it.each(['&e;', '&nbsp;', '&constructor;', '&__proto__;', '&toString;', '&;', '& '])(
    'the entity %j, which nobody declared, is refused',
    (entity) => expect(read(withName(entity))).toEqual({ problem: 'XML_MALFORMED' }),
  );

  it.each(['&#0;', '&#x0;', '&#8;', '&#xD800;', '&#xFFFF;', '&#1114112;', `&#${'9'.repeat(5000)};`, '&#-1;'])(
    'the character %.20j, which XML does not have, is refused',
    (reference) => expect(read(withName(reference))).toEqual({ problem: 'XML_MALFORMED' }),
  );

  it('reads the five entities of XML, numbered characters, comments and marked sections', () => {
    const name = '&lt;&gt;&amp;&quot;&apos;&#xE9;&#128512;<!-- no -->-<![CDATA[<&e;>]]>';
    expect(invoiceOf(withName(name))).toMatchObject({ buyer: { name: `<>&"'é😀-<&e;>` } });
  });

  it('is refused where it nests too deep', () => {
    const nested = (depth: number): string => withInside('<a>'.repeat(depth) + '</a>'.repeat(depth));
    expect(invoiceOf(nested(60))).toMatchObject({ number: 'F-7' });
    expect(read(nested(64))).toEqual({ problem: 'XML_TOO_COMPLEX' });
    expect(read(`${MINIMUM.slice(0, 400)}${'<a>'.repeat(1_000_000)}`)).toEqual({
      problem: 'XML_TOO_COMPLEX',
    });
  });

  it('is refused with too many elements', () => {
    expect(invoiceOf(withInside('<a/>'.repeat(90_000)))).toMatchObject({ number: 'F-7' });
    expect(read(withInside('<a/>'.repeat(100_000)))).toEqual({ problem: 'XML_TOO_COMPLEX' });
  });

  it('is refused with too many attributes or namespaces in an element', () => {
    const attributes = (count: number, name: string): string =>
      withInside(`<a ${Array.from({ length: count }, (_, index) => `${name}${index}="urn:x"`).join(' ')}/>`);
    expect(invoiceOf(attributes(60, 'a'))).toMatchObject({ number: 'F-7' });
    expect(read(attributes(200_000, 'a'))).toEqual({ problem: 'XML_TOO_COMPLEX' });
    expect(read(attributes(65, 'xmlns:n'))).toEqual({ problem: 'XML_TOO_COMPLEX' });
  });

  it('is refused over 4 MiB, and cut where a text is long', () => {
    expect(read(withName('x'.repeat(10_000_000)))).toEqual({ problem: 'XML_TOO_LARGE' });
    expect(invoiceOf(withName('x'.repeat(4_000_000)))).toMatchObject({ buyer: { name: 'x'.repeat(1000) } });
  });

  it('is refused wherever it ends early', () => {
    const whole = MINIMUM.trimEnd();
    const readings = Array.from({ length: whole.length }, (_, length) => read(whole.slice(0, length)));
    expect(new Set(readings.map((reading) => JSON.stringify(reading)))).toEqual(
      new Set(['{"problem":"XML_MALFORMED"}']),
    );
  });

  it.each([
    ['nothing', ''],
    ['white space', ' \n\t'],
    ['a PDF', '%PDF-1.7\n%âãÏÓ'],
    ['two roots', `${MINIMUM}<b/>`],
    ['text after the root', `${MINIMUM} and more`],
    ['a second declaration', `${MINIMUM}<?xml version="1.0"?>`],
    ['an attribute twice', withInside('<a b="1" b="2"/>')],
    ['an attribute twice by namespace', withInside('<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>')],
    ['a prefix that nobody declared', withInside('<nobody:a/>')],
    ['the prefix of XML itself bound anew', withInside('<a xmlns:xml="urn:x"/>')],
    ['U+0000', withName('\u0000')],
    ['tags that cross', withInside('<a><b></a></b>')],
  ])('%s is not well-formed', (_, xml) => {
    expect(read(xml)).toEqual({ problem: 'XML_MALFORMED' });
  });
});

describe('namespaces', () => {
  const NAMESPACE = 'urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100';
  const GRAND = '<ram:GrandTotalAmount>10.55</ram:GrandTotalAmount>';

  it('are told by their names: other prefixes are the same', () => {
    const renamed = MINIMUM.replaceAll('ram:', 'udt2:').replaceAll('xmlns:ram', 'xmlns:udt2');
    expect(invoiceOf(renamed)).toEqual(invoiceOf(MINIMUM));
  });

  it.each([
    ['a foreign prefix', '<x:GrandTotalAmount xmlns:x="urn:x">1</x:GrandTotalAmount>'],
    ['the right prefix, bound anew', '<ram:GrandTotalAmount xmlns:ram="urn:x">1</ram:GrandTotalAmount>'],
    ['no namespace', '<GrandTotalAmount>1</GrandTotalAmount>'],
    [
      'its namespace in capitals',
      `<x:GrandTotalAmount xmlns:x="${NAMESPACE.toUpperCase()}">1</x:GrandTotalAmount>`,
    ],
    ['a foreign element around it', `<x:e xmlns:x="urn:x">${GRAND.replace('10.55', '1')}</x:e>`],
  ])('an amount with %s is not seen', (_, decoy) => {
    expect(invoiceOf(MINIMUM.replace(GRAND, `${decoy}${GRAND}`))).toMatchObject({ total: '10.55' });
  });

  it('of the root element decide what it is', () => {
    const foreign = MINIMUM.replace('standard:CrossIndustryInvoice:100', 'standard:CrossIndustryInvoice:1');
    expect(read(foreign)).toEqual({ problem: 'XML_NOT_AN_INVOICE' });
    expect(read(foreign, 'other.xml')).toBeUndefined();
    expect(read('<CrossIndustryInvoice/>', 'other.xml')).toBeUndefined();
    expect(read(MINIMUM, 'other.xml')).toMatchObject({ invoice: { number: 'F-7' } });
  });

  it('say nothing of an empty root', () => {
    const empty =
      '<i:CrossIndustryInvoice xmlns:i="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"/>';
    expect(read(empty, 'other.xml')).toEqual({ problem: 'XML_NOT_AN_INVOICE' });
  });

  it('leave names of JavaScript alone', () => {
    const tricks = '<__proto__ constructor="1" __proto__="2" toString="3"><hasOwnProperty/></__proto__>';
    expect(invoiceOf(withInside(tricks))).toEqual(invoiceOf(MINIMUM));
  });
});

describe('whatever the bytes are', () => {
  it('there is one answer, and the same one again', () => {
    const bytes = Buffer.from(MINIMUM);
    const edit = fc.tuple(fc.nat(bytes.length), fc.nat(40), fc.uint8Array({ maxLength: 12 }));
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 4 }), (edits) => {
        const damaged = edits.reduce<Buffer>(
          (whole, [at, length, put]) =>
            Buffer.concat([whole.subarray(0, at), put, whole.subarray(at + length)]),
          bytes,
        );
        expect(read(damaged)).toEqual(read(Uint8Array.from(damaged)));
      }),
      { numRuns: 300 },
    );
  });

  it('no markup makes it fail', () => {
    const token = fc.constantFrom(
      ...['<', '>', '/', '!', '?', '[', ']', '--', '&', ';', '#', 'x', '"', "'", '=', ' ', '\r\n', ':', 'a'],
      ...[
        '<!DOCTYPE ',
        '<![CDATA[',
        ']]>',
        '<?xml ',
        '?>',
        'xmlns',
        '<a>',
        '</a>',
        '\ud800',
        '\u0000',
        'é',
        '%',
      ],
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 60 }), (tokens) => {
        const reading = read(withInside(tokens.join('')));
        expect(Object.keys(reading ?? {})).toHaveLength(1);
        expect(read(tokens.join(''))).toHaveProperty('problem');
      }),
      { numRuns: 500 },
    );
  });
});
