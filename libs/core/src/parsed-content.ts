import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';
import { INLINE_LIMIT_BYTES, type BlobRef, type ParsedDocument } from '@docstream/contracts';
import { MAX_UNPACKED_BYTES } from './document-packer.js';
import { PoisonError } from './errors.js';
import type { BlobStore } from './ports/blob-store.js';

const MEDIA_TYPE = 'application/vnd.docstream.parsed+json+gzip';

const decompress = promisify(gunzip);

/** How a ParsedDocument travels: inline up to 256 KiB of gzipped JSON, else as a claim check. */
export interface ParsedContent {
  readonly parsed: Uint8Array | null;
  readonly parsedBlob: BlobRef | null;
}

/** Takes the bytes of a PackedDocument. Deposits by content hash what is too large to travel inline: safe to repeat. */
export async function packParsed(
  blobStore: BlobStore,
  tenant: string,
  parsed: Uint8Array,
): Promise<ParsedContent> {
  if (parsed.byteLength <= INLINE_LIMIT_BYTES) return { parsed, parsedBlob: null };
  return { parsed: null, parsedBlob: await blobStore.deposit(tenant, parsed, MEDIA_TYPE) };
}

/**
 * Before an event passes parsed text on: its blob is to live as long as that event. Errors: BLOB_NOT_FOUND where it is
 * gone; those of BlobStore.refresh.
 */
export async function refreshParsed(
  blobStore: BlobStore,
  tenant: string,
  { parsedBlob }: ParsedContent,
): Promise<void> {
  if (parsedBlob === null || (await blobStore.refresh(tenant, parsedBlob))) return;
  throw new PoisonError('BLOB_NOT_FOUND', `the blob store no longer has ${parsedBlob.sha256}`, {
    facts: { sha256: parsedBlob.sha256 },
  });
}

/** The bytes, packed as they are: unpacking belongs into a worker. Errors: UNDECODABLE, those of BlobStore.redeem. */
export async function redeemParsed(
  blobStore: BlobStore,
  tenant: string,
  { parsed, parsedBlob }: ParsedContent,
): Promise<Uint8Array> {
  const bytes = parsedBlob === null ? parsed : await blobStore.redeem(tenant, parsedBlob);
  if (bytes !== null) return bytes;
  throw new PoisonError('UNDECODABLE', 'the event carries neither parsed text nor a claim check');
}

/** Errors: UNDECODABLE when the bytes are not a packed ParsedDocument of a version that we know. */
export async function unpackParsed(parsed: Uint8Array): Promise<ParsedDocument> {
  try {
    const json = await decompress(parsed, { maxOutputLength: MAX_UNPACKED_BYTES });
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
