import { isPdf } from './envelope.js';
import { PoisonError } from './errors.js';
import type { PdfLimits } from './ports/pdf-parser.js';

/** PoisonError NOT_A_PDF. */
export function checkPdf(bytes: Uint8Array): void {
  if (isPdf(bytes)) return;
  throw new PoisonError('NOT_A_PDF', 'The bytes are no PDF: there is no %PDF- within the first 1,024.');
}

/** PoisonError PDF_NO_PAGES, PDF_TOO_MANY_PAGES. */
export function checkPageCount(pages: number, { maxPages }: PdfLimits): void {
  if (pages === 0) throw new PoisonError('PDF_NO_PAGES', 'The PDF has no page.');
  if (pages <= maxPages) return;
  throw new PoisonError('PDF_TOO_MANY_PAGES', `The PDF has ${pages} pages; ${maxPages} are allowed.`, {
    facts: { pages, maxPages },
  });
}

/** PoisonError PARSE_OUTPUT_TOO_LARGE. */
export function checkCharacters(characters: number, { maxCharacters }: PdfLimits): void {
  if (characters <= maxCharacters) return;
  throw new PoisonError(
    'PARSE_OUTPUT_TOO_LARGE',
    `The PDF has more than ${maxCharacters} characters of text.`,
    { facts: { maxCharacters } },
  );
}
