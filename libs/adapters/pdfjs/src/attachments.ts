import type { PDFDocumentProxy } from 'pdfjs-dist/types/src/display/api.js';
import type { RawAttachment } from '@docstream/core';
import { isRecord, textOf } from './values.js';

const MAX_ATTACHMENTS = 100;
const MAX_XML_BYTES = 4 * 1_048_576;
/** Unpacked, of all attachments: those after it are told without their size. */
const MAX_UNPACKED_BYTES = 256 * 1_048_576;

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

/** Files embedded in the document, then those of annotations; one that is both is told once. */
export async function readAttachments(
  document: PDFDocumentProxy,
  annotated: readonly AttachedFile[],
): Promise<RawAttachment[]> {
  const attachments: RawAttachment[] = [];
  let unpacked = 0;
  for (const { id, name } of [...(await listedFiles(document)), ...annotated]) {
    if (attachments.length >= MAX_ATTACHMENTS) break;
    const content: unknown =
      unpacked < MAX_UNPACKED_BYTES ? await document.getAttachmentContent(id).catch(() => null) : null;
    const attachment = toAttachment(name, content);
    unpacked += attachment.bytes;
    const isKnown = attachments.some((other) => other.name === name && other.bytes === attachment.bytes);
    if (!isKnown) attachments.push(attachment);
  }
  return attachments;
}
