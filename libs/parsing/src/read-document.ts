import type { Page } from '@docstream/contracts';
import { PoisonError, type PdfLimits, type PdfParser } from '@docstream/core';
import { DocumentAssembler, type DocumentFrame } from './assemble-document.js';

/**
 * Reads a PDF page by page: each finished page is given to `take`, in order, and not kept; what is not in the pages comes
 * back in the end. Errors as of PdfParser; a document of which no page could be read is PDF_MALFORMED.
 */
export async function readDocument(
  parser: PdfParser,
  bytes: Uint8Array,
  limits: PdfLimits,
  take: (page: Page) => void | Promise<void>,
): Promise<DocumentFrame> {
  const pdf = await parser.open(bytes, limits);
  try {
    const assembler = new DocumentAssembler();
    let problem: string | undefined;
    const pass = async (pages: readonly Page[]): Promise<void> => {
      for (const page of pages) {
        problem ??= page.problem;
        await take(page);
      }
    };
    for await (const raw of pdf.pages()) await pass(assembler.add(raw));
    await pass(assembler.flush());
    if (assembler.allPagesFailed) {
      const first = problem === undefined ? '' : ` The first that failed: ${problem}`;
      throw new PoisonError('PDF_MALFORMED', `The PDF is damaged: none of its pages can be read.${first}`, {
        facts: { pages: pdf.pageCount },
      });
    }
    return assembler.frame(pdf.parser, await pdf.rest());
  } finally {
    await pdf.close();
  }
}
