import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createAuditReader,
  createDatabase,
  createDocumentRepository,
  createSinkDatabase,
  migrateDatabase,
  type Database,
} from '@docstream/adapter-postgres';
import { CONSUMED_TOPICS, STAGES, TOPICS, groupOf, type Identity } from '@docstream/contracts';
import { WHOLE_AUDIT, auditDeliveries, type AuditReport, type ConsumedRecord } from '@docstream/core';
import { createStoreSink } from '@docstream/store';
import {
  MemoryCodec,
  createTestDatabase,
  gapRecord,
  hurriedClock,
  identityOf,
  journeyRecord,
  type JourneyStep,
  type TestDatabase,
} from '@docstream/testing';

let home: TestDatabase;
let database: Database;
/** Next offsets: of the stages by input topic, of the store and the log by topic. */
let committed: Map<string, { offset: bigint; metadata: string }>;
let ends: Map<string, bigint>;
let ingested: ConsumedRecord[];

beforeAll(async () => {
  home = await createTestDatabase();
  await migrateDatabase(home.url);
  database = createDatabase(home.url);
});

afterAll(async () => {
  await database.close();
  await home.drop();
});

beforeEach(async () => {
  for (const table of [
    'runs',
    'documents',
    'submissions',
    'timeline',
    'tombstones',
    'gaps',
    'audit',
    'positions',
  ])
    await database.query(`DELETE FROM docstream.${table}`);
  committed = new Map();
  ends = new Map();
  ingested = [];
});

/** Stores records as the store does; the end of each topic is behind the last one. */
async function store(...records: readonly ConsumedRecord[]): Promise<void> {
  const sink = createSinkDatabase(database);
  const group = groupOf('store');
  const project = createStoreSink({ codec: new MemoryCodec() });
  for (const record of records) {
    const place = { topic: record.topic, partition: 0 };
    const { epoch, nextOffset } = await sink.takeOver(group, place);
    const change = await project.project(record);
    const to = record.offset + 1n;
    await sink.apply(group, place, { epoch, from: nextOffset, to }, change === null ? [] : [change]);
    if ((ends.get(record.topic) ?? 0n) < to) ends.set(record.topic, to);
    if (record.topic === TOPICS.ingest.name) ingested.push(record);
  }
}

function resolve(topic: string, offset: bigint, metadata = ''): void {
  committed.set(topic, { offset, metadata });
}

function audit(): Promise<AuditReport> {
  const ports = {
    rows: createAuditReader(database),
    kafka: {
      committedPositions: async (group: string) => {
        const stage = STAGES.find((name) => groupOf(name) === group);
        const topic = stage === undefined ? '' : (CONSUMED_TOPICS[stage][0] ?? '');
        const position = committed.get(topic);
        return position === undefined ? [] : [{ topic, partition: 0, ...position }];
      },
      logRanges: async (topic: string) => [
        { topic, partition: 0, range: { start: 0n, end: ends.get(topic) ?? 0n } },
      ],
    },
    records: {
      async *read(_: unknown, { start, end }: { start: bigint; end: bigint }) {
        yield* ingested.filter(({ offset }) => offset >= start && offset < end);
      },
    },
    clock: hurriedClock,
  };
  return auditDeliveries(ports, WHOLE_AUDIT);
}

function at(step: JourneyStep, identity: Identity, offset: bigint): Promise<ConsumedRecord> {
  return journeyRecord(step, identity, { offset });
}

const [one, two, three] = ['one', 'two', 'three'].map((text) => identityOf(text));
if (one === undefined || two === undefined || three === undefined) throw new Error('three identities');

describe('the audit on the real tables', () => {
  it('counts ends by partition, tells in flight from missing, and names who is missing', async () => {
    await store(
      await at('received', one, 0n),
      await at('received', two, 1n),
      await at('received', three, 2n),
    );
    await store(await at('parsed', one, 0n), await at('parsed', two, 1n), await at('classified', one, 0n));
    await store(await at('extracted', one, 0n));
    resolve(TOPICS.ingest.name, 2n, 'v1');
    resolve(TOPICS.parsed.name, 1n);
    resolve(TOPICS.classified.name, 1n);
    const flowing = await audit();
    expect(flowing.missing).toEqual([]);
    expect(flowing.partitions).toMatchObject([
      { accepted: 2, stored: 1, inFlight: 1, missing: 0, doubled: 0 },
    ]);
    // The classifier says that it is done with two's record, and left nothing of it; three is done above the watermark.
    resolve(TOPICS.parsed.name, 2n);
    resolve(TOPICS.ingest.name, 1n, 'v1;d=1');
    const broken = await audit();
    expect(broken.missing).toEqual(
      [
        { ...two, event: 'parsed', source: 'docstream.parsed.v1/0/1', ingestPartition: 0 },
        { ...three, event: 'received', source: 'docstream.ingest.v1/0/2', ingestPartition: 0 },
      ].sort((a, b) => (a.documentId < b.documentId ? -1 : 1)),
    );
  });

  it('names a document whose rows vanished, one that the store passed over, and a doubled one', async () => {
    await store(
      await at('received', one, 0n),
      await at('received', two, 1n),
      await at('received', three, 2n),
    );
    await store(
      await at('extracted', one, 0n),
      await at('extracted', two, 1n),
      await at('extracted', three, 2n),
    );
    await store({ ...(await at('dead-lettered', three, 0n)), offset: 5n });
    resolve(TOPICS.ingest.name, 3n);
    await database.query('DELETE FROM docstream.runs WHERE document_id = $1', [one.documentId]);
    await database.query('DELETE FROM docstream.timeline WHERE document_id = $1 AND event = $2', [
      two.documentId,
      'received',
    ]);
    const { missing, doubled } = await audit();
    expect(missing).toMatchObject([
      { documentId: one.documentId, event: 'vanished' },
      { documentId: two.documentId, event: 'unread', source: 'docstream.ingest.v1/0/1' },
    ]);
    expect(doubled).toMatchObject([
      {
        documentId: three.documentId,
        outcomes: ['dead-lettered docstream.dead-lettered.v1/0/5', 'extracted docstream.extracted.v1/0/2'],
      },
    ]);
  });

  it('takes lost, skipped and erased documents for ended, and a run given twice for two', async () => {
    await store(
      await at('received', one, 0n),
      await at('received', two, 1n),
      await at('received', three, 2n),
    );
    await store(await at('parsed', one, 0n), await at('parsed', two, 1n));
    await store(
      await at('received', three, 3n),
      await at('extracted', three, 0n),
      await at('extracted', three, 1n),
    );
    await createDocumentRepository(database).erase(one.tenant, one.documentId);
    const gap = { group: groupOf('classifier'), topic: TOPICS.parsed.name, partition: 0 };
    await store(
      await gapRecord({ ...gap, state: 'lost', from: 0n, to: 1n }, { offset: 0n }),
      await gapRecord({ ...gap, state: 'skipped', from: 1n, to: 2n }, { offset: 1n }),
    );
    resolve(TOPICS.ingest.name, 4n);
    resolve(TOPICS.parsed.name, 2n);
    const { partitions, missing, doubled } = await audit();
    expect({ missing, doubled }).toEqual({ missing: [], doubled: [] });
    expect(partitions).toMatchObject([{ accepted: 4, stored: 2, lost: 1, skipped: 1, inFlight: 0 }]);
  });
});
