import { TOPICS, type BlobRef, type DocumentReceived } from '@docstream/contracts';
import { DependencyError } from '@docstream/core';
import { MemoryBlobStore, MemoryCodec } from '@docstream/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { refreshClaimCheck } from './claim-checks.js';

const codec = new MemoryCodec();
const PDF = 'application/pdf';
let blobs: MemoryBlobStore;
let blob: BlobRef;

const refresh = (topic: string, value: Uint8Array | null, reader: () => MemoryCodec = () => codec) =>
  refreshClaimCheck({ topic, value }, 'acme', reader, () => blobs);
const received = (change: Partial<DocumentReceived>) =>
  codec.encode(TOPICS.ingest, {
    fileName: null,
    mediaType: PDF,
    content: null,
    blob,
    receivedAt: 1,
    ...change,
  });

beforeEach(async () => {
  blobs = new MemoryBlobStore();
  codec.outage = undefined;
  blob = await blobs.deposit('acme', Buffer.from('%PDF-'), PDF);
});

describe('refreshClaimCheck', () => {
  it('refreshes the original that the parser will redeem', async () => {
    await refresh(TOPICS.ingest.name, await received({}));
    expect(blobs.refreshed).toEqual([`acme/${blob.sha256}`]);
  });

  it.each<[string, string, () => Promise<Uint8Array | null>]>([
    ['bytes inline', TOPICS.ingest.name, () => received({ content: Buffer.from('%PDF-') })],
    ['a raw PDF', TOPICS.ingest.name, async () => Buffer.from('%PDF-1.7')],
    ['no value', TOPICS.ingest.name, async () => null],
    ['a value that nobody can read', TOPICS.parsed.name, async () => Buffer.from([0, 1, 2])],
    ['a topic whose readers redeem nothing', TOPICS.extracted.name, () => received({})],
  ])('asks the blob store nothing for %s', async (_, topic, value) => {
    await refresh(topic, await value());
    expect(blobs.refreshed).toEqual([]);
  });

  it('lets a record go whose schema is unknown, and waits for a registry that is away', async () => {
    const value = await received({});
    const unknown = { facts: { retryAfterMs: 10_000 } };
    codec.outage = new DependencyError('REGISTRY_UNAVAILABLE', 'schema-registry', 'no id 9', unknown);
    await refresh(TOPICS.ingest.name, value);
    expect(blobs.refreshed).toEqual([]);
    codec.outage = new DependencyError('REGISTRY_UNAVAILABLE', 'schema-registry', 'away');
    await expect(refresh(TOPICS.ingest.name, value)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  });

  it('refuses a record whose blob was collected', async () => {
    blobs.blobs.clear();
    await expect(refresh(TOPICS.ingest.name, await received({}))).rejects.toMatchObject({
      code: 'BLOB_NOT_FOUND',
      facts: { sha256: blob.sha256 },
    });
  });
});
