import { InvalidPDFException, PasswordException } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { DocstreamError, hasPdfEnd, PoisonError } from '@docstream/core';

/** What pdfjs threw while it opened or read these bytes, as one of the port's errors. */
export function toDocstreamError(thrown: unknown, bytes: Uint8Array): DocstreamError {
  if (thrown instanceof DocstreamError) return thrown;
  if (thrown instanceof PasswordException) {
    return new PoisonError('PDF_ENCRYPTED', 'The PDF opens with a password only.', { cause: thrown });
  }
  if (!hasPdfEnd(bytes)) {
    return new PoisonError('PDF_TRUNCATED', 'The PDF ends early: its end mark is missing.', {
      cause: thrown,
    });
  }
  const reason = thrown instanceof InvalidPDFException ? 'its structure is broken' : 'it can’t be opened';
  return new PoisonError('PDF_MALFORMED', `The PDF is damaged: ${reason}.`, { cause: thrown });
}
