import type { PDFDocumentProxy } from 'pdfjs-dist/types/src/display/api.js';
import type { RawMetadata } from '@docstream/core';
import { defined, isRecord, textOf } from './values.js';

const MAX_XMP_CHARACTERS = 1_048_576;

/**
 * The PDF/A claim in XMP (ISO 19005): `pdfaid:part` and `pdfaid:conformance` as elements or attributes. Two short
 * patterns instead of an XML parser: XMP is hostile, and so are its entities. One with a DTD is not looked at.
 */
export function pdfAClaim(xmp: string): string | undefined {
  if (xmp.length > MAX_XMP_CHARACTERS || xmp.includes('<!DOCTYPE')) return undefined;
  const part = /\bpdfaid:part(?:>|\s?=\s?["'])\s{0,9}(\d)\b/.exec(xmp)?.[1];
  const conformance = /\bpdfaid:conformance(?:>|\s?=\s?["'])\s{0,9}([A-Za-z])\b/.exec(xmp)?.[1];
  return part === undefined ? undefined : `${part}${(conformance ?? '').toLowerCase()}`;
}

export async function readMetadata(document: PDFDocumentProxy): Promise<RawMetadata> {
  const result = await document.getMetadata().catch(() => null);
  const info: unknown = result?.info;
  if (!isRecord(info)) return {};
  const xmp: unknown = result?.metadata?.getRaw();
  return defined({
    title: textOf(info['Title']),
    author: textOf(info['Author']),
    subject: textOf(info['Subject']),
    producer: textOf(info['Producer']),
    creator: textOf(info['Creator']),
    createdAt: textOf(info['CreationDate']),
    modifiedAt: textOf(info['ModDate']),
    keywords: textOf(info['Keywords']),
    pdfVersion: textOf(info['PDFFormatVersion']),
    pdfA: typeof xmp === 'string' ? pdfAClaim(xmp) : undefined,
    language: textOf(info['Language']),
  });
}

/** The form is drawn by a program in the viewer, the page only asks to wait for it. */
export async function isXfa(document: PDFDocumentProxy): Promise<boolean> {
  const result = await document.getMetadata().catch(() => null);
  const info: unknown = result?.info;
  return isRecord(info) && info['IsXFAPresent'] === true;
}
