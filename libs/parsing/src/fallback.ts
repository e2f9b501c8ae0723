import { classifyError, DocstreamError, type PdfParser } from '@docstream/core';

/** Another parser may read what this one could not; over a limit, encrypted or no PDF it is for all of them. */
function isWorthAnother(failure: Error): boolean {
  if (failure instanceof DocstreamError && failure.facts['dynamicForm'] === true) return false;
  const { code, failureClass } = classifyError(failure);
  return failureClass === 'unknown' || code === 'PDF_MALFORMED' || code === 'PDF_TRUNCATED';
}

/**
 * Gives the document to one parser after the other until one reads it. When none does, the error is that of the first:
 * it is the one that was chosen. One that hangs or takes its process along ends it for all.
 */
export async function withFallback<Output>(
  parsers: readonly (() => Promise<PdfParser>)[],
  read: (parser: PdfParser) => Promise<Output>,
): Promise<Output> {
  let first: Error | null = null;
  for (const parser of parsers) {
    try {
      return await read(await parser());
    } catch (thrown) {
      const failure = thrown instanceof Error ? thrown : new Error(String(thrown));
      first ??= failure;
      if (!isWorthAnother(failure)) break;
    }
  }
  throw first ?? new TypeError('there is no parser to try');
}
