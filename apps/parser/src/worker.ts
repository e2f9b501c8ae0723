import type { ParsedDocument } from '@docstream/contracts';
import type { PdfLimits, StageContext } from '@docstream/core';
import { createPdfjsParser } from '@docstream/adapter-pdfjs';
import { parseDocument } from '@docstream/parsing';

/** What crosses into the parser's worker process. */
export interface ParseInput {
  readonly bytes: Uint8Array;
  readonly limits: PdfLimits;
}

const parser = createPdfjsParser();

/** The parser stage's `run`. */
export function parsePdf(input: ParseInput, _context: StageContext): Promise<ParsedDocument> {
  return parseDocument(parser, input.bytes, input.limits);
}
