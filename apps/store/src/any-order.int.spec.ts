import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  checkSchemaVersion,
  createDatabase,
  createDocumentRepository,
  createSinkDatabase,
  migrateDatabase,
  type Database,
} from '@docstream/adapter-postgres';
import { CONSUMED_TOPICS, STAGES, groupOf, runIdFrom, type Identity } from '@docstream/contracts';
import type { ConsumedRecord, SinkDatabase, StoreChange } from '@docstream/core';
import { createStoreSink } from '@docstream/store';
import {
  JOURNEY,
  MemoryCodec,
  createTestDatabase,
  gapRecord,
  identityOf,
  journeyRecord,
  type TestDatabase,
} from '@docstream/testing';
import fc from 'fast-check';

const NOW = 1_700_000_000_000;
/** What is compared; the time of an erasure is that of the database's clock. */
const TABLES = {
  runs: 'to_jsonb(t)',
  documents: 'to_jsonb(t)',
  submissions: 'to_jsonb(t)',
  timeline: 'to_jsonb(t)',
  tombstones: "to_jsonb(t) - 'erased_at'",
  gaps: 'to_jsonb(t)',
  audit: "to_jsonb(t) - 'id' - 'at' - 'facts'",
} as const;
const ERASED = 0;

let home: TestDatabase;
let database: Database;
let sink: SinkDatabase<StoreChange>;
const store = createStoreSink({ codec: new MemoryCodec() });

beforeAll(async () => {
  home = await createTestDatabase();
  await migrateDatabase(home.url);
  database = createDatabase(home.url);
  await checkSchemaVersion(database);
  sink = createSinkDatabase(database);
});

afterAll(async () => {
  await database.close();
  await home.drop();
});

/** Partition by document, as on the topics; later runs have later ids. */
function identityAt(document: number, run: number): Identity {
  return {
    ...identityOf(`document ${document}`),
    run: runIdFrom(NOW + run, new Uint8Array(10).fill(document)),
  };
}

async function readTables(): Promise<string> {
  const tables = [];
  for (const [table, row] of Object.entries(TABLES)) {
    const { rows } = await database.query(`SELECT ${row} AS row FROM docstream.${table} AS t ORDER BY 1`);
    tables.push([table, rows.map((entry) => entry['row'])]);
  }
  return JSON.stringify(Object.fromEntries(tables), null, 1);
}

let batches = 0;

/** Applies the records in batches, all at the same time. */
async function apply(records: readonly ConsumedRecord[], batchSize: number): Promise<void> {
  const cuts = Array.from({ length: Math.ceil(records.length / batchSize) }, (_, index) =>
    records.slice(index * batchSize, (index + 1) * batchSize),
  );
  await Promise.all(
    cuts.map(async (batch) => {
      const place = { topic: 'any-order', partition: (batches += 1) };
      const { epoch } = await sink.takeOver('g', place);
      const changes = await Promise.all(batch.map((record) => store.project(record)));
      const written = changes.filter((change) => change !== null);
      await sink.apply('g', place, { epoch, from: null, to: 1n }, written);
    }),
  );
}

interface Course {
  readonly before: readonly ConsumedRecord[];
  readonly after: readonly ConsumedRecord[];
  readonly batchSize: number;
  readonly isErased: boolean;
}

/** Rows after a course through empty tables: `before`, an erasure perhaps, `after`. */
async function rowsAfter({ before, after, batchSize, isErased }: Course): Promise<string> {
  for (const table of [...Object.keys(TABLES), 'positions'])
    await database.query(`DELETE FROM docstream.${table}`);
  // Both runs are known when the erasure comes: it is for what is known that an erasure holds.
  await apply(await firstRecords(), 1);
  await apply(before, batchSize);
  const { documentId, tenant } = identityAt(ERASED, 0);
  if (isErased) await createDocumentRepository(database).erase(tenant, documentId);
  await apply(after, batchSize);
  return readTables();
}

function firstRecords(): Promise<ConsumedRecord[]> {
  return Promise.all(
    [0, 1].map((run) =>
      journeyRecord('received', identityAt(ERASED, run), {
        partition: ERASED,
        offset: BigInt(run),
        timestampMs: NOW,
      }),
    ),
  );
}

const OFFSETS = 20;
const event = fc.record({
  kind: fc.constant('event' as const),
  step: fc.constantFrom(...JOURNEY),
  document: fc.nat(1),
  run: fc.nat(1),
  timestampMs: fc.integer({ min: NOW, max: NOW + 3 }),
});
const gap = fc.record({
  kind: fc.constant('gap' as const),
  state: fc.constantFrom('lost' as const, 'skipped' as const),
  stage: fc.constantFrom(...STAGES),
  partition: fc.nat(1),
  from: fc.nat(OFFSETS - 1),
  length: fc.integer({ min: 1, max: OFFSETS }),
  timestampMs: fc.integer({ min: NOW, max: NOW + 3 }),
});
/** A position of every day, which must leave nothing. */
const position = fc.record({ kind: fc.constant('position' as const) });
type ValueOf<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Step = ValueOf<typeof event> | ValueOf<typeof gap> | ValueOf<typeof position>;

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { arbitrary: event, weight: 6 },
    { arbitrary: gap, weight: 2 },
    { arbitrary: position, weight: 1 },
  ),
  { minLength: 4, maxLength: OFFSETS - 2 },
);

async function toRecord(step: Step, index: number): Promise<ConsumedRecord> {
  const offset = BigInt(index + 2);
  if (step.kind === 'event') {
    return journeyRecord(step.step, identityAt(step.document, step.run), {
      partition: step.document,
      offset,
      timestampMs: step.timestampMs,
      variant: String(index),
    });
  }
  const { state, stage, partition, from, length, timestampMs } =
    step.kind === 'gap'
      ? step
      : {
          state: 'lost' as const,
          stage: 'parser' as const,
          partition: 0,
          from: 0,
          length: 9,
          timestampMs: NOW,
        };
  const [topic = ''] = CONSUMED_TOPICS[stage];
  const record = await gapRecord(
    { state, group: groupOf(stage), topic, partition, from: BigInt(from), to: BigInt(from + length) },
    { offset, timestampMs },
  );
  return step.kind === 'gap'
    ? record
    : { ...record, key: Buffer.from(`${groupOf(stage)}/${topic}/${partition}`) };
}

describe('events, losses, skips and erasures in any order across topics', () => {
  it('give the same rows, in whatever batches and side by side', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.boolean(),
        fc.integer({ min: 1, max: 8 }),
        fc.infiniteStream(fc.nat()),
        async (all, isErased, batchSize, dice) => {
          const records = await Promise.all(all.map(toRecord));
          // A new run of the erased document begins after the erasure, and stays.
          const fresh = await Promise.all(
            (['received', 'parsed'] as const).map((step, index) =>
              journeyRecord(step, identityAt(ERASED, 2), {
                partition: ERASED,
                offset: BigInt(OFFSETS + index),
                timestampMs: NOW + index,
              }),
            ),
          );
          const shuffle = (given: readonly ConsumedRecord[]): ConsumedRecord[] =>
            given
              .map((record) => ({ record, at: dice.next().value }))
              .sort((one, other) => one.at - other.at)
              .map(({ record }) => record);
          const expected = await rowsAfter({
            before: records,
            after: fresh,
            batchSize: records.length,
            isErased,
          });
          const shuffled = shuffle(records);
          const cut = dice.next().value % (shuffled.length + 1);
          const before = shuffled.slice(0, cut);
          const after = shuffle([...shuffled.slice(cut), ...fresh]);
          expect(await rowsAfter({ before, after, batchSize, isErased })).toBe(expected);
          const again = shuffle([...after, ...records]);
          expect(await rowsAfter({ before, after: again, batchSize, isErased })).toBe(expected);
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
  }, 120_000);
});

describe('a gap', () => {
  const group = groupOf('classifier');
  const lost = { state: 'lost' as const, group, partition: 1, from: 0n, to: 50n };

  it('ends the runs whose record lies in it, however late, and leaves those that went on', async () => {
    const [topic = ''] = CONSUMED_TOPICS.classifier;
    const at = (document: number, step: (typeof JOURNEY)[number], offset: bigint) =>
      journeyRecord(step, identityAt(document, 0), { partition: 1, offset });
    const gapOfTopic = await gapRecord({ ...lost, topic }, { offset: 7n, timestampMs: NOW + 9 });
    await rowsAfter({
      before: [await at(1, 'parsed', 3n), gapOfTopic],
      after: [
        await at(2, 'classified', 3n),
        await at(2, 'parsed', 4n),
        await at(3, 'parsed', 49n),
        await at(4, 'parsed', 50n),
      ],
      batchSize: 1,
      isErased: false,
    });
    const repository = createDocumentRepository(database);
    const stateOf = async (document: number) =>
      (await repository.find('default', identityAt(document, 0).documentId))?.state;
    expect(await Promise.all([1, 2, 3, 4].map(stateOf))).toEqual(['lost', 'classified', 'lost', 'parsed']);
    expect(await repository.find('default', identityAt(1, 0).documentId)).toMatchObject({
      error: { stage: 'classifier', code: 'RECORD_LOST', message: expect.stringContaining('from 0 to 49') },
    });
    const { rows } = await database.query('SELECT kind, from_offset, to_offset FROM docstream.audit');
    expect(rows).toEqual([{ kind: 'lost', from_offset: 0n, to_offset: 50n }]);
  });
});
