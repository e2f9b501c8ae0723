import { expect, it } from '@jest/globals';
import type { Box } from '@docstream/contracts';
import type { RawPage, RawPdf, RawRule } from '@docstream/core';
import { buildPdf } from './pdf-builder.js';

type Read = (bytes: Uint8Array) => Promise<RawPdf>;

const LABEL = { x: 72, y: 300, size: 10, text: 'label' };

/** Places may be off by this many points: parsers widen boxes by their borders. */
const NEAR = 5;

const isNear = (one: readonly number[], other: readonly number[], tolerance = NEAR): boolean =>
  one.length === other.length && one.every((value, at) => Math.abs(value - (other[at] ?? NaN)) <= tolerance);

const hasRule = (page: RawPage | undefined, place: readonly number[]): boolean =>
  (page?.rules ?? []).some(({ x0, y0, x1, y1 }: RawRule) => isNear([x0, y0, x1, y1], place, 2));

function expectBox(box: Box | undefined, place: Box): void {
  expect({ box, isNear: box !== undefined && isNear(box, place) }).toEqual({ box, isNear: true });
}

export function describeRules(read: Read): void {
  it('tells level and upright lines and the edges of filled boxes, and no slanted line', async () => {
    const { pages } = await read(
      buildPdf([
        {
          texts: [LABEL],
          lines: [
            [72, 700, 300, 700],
            [100, 500, 100, 650],
            [72, 200, 300, 400],
          ],
          boxes: [[350, 600, 450, 650]],
        },
      ]),
    );
    expect(hasRule(pages[0], [72, 92, 300, 92])).toBe(true);
    expect(hasRule(pages[0], [100, 142, 100, 292])).toBe(true);
    expect(hasRule(pages[0], [350, 142, 450, 142])).toBe(true);
    expect(hasRule(pages[0], [450, 142, 450, 192])).toBe(true);
    expect(pages[0]?.rules).toHaveLength(6);
  });
}

export function describeFields(read: Read, tellsDetails: boolean): void {
  const form = buildPdf([
    {
      texts: [LABEL],
      fields: [
        { type: 'text', name: 'person.name', value: 'Ada', label: 'Full name', rect: [72, 700, 272, 720] },
        { type: 'text', name: 'person.town', rect: [72, 670, 272, 690] },
        { type: 'checkbox', name: 'member', state: 'Yes', value: 'Yes', rect: [72, 640, 92, 660] },
        { type: 'checkbox', name: 'guest', state: 'Yes', rect: [72, 610, 92, 630] },
        { type: 'radio', name: 'colour', state: 'Red', value: 'Red', rect: [72, 580, 92, 600] },
      ],
    },
  ]);

  const owner = tellsDetails ? 'person.' : '';

  it('tells form fields with names, values, labels and places', async () => {
    const { pages } = await read(form);
    const fields = pages[0]?.fields ?? [];
    expect(fields.map(({ name, type }) => `${name} ${type}`).sort()).toEqual([
      'colour radio',
      'guest checkbox',
      'member checkbox',
      `${owner}name text`,
      `${owner}town text`,
    ]);
    const named = (name: string) => fields.find((field) => field.name === name);
    expect(named(`${owner}name`)).toMatchObject({ value: 'Ada', label: 'Full name' });
    expectBox(named(`${owner}name`)?.box, [72, 72, 272, 92]);
    expect(named(`${owner}town`)).not.toHaveProperty('value');
    expect(named('guest')).not.toHaveProperty('value');
    expect(named('member')).toHaveProperty('value', tellsDetails ? 'Yes' : 'On');
    expect(named('colour')).toHaveProperty('value', 'Red');
  });

  it('gives what was filled in at most once as text', async () => {
    const { pages } = await read(form);
    const text = (pages[0]?.runs ?? []).map((run) => run.text).join(' ');
    expect(text.split('Ada').length - 1).toBeLessThanOrEqual(1);
    expect(text).toContain('label');
  });
}

export function describeLinks(read: Read): void {
  it('tells links to addresses and to pages, and none that would run something', async () => {
    const { pages } = await read(
      buildPdf([
        {
          texts: [LABEL],
          links: [
            { rect: [72, 700, 172, 720], url: 'https://example.com/a?b=(c)' },
            { rect: [72, 670, 172, 690], url: 'mailto:someone@example.com' },
            { rect: [72, 640, 172, 660], page: 2 },
            { rect: [72, 610, 172, 630], url: 'javascript:alert(1)' },
            { rect: [72, 580, 172, 600], url: 'file:///etc/passwd' },
          ],
        },
        { texts: [LABEL] },
      ]),
    );
    const links = pages[0]?.links ?? [];
    expect(links.map(({ url, page }) => url ?? page)).toEqual([
      'https://example.com/a?b=(c)',
      'mailto:someone@example.com',
      2,
    ]);
    expectBox(links[0]?.box, [72, 72, 172, 92]);
    expect(pages[1]).not.toHaveProperty('links');
  });

  it('places links on a rotated page as shown', async () => {
    const { pages } = await read(
      buildPdf([
        {
          rotate: 90,
          texts: [LABEL],
          links: [{ rect: [72, 700, 172, 720], url: 'https://example.com/' }],
          lines: [[72, 500, 300, 500]],
        },
      ]),
    );
    expectBox(pages[0]?.links?.[0]?.box, [700, 72, 720, 172]);
    expect(hasRule(pages[0], [500, 72, 500, 300])).toBe(true);
  });
}

export function describeOutline(read: Read): void {
  it('tells the outline depth first with levels and pages', async () => {
    const items = [{ title: 'One', page: 1, items: [{ title: 'One (a)', page: 2 }] }, { title: 'Nowhere' }];
    const { outline } = await read(
      buildPdf([{ texts: [LABEL] }, { texts: [LABEL] }], {}, { outline: items }),
    );
    expect(outline).toEqual([
      { title: 'One', level: 0, page: 1 },
      { title: 'One (a)', level: 1, page: 2 },
      { title: 'Nowhere', level: 0 },
    ]);
  });

  it('ends where an outline leads back to itself', async () => {
    const items = [{ title: 'Loop', items: [{ title: 'Inner' }] }];
    const text = Buffer.from(buildPdf([{ texts: [LABEL] }], {}, { outline: items })).toString('latin1');
    const outer = /(\d+) 0 obj\n<< \/Title \(Loop\)/.exec(text)?.[1] ?? '';
    const looped = text.replace(/\/Title \(Inner\) {0,9}\/Parent \d+ 0 R/, (entry) =>
      `/Title (X) /Next ${outer} 0 R`.padEnd(entry.length),
    );
    const { outline } = await read(Buffer.from(looped, 'latin1'));
    expect(outline?.map(({ title }) => title)).toEqual(['Loop', 'X']);
  });
}

export function describeAttachments(read: Read): void {
  const xml = '<?xml version="1.0"?><invoice/>';

  it('tells attachments with their sizes, and the bytes of XML alone', async () => {
    const { attachments } = await read(
      buildPdf(
        [{ texts: [LABEL], files: [{ name: 'note.XML', content: xml }] }],
        {},
        {
          attachments: [
            { name: 'factur-x.xml', content: xml },
            { name: 'terms.txt', content: 'to be read' },
          ],
        },
      ),
    );
    expect(attachments.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['factur-x.xml', xml.length],
      ['terms.txt', 10],
      ['note.XML', xml.length],
    ]);
    expect(attachments.map((file) => file.xml && Buffer.from(file.xml).toString())).toEqual([
      xml,
      undefined,
      xml,
    ]);
  });

  it('tells language, keywords, version and PDF/A as claimed, and no claim from XMP with a DTD', async () => {
    const claim = '<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>';
    const packet = (head: string, body: string): string =>
      `${head}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="r"><rdf:Description>${body}</rdf:Description></rdf:RDF></x:xmpmeta>`;
    const metadataOf = async (xmp: string) =>
      (await read(buildPdf([{ texts: [LABEL] }], { Keywords: 'a, b' }, { language: 'de-CH', xmp }))).metadata;
    expect(await metadataOf(packet('', claim))).toMatchObject({
      keywords: 'a, b',
      language: 'de-CH',
      pdfVersion: '1.4',
      pdfA: '3b',
    });
    const doctype = '<!DOCTYPE x [<!ENTITY e "3">]>';
    expect(await metadataOf(packet(doctype, claim))).not.toHaveProperty('pdfA');
  });
}
