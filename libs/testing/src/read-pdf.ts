import type { PdfLimits, PdfParser, RawPage, RawPdf } from '@docstream/core';

/** All that a parser tells of a PDF, at once. */
export async function readPdf(parser: PdfParser, bytes: Uint8Array, limits: PdfLimits): Promise<RawPdf> {
  const pdf = await parser.open(bytes, limits);
  try {
    const pages: RawPage[] = [];
    for await (const page of pdf.pages()) pages.push(page);
    return { parser: pdf.parser, pages, ...(await pdf.rest()) };
  } finally {
    await pdf.close();
  }
}

/** A parser that tells what it was given. */
export function parserOf(raw: RawPdf): PdfParser {
  return {
    open: () =>
      Promise.resolve({
        parser: raw.parser,
        pageCount: raw.pages.length,
        async *pages() {
          yield* raw.pages;
        },
        rest: () => Promise.resolve(raw),
        close: () => Promise.resolve(),
      }),
  };
}
