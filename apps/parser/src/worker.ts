import type { ParsedDocument } from '@docstream/contracts';
import type { PdfLimits, PdfParser, StageContext } from '@docstream/core';
import { parseDocument } from '@docstream/parsing';

/** What crosses into the parser's worker process. */
export interface ParseInput {
  readonly bytes: Uint8Array;
  readonly limits: PdfLimits;
  /** Default: pdfjs. */
  readonly adapter?: 'pdfjs' | 'pdf2json';
}

const parsers = new Map<string, Promise<PdfParser>>();

// The smallest page: reading it loads what pdfjs loads late.
const BLANK_PDF = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj ' +
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
  'latin1',
);

/** Awaited by the worker pool before the first document. */
export async function warmUp(): Promise<void> {
  const parser = await parserOf('pdfjs');
  await parser.parse(BLANK_PDF, { maxPages: 1, maxCharacters: 1 });
}

/** The parser stage's `run`. */
export async function parsePdf(input: ParseInput, _context: StageContext): Promise<ParsedDocument> {
  return parseDocument(await parserOf(input.adapter ?? 'pdfjs'), input.bytes, input.limits);
}

function parserOf(adapter: 'pdfjs' | 'pdf2json'): Promise<PdfParser> {
  const parser = parsers.get(adapter) ?? loadParser(adapter);
  parsers.set(adapter, parser);
  return parser;
}

async function loadParser(adapter: 'pdfjs' | 'pdf2json'): Promise<PdfParser> {
  switch (adapter) {
    case 'pdfjs':
      return (await import('@docstream/adapter-pdfjs')).createPdfjsParser();
    case 'pdf2json':
      return (await import('@docstream/adapter-pdf2json')).createPdf2jsonParser();
  }
}
