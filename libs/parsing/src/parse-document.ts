import type { ParsedDocument } from '@docstream/contracts';
import { PoisonError, type PdfLimits, type PdfParser } from '@docstream/core';
import { assembleDocument } from './assemble-document.js';

/**
 * The parser stage's function: bytes → ParsedDocument. Errors as of PdfParser; a document of which no page could be read
 * is PDF_MALFORMED, one with some unreadable pages is `partial`.
 */
export async function parseDocument(
  parser: PdfParser,
  bytes: Uint8Array,
  limits: PdfLimits,
): Promise<ParsedDocument> {
  const raw = await parser.parse(bytes, limits);
  if (raw.pages.length > 0 && raw.pages.every((page) => page.problem !== undefined)) {
    throw new PoisonError('PDF_MALFORMED', 'The PDF is damaged: none of its pages can be read.', {
      facts: { pages: raw.pages.length },
    });
  }
  return assembleDocument(raw);
}
