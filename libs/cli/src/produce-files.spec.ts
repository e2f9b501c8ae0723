import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { INLINE_LIMIT_BYTES, TOPICS, documentIdOf } from '@docstream/contracts';
import { DependencyError, readIdentity, type OutgoingRecord, type RecordProducer } from '@docstream/core';
import { MemoryBlobStore, MemoryCodec, hurriedClock } from '@docstream/testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { produceFiles, type Produced } from './produce-files.js';

class MemoryProducer implements RecordProducer {
  readonly records: OutgoingRecord[] = [];
  outage: Error | undefined;

  async produce(records: readonly OutgoingRecord[]) {
    if (this.outage !== undefined) throw this.outage;
    this.records.push(...records);
    return records.map(({ topic }, index) => ({ topic, partition: 0, offset: BigInt(index) }));
  }

  async close() {
    // Nothing is open.
  }
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docstream-produce-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

function setUp() {
  return { blobStore: new MemoryBlobStore(), codec: new MemoryCodec(), producer: new MemoryProducer() };
}

async function produce(
  files: readonly string[],
  ports = setUp(),
  uploadLimitBytes = 1_000_000,
): Promise<Produced[]> {
  const produced: Produced[] = [];
  const settings = { tenant: 'acme', uploadLimitBytes, clock: hurriedClock };
  for await (const one of produceFiles(files, ports, settings)) produced.push(one);
  return produced;
}

function codes(produced: readonly Produced[]): (string | null)[] {
  return produced.map((one) => (one.state === 'accepted' ? null : `${one.state} ${one.error.code}`));
}

describe('produceFiles', () => {
  it('deposits the bytes, then publishes them inline under the document id', async () => {
    const ports = setUp();
    const bytes = Buffer.from('%PDF-1.7 small');
    const [produced] = await produce([fileOf('small.pdf', bytes)], ports);
    const documentId = documentIdOf('acme', bytes);
    expect(produced).toMatchObject({ state: 'accepted', documentId });
    const [record] = ports.producer.records;
    expect(record?.topic).toBe(TOPICS.ingest.name);
    expect(Buffer.from(record?.key ?? []).toString()).toBe(documentId);
    expect(readIdentity(record?.headers ?? [])).toMatchObject({ documentId, tenant: 'acme' });
    const event = await ports.codec.decode(TOPICS.ingest, record?.value ?? new Uint8Array());
    expect(event.fileName).toBe('small.pdf');
    expect(Buffer.from(event.content ?? []).equals(bytes)).toBe(true);
    expect(await ports.blobStore.redeem('acme', { sha256: event.blob?.sha256 ?? '' })).toEqual(bytes);
  });

  it('sends a claim check alone above the inline limit', async () => {
    const ports = setUp();
    const bytes = Buffer.alloc(INLINE_LIMIT_BYTES + 1, 'x');
    bytes.write('%PDF-1.7');
    await produce([fileOf('large.pdf', bytes)], ports);
    const event = await ports.codec.decode(
      TOPICS.ingest,
      ports.producer.records[0]?.value ?? new Uint8Array(),
    );
    expect(event.content).toBeNull();
    expect(event.blob?.bytes).toBe(bytes.byteLength);
  });

  it('rejects what is no PDF, too large or not readable, and goes on', async () => {
    const ports = setUp();
    const files = [
      fileOf('text.pdf', 'hello'),
      fileOf('empty.pdf', ''),
      fileOf('big.pdf', `%PDF-${'x'.repeat(2_000)}`),
      join(folder, 'gone.pdf'),
      fileOf('good.pdf', '%PDF-1.4 good'),
    ];
    const produced = await produce(files, ports, 1_000);
    expect(codes(produced).sort()).toEqual(
      [
        'rejected NOT_A_PDF',
        'rejected NOT_A_PDF',
        'rejected PDF_TOO_LARGE',
        'rejected INVALID_REQUEST',
        null,
      ].sort(),
    );
    expect(ports.producer.records).toHaveLength(1);
  });

  it('stops at a broker that is away, with a line for every file', async () => {
    const ports = setUp();
    ports.producer.outage = new DependencyError('BROKER_UNAVAILABLE', 'kafka', 'Kafka is away');
    const files = Array.from({ length: 9 }, (_, index) => fileOf(`away-${index}.pdf`, `%PDF-1.4 ${index}`));
    const produced = await produce(files, ports);
    expect(codes(produced)).toEqual(files.map(() => 'failed BROKER_UNAVAILABLE'));
  });

  it('publishes nothing that was not deposited', async () => {
    const ports = setUp();
    ports.blobStore.outage = new DependencyError('BLOB_STORE_UNAVAILABLE', 'blob-store', 'full');
    expect(codes(await produce([fileOf('full.pdf', '%PDF-1.4')], ports))).toEqual([
      'failed BLOB_STORE_UNAVAILABLE',
    ]);
    expect(ports.producer.records).toEqual([]);
  });

  it('throws a bug instead of calling it an outage', async () => {
    const ports = setUp();
    ports.codec.outage = new TypeError('a bug');
    await expect(produce([fileOf('bug.pdf', '%PDF-1.4')], ports)).rejects.toThrow('a bug');
  });
});
