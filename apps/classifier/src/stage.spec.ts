import type { Config } from '@docstream/config';
import type { Classification, DocumentParsed } from '@docstream/contracts';
import { MemoryBlobStore, MemoryCodec, identityOf } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import { createClassifierStage } from './stage.js';

const identity = identityOf('one');
const classification: Classification = {
  type: 'invoice',
  confidence: 1,
  margin: 1,
  runnerUp: null,
  model: 'm',
  head: 'h',
};
const original = { sha256: 'ab'.repeat(32), bytes: 5, mediaType: 'application/pdf' };
const parsedEvent = (change: Partial<DocumentParsed>): DocumentParsed => ({
  fileName: null,
  blob: original,
  quality: 'complete',
  pageCount: 1,
  pagesWithText: 1,
  pagesFailed: 0,
  language: null,
  title: null,
  parser: 'spec 1.0.0',
  parsed: null,
  parsedBlob: null,
  runMs: 1,
  ...change,
});

function classify(blobStore: MemoryBlobStore, event: DocumentParsed) {
  const config = { work: { timeoutMs: 1 } } as unknown as Config;
  const stage = createClassifierStage({ codec: new MemoryCodec(), blobStore, config });
  return stage.save({ classification, runMs: 1, chunks: 1 }, event, identity, 1);
}

describe('the classifier passing parsed text on', () => {
  it('refreshes its blob, so that collection spares it as long as the new event lives', async () => {
    const blobs = new MemoryBlobStore();
    const parsedBlob = await blobs.deposit(identity.tenant, Buffer.from('zipped'), 'application/gzip');
    const [emission] = await classify(blobs, parsedEvent({ parsedBlob }));
    expect(emission?.event).toMatchObject({ parsedBlob, classification });
    expect(blobs.refreshed).toEqual([`${identity.tenant}/${parsedBlob.sha256}`]);
  });

  it('asks the blob store nothing when the text travels inline', async () => {
    const blobs = new MemoryBlobStore();
    await classify(blobs, parsedEvent({ parsed: Buffer.from('zipped') }));
    expect(blobs.refreshed).toEqual([]);
  });

  it('emits no event whose text is gone', async () => {
    const event = parsedEvent({ parsedBlob: original });
    await expect(classify(new MemoryBlobStore(), event)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
  });
});
