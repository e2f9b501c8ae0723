import { HEADERS, TOPICS, groupOf, readHeader } from '@docstream/contracts';
import {
  DependencyError,
  OffsetTracker,
  type ConsumedRecord,
  type DocumentView,
  type OutgoingRecord,
} from '@docstream/core';
import {
  MemoryBlobStore,
  MemoryClusterAdmin,
  MemoryCodec,
  MemoryResetLog,
  identityOf,
  recordOf,
} from '@docstream/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CliPorts } from '../ports.js';
import { runCaptured } from '../run-captured.js';

const TOPIC = TOPICS.parsed.name;
const GROUP = groupOf('classifier');
const AWAY = new DependencyError('DATABASE_UNAVAILABLE', 'postgres', 'gone');
const identity = identityOf('one');

let admin: MemoryClusterAdmin;
let log: MemoryResetLog;
let blobs: MemoryBlobStore;
let view: DocumentView | null;
let kept: ConsumedRecord[];
let sent: OutgoingRecord[];

beforeEach(async () => {
  admin = new MemoryClusterAdmin();
  log = new MemoryResetLog();
  blobs = new MemoryBlobStore();
  [view, kept, sent] = [null, [], []];
  const topics = [TOPIC, TOPICS.ingest.name, TOPICS.classified.name];
  await admin.createTopics(
    topics.map((name) => ({ name, partitions: 2, replicationFactor: 1, configs: {} })),
  );
  for (const partition of [0, 1]) {
    for (const topic of topics) admin.setRange(topic, partition, { start: 0n, end: 50n });
    admin.positions.set(`${GROUP}/${TOPIC}/${partition}`, {
      topic: TOPIC,
      partition,
      offset: 40n,
      metadata: 'v1',
    });
  }
});

const codec = new MemoryCodec();

async function cli(...args: readonly string[]) {
  const ports = {
    clusterAdmin: () => admin,
    codec: () => codec,
    resetLog: () => log,
    blobStore: () => blobs,
    documents: () => ({ find: async () => view }),
    recordReader: () => ({
      read: async function* (_: unknown, { start }: { start: bigint }) {
        yield* kept.filter(({ offset }) => offset === start);
      },
    }),
    producer: () => ({
      produce: async (records: readonly OutgoingRecord[]) => {
        sent.push(...records);
        return records.map(({ topic }) => ({ topic, partition: 0, offset: 50n }));
      },
    }),
    close: async () => undefined,
  } as unknown as CliPorts;
  return runCaptured(['reprocess', ...args], ports);
}

const offsets = (): (bigint | undefined)[] =>
  [0, 1].map((partition) => admin.positions.get(`${GROUP}/${TOPIC}/${partition}`)?.offset);
const resetOf = (partition: number, offset: bigint): string | undefined => {
  const position = admin.positions.get(`${GROUP}/${TOPIC}/${partition}`);
  return position === undefined ? undefined : OffsetTracker.restore(position).resetOf(offset)?.auditId;
};
const classifier = ['--stage', 'classifier'] as const;

describe('docstream reprocess', () => {
  it('prints the plan and moves nothing without --execute', async () => {
    const { exitCode, out, err } = await cli(...classifier, '--to-earliest');
    expect({ exitCode, offsets: offsets(), entries: log.entries }).toEqual({
      exitCode: 0,
      offsets: [40n, 40n],
      entries: [],
    });
    expect(out).toMatch(/docstream\.parsed\.v1 +1 +40 +0 +read again +40/);
    expect(err).toContain('nothing was moved');
  });

  it('plans without the database, and says that nobody counted the documents', async () => {
    log.outage = AWAY;
    const { exitCode, out } = await cli(...classifier, '--shift-by', '-5', '--output', 'json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ planned: [{ to: '35', documents: 'unknown: gone' }, {}] });
  });

  it('moves with --execute only the chosen partition, and has it on record', async () => {
    const { exitCode, out } = await cli(...classifier, '--to-offset', '7', '--partition', '1', '--execute');
    const [entry] = log.entries;
    expect({ exitCode, offsets: offsets() }).toEqual({ exitCode: 0, offsets: [40n, 7n] });
    expect(entry?.steps).toEqual([
      { topic: TOPIC, partition: 1, from: { offset: 40n, metadata: 'v1' }, to: 7n, state: 'done' },
    ]);
    expect(resetOf(1, 39n)).toBe(entry?.auditId);
    expect(resetOf(1, 40n)).toBe(undefined);
    expect(out).toContain(`--undo ${entry?.auditId}`);
  });

  it('moves nothing when the reset cannot be written down first', async () => {
    log.outage = AWAY;
    expect((await cli(...classifier, '--to-earliest', '--execute')).exitCode).toBe(1);
    expect(offsets()).toEqual([40n, 40n]);
  });

  it.each(['before', 'after'] as const)(
    'finishes exactly what an interruption %s the commit of the second partition left',
    async (moment) => {
      admin.onMove = (partition, when) => {
        if (partition === 1 && when === moment)
          throw new DependencyError('BROKER_UNAVAILABLE', 'kafka', 'gone');
      };
      const first = await cli(...classifier, '--to-earliest', '--execute');
      const [entry] = log.entries;
      const auditId = entry?.auditId ?? '';
      expect(first.exitCode).toBe(1);
      expect(first.err).toContain(`docstream reprocess --continue ${auditId}`);
      expect(entry?.steps.map(({ state }) => state)).toEqual(['done', 'planned']);
      admin.onMove = () => undefined;
      // The stage goes on meanwhile: what was done is not done again.
      admin.positions.set(`${GROUP}/${TOPIC}/0`, { topic: TOPIC, partition: 0, offset: 45n, metadata: 'v1' });
      if (moment === 'after')
        admin.positions.set(`${GROUP}/${TOPIC}/1`, {
          topic: TOPIC,
          partition: 1,
          offset: 46n,
          metadata: 'v1',
        });
      const second = await cli('--continue', auditId, '--output', 'json');
      expect(second.exitCode).toBe(0);
      expect(offsets()).toEqual([45n, moment === 'before' ? 0n : 46n]);
      expect(JSON.parse(second.out).outcomes.map(({ result }: { result: string }) => result)).toEqual([
        'found',
        moment === 'before' ? 'moved' : 'found',
      ]);
      await cli('--continue', auditId);
      expect(offsets()).toEqual([45n, moment === 'before' ? 0n : 46n]);
    },
  );

  it('moves nothing while somebody else carries out the same reset', async () => {
    admin.onMove = () => {
      throw new DependencyError('BROKER_UNAVAILABLE', 'kafka', 'gone');
    };
    await cli(...classifier, '--to-earliest', '--execute');
    admin.onMove = () => undefined;
    const auditId = log.entries[0]?.auditId ?? '';
    log.held.add(auditId);
    const refused = await cli('--continue', auditId);
    expect(refused).toMatchObject({ exitCode: 1, err: expect.stringContaining('somebody else') });
    expect(offsets()).toEqual([40n, 40n]);
  });

  it('finds a reset that was committed and never marked, and undoes it', async () => {
    admin.onMove = (partition, when) => {
      if (partition === 0 && when === 'after')
        throw new DependencyError('BROKER_UNAVAILABLE', 'kafka', 'gone');
    };
    await cli(...classifier, '--to-earliest', '--execute');
    admin.onMove = () => undefined;
    const auditId = log.entries[0]?.auditId ?? '';
    expect((await cli('--undo', auditId)).exitCode).toBe(0);
    expect(offsets()).toEqual([0n, 0n]);
    expect((await cli('--undo', auditId, '--execute')).exitCode).toBe(0);
    expect(offsets()).toEqual([40n, 40n]);
    expect(log.entries[1]).toMatchObject({ undoes: auditId, steps: [{ state: 'done' }, { state: 'done' }] });
  });

  it('skips only with --allow-skip and a reason, with the range on record', async () => {
    const refused = await cli(...classifier, '--to-latest', '--execute');
    expect(refused).toMatchObject({ exitCode: 1, err: expect.stringContaining('--allow-skip --reason') });
    expect(offsets()).toEqual([40n, 40n]);
    const skip = ['--allow-skip', '--reason', 'a bad batch', '--execute'];
    expect((await cli(...classifier, '--to-latest', ...skip)).exitCode).toBe(0);
    expect(offsets()).toEqual([50n, 50n]);
    expect(log.entries[0]?.reason).toBe('a bad batch');
    const keys = admin.published.map(({ key }) => Buffer.from(key ?? []).toString());
    expect(keys).toContain(`${GROUP}/${TOPIC}/0/skipped/40`);
  });

  it.each<[number, string, readonly string[]]>([
    [2, 'Allowed choices', ['--stage', 'clasifier', '--to-earliest']],
    [2, 'say where to', classifier],
    [2, '--to-earliest and --to-latest', [...classifier, '--to-earliest', '--to-latest']],
    [2, '--stage is missing', ['--to-earliest']],
    [2, 'whole number', [...classifier, '--to-offset', '-1']],
    [2, 'a time', [...classifier, '--to-datetime', '2026-13-01T00:00:00Z']],
    [2, 'a time', [...classifier, '--to-datetime', 'yesterday']],
    [2, 'the future', [...classifier, '--to-datetime', '2999-01-01T00:00:00Z']],
    [2, 'a duration', [...classifier, '--by-duration', '2h']],
    [2, 'other than 0', [...classifier, '--shift-by', '0']],
    [2, '--allow-skip needs --reason', [...classifier, '--to-latest', '--allow-skip', '--execute']],
    [2, 'whole number', [...classifier, '--to-earliest', '--partition', 'two']],
    [1, 'no partition 7', [...classifier, '--to-earliest', '--partition', '7', '--execute']],
    [1, 'there is no offset 51', [...classifier, '--to-offset', '51', '--execute']],
    [1, 'there is no reset', ['--undo', '01k8z', '--execute']],
    [1, 'there is no reset', ['--continue', '01k8z']],
  ])('refuses with %i and "%s": %j', async (exitCode, sentence, args) => {
    const refused = await cli(...args);
    expect(refused.exitCode).toBe(exitCode);
    expect(refused.err).toContain(sentence);
    expect({ offsets: offsets(), entries: log.entries }).toEqual({ offsets: [40n, 40n], entries: [] });
  });

  it('moves the store back in the database alone, and back again', async () => {
    log.store = [{ topic: TOPIC, partition: 0, next: 40n }];
    expect((await cli('--stage', 'store', '--to-offset', '5', '--execute')).exitCode).toBe(0);
    expect(log.store).toEqual([{ topic: TOPIC, partition: 0, next: 5n }]);
    await cli('--undo', log.entries[0]?.auditId ?? '', '--execute');
    expect(log.store).toEqual([{ topic: TOPIC, partition: 0, next: 40n }]);
    expect((await cli('--stage', 'store', '--to-latest', '--execute')).exitCode).toBe(1);
    expect(offsets()).toEqual([40n, 40n]);
  });
});

describe('docstream reprocess --document', () => {
  const entry = { run: identity.run, partition: 0, offset: '7', at: '2026-11-23T10:00:00.000Z', runMs: null };

  beforeEach(() => {
    const timeline = [
      { ...entry, event: 'received', topic: TOPICS.ingest.name },
      { ...entry, event: 'parsed', topic: TOPIC, offset: '8' },
    ];
    view = {
      ...identity,
      timeline,
      erasedAt: null,
      sha256: null,
      bytes: null,
      fileName: 'a.pdf',
    } as unknown as DocumentView;
  });

  const keep = (topic: string, offset: bigint): void => {
    const record = recordOf({ name: topic } as typeof TOPICS.ingest, identity, Buffer.from(topic));
    kept.push({ partition: 0, offset, timestampMs: 0, ...record });
  };

  it('sends the record of the parser again as a new run, its bytes and other headers as they were', async () => {
    keep(TOPICS.ingest.name, 7n);
    expect((await cli('--document', identity.documentId)).exitCode).toBe(0);
    expect(sent).toEqual([]);
    expect((await cli('--document', identity.documentId, '--execute')).exitCode).toBe(0);
    const [record] = sent;
    expect(record).toMatchObject({ topic: TOPICS.ingest.name, key: kept[0]?.key, value: kept[0]?.value });
    const run = readHeader(record?.headers ?? [], HEADERS.run) ?? '';
    expect(run > identity.run).toBe(true);
    expect(readHeader(record?.headers ?? [], HEADERS.documentId)).toBe(identity.documentId);
  });

  it('goes to another stage by the record that this one read', async () => {
    keep(TOPIC, 8n);
    await cli('--document', identity.documentId, '--stage', 'classifier', '--execute');
    expect(sent).toMatchObject([{ topic: TOPIC, value: kept[0]?.value }]);
  });

  it('begins anew from the deposited bytes when the record is gone', async () => {
    const blob = await blobs.deposit(identity.tenant, Buffer.from('%PDF-'), 'application/pdf');
    if (view !== null) view = { ...view, ...blob };
    expect((await cli('--document', identity.documentId, '--execute')).exitCode).toBe(0);
    const event = await codec.decode(TOPICS.ingest, sent[0]?.value ?? new Uint8Array());
    expect(event).toMatchObject({ content: null, blob, fileName: 'a.pdf' });
    expect(blobs.refreshed).toEqual([`${identity.tenant}/${blob.sha256}`]);
  });

  it('sends nothing whose bytes were collected', async () => {
    const blob = { sha256: 'ab'.repeat(32), bytes: 5, mediaType: 'application/pdf' };
    const event = { fileName: null, mediaType: blob.mediaType, content: null, blob, receivedAt: 1 };
    const record = recordOf(TOPICS.ingest, identity, await codec.encode(TOPICS.ingest, event));
    kept.push({ partition: 0, offset: 7n, timestampMs: 0, ...record });
    const refused = await cli('--document', identity.documentId, '--execute');
    expect(refused).toMatchObject({ exitCode: 1, err: expect.stringContaining('BLOB_NOT_FOUND') });
    expect(sent).toEqual([]);
  });

  it.each<[string, readonly string[], Partial<DocumentView> | null]>([
    ['gone from the topic, and nobody knows its bytes', [], {}],
    ['so are its bytes', [], { sha256: 'ab'.repeat(32), bytes: 5 }],
    ['--stage parser begins it anew', ['--stage', 'classifier'], {}],
    ['never came to the extractor', ['--stage', 'extractor'], {}],
    ['was erased', [], { erasedAt: '2026-11-24T00:00:00.000Z' }],
    ['no such document', [], null],
  ])('refuses, nothing sent: %s', async (sentence, args, change) => {
    view = change === null || view === null ? null : { ...view, ...change };
    const refused = await cli('--document', identity.documentId, '--execute', ...args);
    expect(refused).toMatchObject({ exitCode: 1, err: expect.stringContaining(sentence) });
    expect(sent).toEqual([]);
  });
});
