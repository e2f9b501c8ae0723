import type { ParserName } from '@docstream/cli';
import type { ParsedDocument } from '@docstream/contracts';
import type { PdfLimits, PdfParser } from '@docstream/core';
import { parseDocument } from '@docstream/parsing';

/** What crosses into the process that parses. */
export interface ParseInput {
  readonly bytes: Uint8Array;
  readonly limits: PdfLimits;
  readonly name: ParserName;
}

/** Runs in a worker pool. Errors as of the parser stage. */
export async function parsePdf({ bytes, limits, name }: ParseInput): Promise<ParsedDocument> {
  return parseDocument(await loadParser(name), bytes, limits);
}

async function loadParser(name: ParserName): Promise<PdfParser> {
  switch (name) {
    case 'pdfjs':
      return (await import('@docstream/adapter-pdfjs')).createPdfjsParser();
    case 'pdf2json':
      return (await import('@docstream/adapter-pdf2json')).createPdf2jsonParser();
  }
}
