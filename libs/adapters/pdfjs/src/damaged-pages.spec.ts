import { deflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { rawPdf, rawStream, readPdf } from '@docstream/testing';
import { createPdfjsParser } from './pdfjs-parser.js';

const LIMITS = { maxPages: 100, maxCharacters: 1_000_000 };
const FLATE = '/Filter /FlateDecode';
const FORM = '/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> >>';

const show = (text: string): string => `BT /F 12 Tf 72 700 Td (${text}) Tj ET`;
const LINES = `BT /F 10 Tf 72 750 Td 12 TL ${Array.from(
  { length: 60 },
  (_, line) => `(Line ${line} says ${(line * 7919) % 1000}) Tj T*`,
).join('\n')} ET`;
const WHOLE = deflateSync(LINES);
const MIDDLE = WHOLE.length >> 1;
const HALF = WHOLE.subarray(0, MIDDLE);
const DAMAGED = Buffer.from(WHOLE).fill(0xff, MIDDLE, MIDDLE + 40);

interface SecondPage {
  readonly contents?: string;
  readonly resources?: string;
  /** Object 7. */
  readonly stream?: Uint8Array;
  /** Object 8. */
  readonly more?: Uint8Array;
}

/** Two pages, the first of which is good. */
async function readSecond({ contents = '7 0 R', resources = '', stream, more }: SecondPage) {
  const page = (content: string, own = ''): string =>
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> ${own} >> ${content} >>`;
  const file = rawPdf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Count 2 /Kids [4 0 R 6 0 R] >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    page('/Contents 5 0 R'),
    rawStream(show('First page')),
    page(contents === '' ? '' : `/Contents ${contents}`, resources),
    stream ?? rawStream(show('Second page')),
    more ?? 'null',
  ]);
  const { pages } = await readPdf(createPdfjsParser(), file, LIMITS);
  expect(pages[0]?.runs.map(({ text }) => text)).toEqual(['First page']);
  expect(pages[0]).not.toHaveProperty('loss');
  return pages[1];
}

const packed = (content: Uint8Array | string): Uint8Array => rawStream(deflateSync(content), FLATE);

describe('a page of which something can’t be read', () => {
  it.each<[string, SecondPage]>([
    ['its content is not in the file', { contents: '99 0 R' }],
    ['a part of its content is not in the file', { contents: '[7 0 R 99 0 R]' }],
    ['its content is no stream', { contents: '1 0 R' }],
    ['its content is not what its filter unpacks', { stream: rawStream(Buffer.alloc(400, 0x5a), FLATE) }],
    ['its content is cut', { stream: rawStream(HALF, FLATE) }],
    ['its content is damaged in the middle', { stream: rawStream(DAMAGED, FLATE) }],
    ['its filter is not known', { stream: rawStream(LINES, '/Filter /FooDecode') }],
    ['a form is not in the file', { stream: packed('/X Do'), resources: '/XObject << /X 99 0 R >>' }],
    [
      'a form is cut, after text',
      {
        stream: packed(`${show('Second page')} /X Do`),
        resources: '/XObject << /X 8 0 R >>',
        more: rawStream(HALF, `${FORM} ${FLATE}`),
      },
    ],
    [
      'an operand is nested too deep',
      { stream: rawStream(`${'['.repeat(100_000)}${']'.repeat(100_000)} TJ ${show('Second page')}`) },
    ],
  ])('says so when %s', async (_, page) => {
    expect(await readSecond(page)).toHaveProperty('loss', expect.stringContaining('could not be read'));
  });

  it('keeps what was read', async () => {
    const texts = (await readSecond({ stream: rawStream(HALF, FLATE) }))?.runs.map(({ text }) => text);
    expect(texts).toContain('Line 0 says 0');
    expect(texts).not.toContain('Line 59 says 221');
  });

  it.each<[string, SecondPage]>([
    ['is whole', {}],
    ['has no content', { contents: '' }],
    ['has content that is void', { contents: 'null' }],
    ['has a list of nothing', { contents: '[]' }],
    ['has its content in a list', { contents: '[7 0 R]' }],
    ['has content without the checksum of its filter', { stream: rawStream(WHOLE.subarray(0, -4), FLATE) }],
    [
      'draws a form that draws itself',
      {
        stream: packed(`${show('Second page')} /X Do`),
        resources: '/XObject << /X 8 0 R >>',
        more: rawStream('/X Do', `${FORM.slice(0, -3)} /XObject << /X 8 0 R >> >>`),
      },
    ],
  ])('nothing is lost of one that %s', async (_, page) => {
    expect(await readSecond(page)).not.toHaveProperty('loss');
  });
});

describe('a page in an object stream', () => {
  const fileWith = (contents: string): Uint8Array => {
    const page = `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << >> /Contents ${contents} >>`;
    const head = '3 0 ';
    const objects = [
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
      rawStream(deflateSync(head + page), `/Type /ObjStm /N 1 /First ${head.length} ${FLATE}`),
      rawStream(''),
    ];
    // Objects 1, 2, 4 and 5 as they stand, 3 within 4; the table is a stream, as it has to be.
    const parts = ['%PDF-1.7\n'];
    const offsets: number[] = [];
    for (const [index, object] of objects.entries()) {
      offsets.push(parts.join('').length);
      const number = index < 2 ? index + 1 : index + 2;
      parts.push(`${number} 0 obj\n${Buffer.from(object).toString('latin1')}\nendobj\n`);
    }
    const start = parts.join('').length;
    const entry = (type: number, place: number): number[] => [type, place >> 8, place & 0xff, 0];
    const [catalogue = 0, tree = 0, stream = 0, content = 0] = offsets;
    const rows = [entry(0, 0), entry(1, catalogue), entry(1, tree), entry(2, 4), entry(1, stream)];
    rows.push(entry(1, content), entry(1, start));
    const table = rawStream(Uint8Array.from(rows.flat()), '/Type /XRef /W [1 2 1] /Size 7 /Root 1 0 R');
    parts.push(`6 0 obj\n${Buffer.from(table).toString('latin1')}\nendobj\nstartxref\n${start}\n%%EOF\n`);
    return Buffer.from(parts.join(''), 'latin1');
  };

  it.each([
    ['there', '5 0 R', undefined],
    ['not in the file', '99 0 R', expect.stringContaining('could not be read')],
  ])('tells that its content is %s', async (_, contents, loss) => {
    const { pages } = await readPdf(createPdfjsParser(), fileWith(contents), LIMITS);
    expect(pages.map((page) => page.loss)).toEqual([loss]);
  });
});
