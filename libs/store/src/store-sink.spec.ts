import { describe, expect, it } from '@jest/globals';
import { HEADERS, TOPICS, groupOf, textHeader } from '@docstream/contracts';
import { DependencyError, classifyError } from '@docstream/core';
import { MemoryCodec, gapRecord, type GapOf } from '@docstream/testing';
import { createStoreSink } from './store-sink.js';

const GAP: GapOf = {
  state: 'lost',
  group: groupOf('classifier'),
  topic: TOPICS.parsed.name,
  partition: 3,
  from: 5n,
  to: 9n,
};

describe('a position that the store reads', () => {
  it('is a gap when its key says so', async () => {
    const lost = await gapRecord(GAP, { offset: 7n, timestampMs: 42 });
    expect(await createStoreSink({ codec: new MemoryCodec() }).project(lost)).toMatchObject({
      ...GAP,
      kind: 'gap',
      atMs: 42,
      source: 'docstream.positions.v1/0/7',
      auditId: null,
      error: { stage: 'classifier', code: 'RECORD_LOST' },
    });
    const skipped = await gapRecord({ ...GAP, state: 'skipped' }, { offset: 8n });
    expect(await createStoreSink({ codec: new MemoryCodec() }).project(skipped)).toMatchObject({
      state: 'skipped',
      auditId: 'audit-1',
      error: { code: 'RECORD_SKIPPED', message: expect.stringContaining('audit-1') },
    });
  });

  it('is nothing, and is not even decoded, when it is an ordinary one', async () => {
    const codec = new MemoryCodec();
    const record = await gapRecord(GAP, { offset: 7n });
    codec.outage = new DependencyError('REGISTRY_UNAVAILABLE', 'schema-registry', 'away');
    const key = Buffer.from(`${GAP.group}/${GAP.topic}/3`);
    expect(await createStoreSink({ codec }).project({ ...record, key })).toBeNull();
    expect(await createStoreSink({ codec }).project({ ...record, value: null })).toBeNull();
    await expect(createStoreSink({ codec }).project(record)).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
    });
  });

  it('is refused where it stands for a batch that could not be read: gaps may be in it', async () => {
    const headers = [textHeader(HEADERS.undecodable, 'why')];
    const record = { ...(await gapRecord(GAP, { offset: 7n })), key: null, headers };
    await expect(createStoreSink({ codec: new MemoryCodec() }).project(record)).rejects.toMatchObject({
      code: 'UNDECODABLE',
    });
  });

  it('names no document when it cannot be read', async () => {
    const record = await gapRecord(GAP, { offset: 7n });
    const sink = createStoreSink({ codec: new MemoryCodec() });
    expect(sink.projectDeadLetter(record, classifyError(new TypeError('a bug')))).toBeNull();
  });
});
