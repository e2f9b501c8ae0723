import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { INLINE_LIMIT_BYTES, type BlobRef, type ParsedDocument } from '@docstream/contracts';
import { DocumentPacker, packDocumentOf } from './document-packer.js';
import { classifyError } from './errors.js';
import { packParsed, redeemParsed, unpackParsed } from './parsed-content.js';
import type { BlobStore } from './ports/blob-store.js';

const page = (number: number, state: 'text' | 'failed' | 'empty') => ({
  number,
  width: 9,
  height: 9,
  rotation: 0,
  state,
  blocks: [],
});
const DOCUMENT: ParsedDocument = {
  version: 1,
  pages: [page(1, 'text'), page(2, 'failed'), page(3, 'empty')],
  metadata: { title: 'Ein Titel, größer' },
  attachments: [],
  quality: 'partial',
  parser: 'none 1',
};

function memoryBlobs() {
  const kept = new Map<string, Uint8Array>();
  const store = {
    deposit: (_tenant: string, bytes: Uint8Array, mediaType: string): Promise<BlobRef> => {
      kept.set('hash', bytes);
      return Promise.resolve({ sha256: 'hash', bytes: bytes.byteLength, mediaType });
    },
    redeem: (_tenant: string, { sha256 }: BlobRef) => Promise.resolve(kept.get(sha256) ?? new Uint8Array()),
  };
  return { kept, store: store as Partial<BlobStore> as BlobStore };
}
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.catch((thrown) => classifyError(thrown).code);

describe('packing a document', () => {
  it('writes page by page what JSON would make of the whole, and what the event tells', async () => {
    const packed = await packDocumentOf(DOCUMENT);
    expect(gunzipSync(packed.parsed).toString().replaceAll('\n', '')).toBe(JSON.stringify(DOCUMENT));
    expect(packed).toMatchObject({
      quality: 'partial',
      pageCount: 3,
      pagesWithText: 1,
      pagesFailed: 1,
      language: null,
      title: 'Ein Titel, größer',
      parser: 'none 1',
    });
  });

  it('writes a document without pages', async () => {
    const packed = await packDocumentOf({ ...DOCUMENT, pages: [] });
    expect(await unpackParsed(packed.parsed)).toEqual({ ...DOCUMENT, pages: [] });
  });

  it('gives the same bytes for the same document', async () => {
    const [one, other] = [await packDocumentOf(DOCUMENT), await packDocumentOf(DOCUMENT)];
    expect(Buffer.from(one.parsed).equals(Buffer.from(other.parsed))).toBe(true);
  });

  it('refuses a page after which nobody could unpack it', async () => {
    const packer = new DocumentPacker(100);
    await packer.add(page(1, 'text'));
    expect(await codeOf(packer.add(page(2, 'text')))).toBe('PARSE_OUTPUT_TOO_LARGE');
    packer.close();
    packer.close();
  });
});

describe('unpacking a document', () => {
  it('reads what earlier versions packed as a whole', async () => {
    const { store } = memoryBlobs();
    const parsed = gzipSync(JSON.stringify(DOCUMENT));
    expect(await unpackParsed(await redeemParsed(store, 'acme', { parsed, parsedBlob: null }))).toEqual(
      DOCUMENT,
    );
  });

  it('refuses what is no gzip, no JSON, another shape or another version', async () => {
    const refused = [
      Buffer.from('plain'),
      gzipSync('{'),
      gzipSync('[]'),
      gzipSync(JSON.stringify({ ...DOCUMENT, version: 2 })),
    ];
    for (const bytes of refused) expect(await codeOf(unpackParsed(bytes))).toBe('UNDECODABLE');
  });
});

describe('how a packed document travels', () => {
  it('goes inline up to the limit, and above it as a claim check that is redeemed', async () => {
    const { kept, store } = memoryBlobs();
    const small = new Uint8Array(INLINE_LIMIT_BYTES);
    expect(await packParsed(store, 'acme', small)).toEqual({ parsed: small, parsedBlob: null });
    expect(kept.size).toBe(0);
    const large = new Uint8Array(INLINE_LIMIT_BYTES + 1);
    const content = await packParsed(store, 'acme', large);
    expect(content).toMatchObject({ parsed: null, parsedBlob: { bytes: large.byteLength } });
    expect(await redeemParsed(store, 'acme', content)).toBe(large);
  });

  it('is undecodable when the event has neither', async () => {
    const { store } = memoryBlobs();
    expect(await codeOf(redeemParsed(store, 'acme', { parsed: null, parsedBlob: null }))).toBe('UNDECODABLE');
  });
});
