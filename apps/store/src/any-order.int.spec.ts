import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  checkSchemaVersion,
  createDatabase,
  createSinkDatabase,
  migrateDatabase,
  type Database,
} from '@docstream/adapter-postgres';
import { runIdFrom, type Identity } from '@docstream/contracts';
import type { ConsumedRecord, DocumentChange, SinkDatabase } from '@docstream/core';
import { decodeRecord, projectRecord } from '@docstream/store';
import {
  JOURNEY,
  MemoryCodec,
  createTestDatabase,
  identityOf,
  journeyRecord,
  type TestDatabase,
} from '@docstream/testing';
import fc from 'fast-check';

const NOW = 1_700_000_000_000;
const TABLES = ['runs', 'documents', 'submissions', 'timeline'] as const;

let home: TestDatabase;
let database: Database;
let sink: SinkDatabase<DocumentChange>;
const codec = new MemoryCodec();

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

/** Two documents with two runs each; partition by document, as on the topics. */
function identityAt(document: number, run: number): Identity {
  return {
    ...identityOf(`document ${document}`),
    run: runIdFrom(NOW + run, new Uint8Array(10).fill(document)),
  };
}

async function readTables(): Promise<string> {
  const tables = [];
  for (const table of TABLES) {
    const { rows } = await database.query(
      `SELECT to_jsonb(t) AS row FROM docstream.${table} AS t ORDER BY to_jsonb(t)`,
    );
    tables.push(rows.map(({ row }) => row));
  }
  return JSON.stringify(tables);
}

/** Applies the records in batches, some of them at the same time, into empty tables. */
async function rowsAfter(records: readonly ConsumedRecord[], batchSize: number): Promise<string> {
  for (const table of [...TABLES, 'positions']) await database.query(`DELETE FROM docstream.${table}`);
  const batches = [];
  for (let at = 0; at < records.length; at += batchSize) batches.push(records.slice(at, at + batchSize));
  await Promise.all(
    batches.map(async (batch, partition) => {
      const place = { topic: 'any-order', partition };
      const { epoch } = await sink.takeOver('g', place);
      const changes = await Promise.all(
        batch.map(async (record) => projectRecord(record, await decodeRecord(codec, record))),
      );
      await sink.apply('g', place, { epoch, from: null, to: 1n }, changes);
    }),
  );
  return readTables();
}

const steps = fc.array(
  fc.record({
    step: fc.constantFrom(...JOURNEY),
    document: fc.nat(1),
    run: fc.nat(1),
    timestampMs: fc.integer({ min: NOW, max: NOW + 3 }),
  }),
  { minLength: 4, maxLength: 16 },
);

describe('events in any order across topics', () => {
  it('give the same rows, in whatever batches and side by side', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.integer({ min: 1, max: 8 }),
        fc.infiniteStream(fc.nat()),
        async (all, size, dice) => {
          const records = await Promise.all(
            all.map(({ step, document, run, timestampMs }, index) =>
              journeyRecord(step, identityAt(document, run), {
                partition: document,
                offset: BigInt(index),
                timestampMs,
                variant: String(index),
              }),
            ),
          );
          const expected = await rowsAfter(records, records.length);
          const shuffled = records
            .map((record) => ({ record, at: dice.next().value }))
            .sort((one, other) => one.at - other.at)
            .map(({ record }) => record);
          expect(await rowsAfter(shuffled, size)).toBe(expected);
          expect(await rowsAfter([...shuffled, ...records], size)).toBe(expected);
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
  }, 60_000);
});
