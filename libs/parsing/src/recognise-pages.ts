import { classifyError, DocstreamError, type PageRecogniser } from '@docstream/core';

export interface RecognitionLimits {
  /** Time of all pages of a document together; pages that would begin later stay as they are. */
  readonly documentMs: number;
}

/** What came of one page: what was found, packed as it came, or why nothing was. Plain data: crosses processes. */
export type Recognition =
  | { readonly page: number; readonly recognised: Uint8Array }
  | { readonly page: number; readonly problem: string };

/** Why a page stays without text. The ends of the service itself are no fault of the page: they are thrown on. */
function problemOf(thrown: unknown): string {
  const { failureClass, code } = classifyError(thrown);
  if (failureClass === 'lost' || failureClass === 'fatal') throw thrown;
  const reason = thrown instanceof DocstreamError ? ` ${thrown.message}` : '';
  return `No text was recognised in its image (${code}).${reason}`;
}

/**
 * Reads these pages of a PDF (OCR), one after the other, while the document has time. A page that was read costs what it took
 * to run, one that failed all the time around its call, by `nowMs`. Never fails because of a page; errors of the classes
 * lost and fatal are thrown on. Safe to repeat.
 */
export async function recognisePages(
  pages: readonly number[],
  bytes: Uint8Array,
  recogniser: PageRecogniser,
  { documentMs }: RecognitionLimits,
  nowMs: () => number,
): Promise<readonly Recognition[]> {
  const found: Recognition[] = [];
  let spentMs = 0;
  for (const page of pages) {
    if (spentMs >= documentMs) {
      const problem = `No text was recognised in its image: the pages before it took the ${documentMs} ms of the document.`;
      found.push({ page, problem });
      continue;
    }
    const beganMs = nowMs();
    try {
      const { value, runMs } = await recogniser.recognise(bytes, page);
      spentMs += runMs;
      found.push({ page, recognised: value });
    } catch (thrown) {
      spentMs += nowMs() - beganMs;
      found.push({ page, problem: problemOf(thrown) });
    }
  }
  return found;
}
