import { deflateSync } from 'node:zlib';
import type { ErrorCode, Quality } from '@docstream/contracts';

export interface HostilePdf {
  readonly name: string;
  readonly make: () => Uint8Array;
  /** It is read, with this text on its pages … */
  readonly text?: string;
  /** … and this quality: complete when absent. */
  readonly quality?: Quality;
  /** … or ends with one of these. */
  readonly codes: readonly ErrorCode[];
}

type Part = string | Uint8Array;

const TEXT = 'Total 119.00';
const PAGE = `/Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F 4 0 R >> >>`;
const SHOW = `BT /F 12 Tf 72 700 Td (${TEXT}) Tj ET`;
const MEBIBYTE = 1_048_576;
const LIMITS = ['PARSE_TIMEOUT', 'PARSE_OUT_OF_MEMORY', 'PARSE_OUTPUT_TOO_LARGE', 'PDF_TOO_LARGE'] as const;

/** The body of an object with a stream; `dictionary` is what stands in it beside the length. */
export function rawStream(content: string | Uint8Array, dictionary = ''): Uint8Array {
  const data = Buffer.from(content);
  const head = Buffer.from(`<< /Length ${data.byteLength} ${dictionary} >>\nstream\n`);
  return Buffer.concat([head, data, Buffer.from('\nendstream')]);
}

/** A file of these objects, from 1, with a correct cross-reference table; the first is the catalogue. */
export function rawPdf(objects: readonly (string | Uint8Array)[], trailer = ''): Buffer {
  const parts = [Buffer.from('%PDF-1.7\n')];
  const offsets: number[] = [];
  let length = 9;
  const add = (text: Part): void => {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : Buffer.from(text);
    parts.push(bytes);
    length += bytes.byteLength;
  };
  for (const [index, body] of objects.entries()) {
    offsets.push(length);
    add(`${index + 1} 0 obj\n`);
    add(body);
    add('\nendobj\n');
  }
  const start = length;
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  add(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries.join('')}`);
  add(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF\n`);
  return Buffer.concat(parts);
}

/** One page of text, objects 1 to 5; `more` are 6 and up. */
function onePage({
  catalog = '',
  page = '',
  content = SHOW as Part,
  filter = '',
  font = '',
  more = [] as readonly Part[],
}): Buffer {
  return rawPdf([
    `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
    '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
    `<< ${PAGE} /Contents 5 0 R ${page} >>`,
    `<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica ${font} >>`,
    rawStream(content, filter),
    ...more,
  ]);
}

/** Every form draws the next one twice. */
function doublingForms(depth: number): readonly Part[] {
  return Array.from({ length: depth }, (_, index) =>
    rawStream(
      index === depth - 1 ? SHOW : '/X Do /X Do',
      `/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /Font << /F 4 0 R >> /XObject << /X ${index + 7} 0 R >> >>`,
    ),
  );
}

function outline(items: number, last: string): readonly Part[] {
  return [
    `<< /Type /Outlines /First 7 0 R /Last ${items + 6} 0 R /Count ${items} >>`,
    ...Array.from(
      { length: items },
      (_, index) =>
        `<< /Title (Item ${index}) /Parent 6 0 R /Dest [3 0 R /Fit] /Next ${index + 1 < items ? `${index + 8} 0 R` : last} >>`,
    ),
  ];
}

function attached(name: string, content: Part, dictionary = ''): Buffer {
  return onePage({
    catalog: '/Names << /EmbeddedFiles << /Names [(a) 6 0 R] >> >>',
    more: [
      `<< /Type /Filespec /F (${name}) /UF (${name}) /EF << /F 7 0 R >> >>`,
      rawStream(content, `/Type /EmbeddedFile /Subtype /text#2Fxml ${dictionary}`),
    ],
  });
}

/** Entities that call each other, ten times a level. */
function laughing(root: string): string {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`,
  );
  return `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha"><!ENTITY e SYSTEM "file:///etc/passwd">${levels.join('')}]>${root}`;
}

const characterMap = (lines: string): Part =>
  rawStream(
    `/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FFFFFFFF> endcodespacerange ${lines} endcmap end`,
  );

/**
 * Attacks, each made when it is asked for: what stays readable of them, or how they may end. The page says
 * "Total 119.00" where it can be read.
 */
export const HOSTILE_PDFS: readonly HostilePdf[] = [
  {
    name: 'arrays nested 100,000 deep',
    make: () => onePage({ page: `/X ${'['.repeat(100_000)}${']'.repeat(100_000)}` }),
    text: TEXT,
    codes: ['PDF_MALFORMED', ...LIMITS],
  },
  {
    name: 'an operand nested 100,000 deep',
    make: () => onePage({ content: `${'['.repeat(100_000)}${']'.repeat(100_000)} TJ ${SHOW}` }),
    codes: ['PDF_MALFORMED', ...LIMITS],
  },
  {
    name: 'a cross-reference table that goes before itself',
    make: () => {
      const file = onePage({}).toString('latin1');
      const start = /startxref\n(\d+)/.exec(file)?.[1] ?? '0';
      return Buffer.from(file.replace('/Root 1 0 R', `/Root 1 0 R /Prev ${start}`), 'latin1');
    },
    text: TEXT,
    codes: ['PDF_MALFORMED'],
  },
  {
    name: 'a page tree in a circle',
    make: () =>
      rawPdf([
        '<< /Type /Catalog /Pages 2 0 R >>',
        '<< /Type /Pages /Count 2 /Parent 3 0 R /Kids [3 0 R] >>',
        '<< /Type /Pages /Count 2 /Parent 2 0 R /Kids [2 0 R 2 0 R] >>',
      ]),
    codes: ['PDF_MALFORMED', 'PDF_NO_PAGES'],
  },
  {
    name: 'a page tree that claims 2,000,000,000 pages',
    make: () =>
      Buffer.from(onePage({}).toString('latin1').replace('/Count 1', '/Count 2000000000'), 'latin1'),
    text: TEXT,
    codes: ['PDF_TOO_MANY_PAGES', 'PDF_MALFORMED'],
  },
  {
    name: 'a page tree that claims -1 page',
    make: () => Buffer.from(onePage({}).toString('latin1').replace('/Count 1', '/Count -1'), 'latin1'),
    text: TEXT,
    codes: ['PDF_MALFORMED'],
  },
  {
    name: 'an outline of 50,000 entries',
    make: () => onePage({ catalog: '/Outlines 6 0 R', more: outline(50_000, 'null') }),
    text: TEXT,
    codes: [],
  },
  {
    name: 'an outline in a circle',
    make: () => onePage({ catalog: '/Outlines 6 0 R', more: outline(10, '7 0 R') }),
    text: TEXT,
    codes: [],
  },
  {
    name: '100,000 annotations',
    make: () =>
      onePage({
        page: `/Annots [${'6 0 R '.repeat(50_000)}${'<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (http://127.0.0.1/) >> >> '.repeat(50_000)}]`,
        more: ['<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (note) >>'],
      }),
    text: TEXT,
    codes: [...LIMITS],
  },
  {
    name: 'a form of 20,000 fields that are their own parents',
    make: () =>
      onePage({
        catalog: `/AcroForm << /Fields [${'6 0 R '.repeat(20_000)}] >>`,
        page: '/Annots [6 0 R]',
        more: ['<< /Subtype /Widget /FT /Tx /T (f) /V (v) /Rect [0 0 9 9] /Parent 6 0 R /Kids [6 0 R] >>'],
      }),
    text: TEXT,
    codes: ['PDF_MALFORMED', ...LIMITS],
  },
  {
    name: 'an attachment that unpacks to 300 MiB',
    make: () => attached('big.xml', deflateSync(new Uint8Array(300 * MEBIBYTE)), '/Filter /FlateDecode'),
    text: TEXT,
    codes: ['PDF_TOO_LARGE'],
  },
  {
    name: 'an attachment with a name that leads elsewhere',
    make: () => attached('../../../../tmp/docstream-pwned.xml', '<x/>'),
    text: TEXT,
    codes: [],
  },
  {
    name: 'an embedded invoice of entities that multiply',
    make: () =>
      attached('factur-x.xml', laughing('<rsm:CrossIndustryInvoice>&l12;&e;</rsm:CrossIndustryInvoice>')),
    text: TEXT,
    codes: [],
  },
  {
    name: 'an embedded invoice of elements nested 100,000 deep',
    make: () => attached('factur-x.xml', `${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`),
    text: TEXT,
    codes: [],
  },
  {
    name: 'XMP with a DTD and entities that multiply',
    make: () =>
      onePage({
        catalog: '/Metadata 6 0 R',
        more: [
          rawStream(
            laughing(
              '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description><dc:title>&l12;&e;</dc:title></rdf:Description></rdf:RDF></x:xmpmeta>',
            ),
            '/Type /Metadata /Subtype /XML',
          ),
        ],
      }),
    text: TEXT,
    codes: [],
  },
  {
    name: 'a page that unpacks to 300 MiB',
    make: () =>
      onePage({ content: deflateSync(Buffer.alloc(300 * MEBIBYTE, 0x20)), filter: '/Filter /FlateDecode' }),
    codes: ['PDF_TOO_LARGE'],
  },
  {
    name: 'a page that is packed twice',
    make: () =>
      onePage({
        content: deflateSync(deflateSync(Buffer.alloc(600 * MEBIBYTE, 0x20))),
        filter: '/Filter [/FlateDecode /FlateDecode]',
      }),
    codes: ['PDF_TOO_LARGE'],
  },
  {
    name: 'forms that draw each other 2^40 times',
    make: () =>
      onePage({
        page: '/Resources << /XObject << /X 6 0 R >> >>',
        content: '/X Do',
        more: doublingForms(40),
      }),
    text: TEXT,
    codes: [...LIMITS, 'PDF_MALFORMED'],
  },
  {
    name: '1,000,000 saved graphics states',
    make: () => onePage({ content: `${'q '.repeat(1_000_000)}${SHOW}` }),
    text: TEXT,
    codes: [...LIMITS],
  },
  {
    name: 'a character map of 2^32 characters',
    make: () =>
      onePage({
        font: '/ToUnicode 6 0 R',
        more: [characterMap('1 beginbfrange <00000000> <FFFFFFFF> <0000> endbfrange')],
      }),
    text: TEXT,
    codes: [...LIMITS],
  },
  {
    name: 'a character map to lone surrogates and U+0000',
    make: () =>
      onePage({
        font: '/ToUnicode 6 0 R',
        more: [characterMap('3 beginbfchar <54> <D800> <6F> <0000> <74> <DC00D800> endbfchar')],
      }),
    text: 'al 119.00',
    codes: [],
  },
  {
    name: '120,000 page counts that are negative',
    make: () => onePage({ more: [`<< /Type /Pages ${'/Count -1 '.repeat(120_000)}>>`] }),
    text: TEXT,
    codes: [],
  },
  {
    name: 'a page without its content, beside a good one',
    make: () =>
      rawPdf([
        '<< /Type /Catalog /Pages 2 0 R >>',
        '<< /Type /Pages /Count 2 /Kids [3 0 R 6 0 R] >>',
        `<< ${PAGE} /Contents 5 0 R >>`,
        '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
        rawStream(SHOW),
        `<< ${PAGE} /Contents 99 0 R >>`,
      ]),
    text: TEXT,
    quality: 'partial',
    codes: [],
  },
  {
    name: 'a page as large as numbers go',
    make: () => onePage({ page: `/MediaBox [-1e38 -1e38 1e38 ${'9'.repeat(300)}] /UserUnit 1e300` }),
    text: TEXT,
    codes: ['PDF_MALFORMED'],
  },
  {
    name: 'a title of 20 MB',
    make: () => {
      const file = onePage({ more: [`<< /Title (${'t'.repeat(20_000_000)}) >>`] }).toString('latin1');
      return Buffer.from(file.replace('/Root 1 0 R', '/Root 1 0 R /Info 6 0 R'), 'latin1');
    },
    text: TEXT,
    codes: [...LIMITS],
  },
];
