import type { PackedDocument, PdfLimits, PdfParser, StageContext } from '@docstream/core';
import { packDocument, withFallback } from '@docstream/parsing';

export type ParserName = 'pdfjs' | 'pdf2json';

/** What crosses into the parser's worker process. */
export interface ParseInput {
  readonly bytes: Uint8Array;
  readonly limits: PdfLimits;
  /** In the order in which they are tried. */
  readonly parsers: readonly ParserName[];
}

/** What the pool hands to each child before its first document. */
export interface ParserSettings {
  /** Loaded beforehand; the others when one is needed. */
  readonly parser: ParserName;
}

const loaded = new Map<ParserName, Promise<PdfParser>>();

// The smallest page, with the table of its objects (pdf2json needs it): reading it loads what parsers load late.
const BLANK_PDF = Buffer.from(
  [
    '%PDF-1.4',
    '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj',
    '2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj',
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj',
    'xref',
    '0 4',
    '0000000000 65535 f ',
    '0000000009 00000 n ',
    '0000000052 00000 n ',
    '0000000101 00000 n ',
    'trailer<</Size 4/Root 1 0 R>>',
    'startxref',
    '160',
    '%%EOF',
    '',
  ].join('\n'),
  'latin1',
);

/** Awaited by the worker pool before the first document. */
export async function warmUp({ parser }: ParserSettings): Promise<void> {
  await packDocument(await parserOf(parser), BLANK_PDF, { maxPages: 1, maxCharacters: 1 });
}

/** The parser stage's `run`: what it returns is packed, so that the service neither stringifies nor compresses. */
export function parsePdf(
  { bytes, limits, parsers }: ParseInput,
  _context: StageContext,
): Promise<PackedDocument> {
  return withFallback(
    parsers.map((name) => () => parserOf(name)),
    (parser) => packDocument(parser, bytes, limits),
  );
}

function parserOf(name: ParserName): Promise<PdfParser> {
  const parser = loaded.get(name) ?? loadParser(name);
  loaded.set(name, parser);
  return parser;
}

async function loadParser(name: ParserName): Promise<PdfParser> {
  switch (name) {
    case 'pdfjs':
      return (await import('@docstream/adapter-pdfjs')).createPdfjsParser();
    case 'pdf2json':
      return (await import('@docstream/adapter-pdf2json')).createPdf2jsonParser();
  }
}
