import { gunzip, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { INLINE_LIMIT_BYTES, type BlobRef, type ParsedDocument } from '@docstream/contracts';
import { PoisonError } from './errors.js';
import type { BlobStore } from './ports/blob-store.js';

const MEDIA_TYPE = 'application/vnd.docstream.parsed+json+gzip';
/** A gzip of a few bytes can unpack to gigabytes; our own are far below this. */
const MAX_UNPACKED_BYTES = 512 * 1_048_576;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** How a ParsedDocument travels: inline up to 256 KiB of gzipped JSON, else as a claim check. */
export interface ParsedContent {
  readonly parsed: Uint8Array | null;
  readonly parsedBlob: BlobRef | null;
}

/** Deposits by content hash where it is too large to travel inline: safe to repeat. */
export async function packParsed(
  blobStore: BlobStore,
  tenant: string,
  document: ParsedDocument,
): Promise<ParsedContent> {
  const bytes = await compress(Buffer.from(JSON.stringify(document)), { level: 4 });
  if (bytes.byteLength <= INLINE_LIMIT_BYTES) return { parsed: bytes, parsedBlob: null };
  return { parsed: null, parsedBlob: await blobStore.deposit(tenant, bytes, MEDIA_TYPE) };
}

/** Errors: UNDECODABLE when the content is not a ParsedDocument of a version that we know; those of BlobStore.redeem. */
export async function unpackParsed(
  blobStore: BlobStore,
  tenant: string,
  content: ParsedContent,
): Promise<ParsedDocument> {
  const bytes =
    content.parsedBlob === null ? content.parsed : await blobStore.redeem(tenant, content.parsedBlob);
  if (bytes === null)
    throw new PoisonError('UNDECODABLE', 'the event carries neither parsed text nor a claim check');
  try {
    const json = await decompress(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
    const document: unknown = JSON.parse(json.toString('utf8'));
    if (isParsedDocument(document)) return document;
  } catch (cause) {
    throw new PoisonError('UNDECODABLE', 'the parsed text is not gzipped JSON', { cause });
  }
  throw new PoisonError('UNDECODABLE', 'the parsed text has a shape that this version does not know');
}

function isParsedDocument(value: unknown): value is ParsedDocument {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    value.version === 1 &&
    'pages' in value &&
    Array.isArray(value.pages)
  );
}
