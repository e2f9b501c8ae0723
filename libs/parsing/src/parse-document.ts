import type { Page, ParsedDocument } from '@docstream/contracts';
import { DocumentPacker, type PackedDocument, type PdfLimits, type PdfParser } from '@docstream/core';
import { readDocument } from './read-document.js';

/** Bytes → ParsedDocument, all of it in memory. Errors as of `readDocument`. */
export async function parseDocument(
  parser: PdfParser,
  bytes: Uint8Array,
  limits: PdfLimits,
): Promise<ParsedDocument> {
  const pages: Page[] = [];
  const frame = await readDocument(parser, bytes, limits, (page) => void pages.push(page));
  return { version: 1, pages, ...frame };
}

/** The parser stage's function: bytes → gzipped ParsedDocument, page by page. Errors as of `readDocument`. */
export async function packDocument(
  parser: PdfParser,
  bytes: Uint8Array,
  limits: PdfLimits,
): Promise<PackedDocument> {
  const packer = new DocumentPacker();
  try {
    const frame = await readDocument(parser, bytes, limits, (page) => packer.add(page));
    return await packer.finish(frame);
  } finally {
    packer.close();
  }
}
