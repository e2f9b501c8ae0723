import { createHash } from 'node:crypto';
import type { PDFDocumentProxy } from 'pdfjs-dist/types/src/display/api.js';
import type { RawAttachment, RawRest } from '@docstream/core';
import { isRecord, textOf } from './values.js';

const MAX_ATTACHMENTS = 100;
const MAX_XML_BYTES = 4 * 1_048_576;
/** Unpacked, of all attachments: those after it are told without their size. */
const MAX_UNPACKED_BYTES = 256 * 1_048_576;
/** Names that an electronic invoice inside a PDF may have. */
const INVOICE_LIKE = /(?:factur|zugferd|rechnung|order|invoice)[^/\\]*\.xml\s*$/i;

/** A file that an annotation on a page carries. */
export interface AttachedFile {
  readonly id: string;
  readonly name: string;
}

function isXml(name: string, content: Uint8Array): boolean {
  const start = Buffer.from(content.subarray(0, 64)).toString('latin1');
  return /\.xml$/i.test(name) || /^(?:\xef\xbb\xbf)?\s*<\?xml/.test(start);
}

const isBytes = (value: unknown): value is Uint8Array => ArrayBuffer.isView(value);

function toAttachment(name: string, content: unknown): RawAttachment {
  if (!isBytes(content)) return { name, bytes: 0 };
  const keeps = content.length <= MAX_XML_BYTES && isXml(name, content);
  return { name, bytes: content.length, ...(keeps ? { xml: Uint8Array.from(content) } : {}) };
}

async function listedFiles(document: PDFDocumentProxy): Promise<AttachedFile[]> {
  const listed: unknown = await document.getAttachments().catch(() => null);
  if (!isRecord(listed) || !(Symbol.iterator in listed)) return [];
  return [...(listed as unknown as Iterable<readonly [unknown, unknown]>)].map(([key, value]) => ({
    id: String(key),
    name: (isRecord(value) ? textOf(value['filename']) : undefined) ?? String(key),
  }));
}

/** Where there are too many, what may be an invoice comes first, then other XML; the order of the file stays. */
function chooseFiles(files: readonly AttachedFile[]): readonly AttachedFile[] {
  const rankOf = (name: string): number => (INVOICE_LIKE.test(name) ? 0 : /\.xml\s*$/i.test(name) ? 1 : 2);
  const ranked = [...files.entries()].map(([index, { name }]) => ({ index, rank: rankOf(name) }));
  ranked.sort((one, other) => one.rank - other.rank || one.index - other.index);
  const chosen = new Set(ranked.slice(0, MAX_ATTACHMENTS).map(({ index }) => index));
  return files.filter((_, index) => chosen.has(index));
}

/** One that could not be unpacked is the same only where it is the same object. */
function identityOf({ id, name }: AttachedFile, content: unknown): string {
  const digest = isBytes(content) ? createHash('sha256').update(content).digest('hex') : id;
  return `${digest} ${name}`;
}

/** Files embedded in the document, then those of annotations; one that is both, byte by byte, is told once. */
export async function readAttachments(
  document: PDFDocumentProxy,
  annotated: readonly AttachedFile[],
): Promise<Pick<RawRest, 'attachments' | 'attachmentsLeftOut'>> {
  const files = [...(await listedFiles(document)), ...annotated];
  const chosen = chooseFiles(files);
  const attachments = new Map<string, RawAttachment>();
  let unpacked = 0;
  for (const file of chosen) {
    const content: unknown =
      unpacked < MAX_UNPACKED_BYTES ? await document.getAttachmentContent(file.id).catch(() => null) : null;
    const attachment = toAttachment(file.name, content);
    unpacked += attachment.bytes;
    const identity = identityOf(file, content);
    if (!attachments.has(identity)) attachments.set(identity, attachment);
  }
  const leftOut = files.length - chosen.length;
  return {
    attachments: [...attachments.values()],
    ...(leftOut === 0 ? {} : { attachmentsLeftOut: leftOut }),
  };
}
