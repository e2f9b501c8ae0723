import { isPdf } from './envelope.js';
import { PoisonError } from './errors.js';
import { checkStreams } from './pdf-streams.js';
import type { PdfLimits } from './ports/pdf-parser.js';

/** PoisonError NOT_A_PDF; PDF_TOO_LARGE for a decompression bomb. */
export function checkPdf(bytes: Uint8Array): void {
  if (!isPdf(bytes)) {
    throw new PoisonError('NOT_A_PDF', 'The bytes are no PDF: there is no %PDF- within the first 1,024.');
  }
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('obj', 0, 'latin1')) {
    throw new PoisonError('NOT_A_PDF', 'The bytes begin as a PDF does, and have none of its objects.');
  }
  checkStreams(bytes);
}

/** PoisonError PDF_TOO_LARGE; of a claim check before its bytes are fetched. */
export function checkSize(bytes: number, limitBytes: number): void {
  if (bytes <= limitBytes) return;
  throw new PoisonError('PDF_TOO_LARGE', `The PDF has ${bytes} bytes; ${limitBytes} are allowed.`, {
    facts: { bytes, limitBytes },
  });
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
