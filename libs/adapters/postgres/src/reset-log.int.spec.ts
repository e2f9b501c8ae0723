import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OwnershipLostError, type ResetEntry, type ResetLog } from '@docstream/core';
import { createTestDatabase, type TestDatabase } from '@docstream/testing';
import { createDatabase, type Database } from './database.js';
import { migrateDatabase } from './migrations.js';
import { createResetLog } from './reset-log.js';
import { createSinkDatabase } from './sink-database.js';

const GROUP = 'docstream.store.v1';
const AT = { topic: 'docstream.parsed.v1', partition: 0 };
const OTHER = { ...AT, partition: 1 };

let home: TestDatabase;
let database: Database;
let log: ResetLog;

beforeAll(async () => {
  home = await createTestDatabase();
  await migrateDatabase(home.url);
  database = createDatabase(home.url);
  log = createResetLog(database);
});

afterAll(async () => {
  await database.close();
  await home.drop();
});

function entryOf(auditId: string, to: bigint, from = 100n): ResetEntry {
  const step = { from: { offset: from, metadata: 'v1;d=3' }, to, state: 'planned' as const };
  const steps = [AT, OTHER].map((where) => ({ ...where, ...step }));
  return { auditId, timeMs: 1_800_000_000_000, group: GROUP, steps, reason: 'a typo', undoes: null };
}

async function storeUpTo(to: bigint): Promise<{ readonly epoch: bigint; readonly to: bigint }> {
  const sink = createSinkDatabase(database);
  const { epoch, nextOffset } = await sink.takeOver(GROUP, AT);
  await sink.apply(GROUP, AT, { epoch, from: nextOffset, to }, []);
  return { epoch, to };
}

describe('the log of resets', () => {
  it('reads back what was begun, with the partitions that are done and where they had been', async () => {
    const entry = entryOf('first', 7n);
    await log.begin(entry);
    expect(await log.find('first')).toEqual(entry);
    await log.markDone('first', OTHER, { offset: 120n, metadata: 'v1' });
    expect((await log.find('first'))?.steps).toEqual([
      entry.steps[0],
      { ...OTHER, from: { offset: 120n, metadata: 'v1' }, to: 7n, state: 'done' },
    ]);
    expect(await log.find('another')).toBeNull();
  });

  it('lets one at a time carry a reset out, and keeps what was done when the lock is lost', async () => {
    const whileHeld = await log.exclusively('locked', async () => ({
      same: await log.exclusively('locked', async () => 'twice'),
      another: await log.exclusively('another', async () => 'beside it'),
    }));
    expect(whileHeld).toEqual({ same: null, another: 'beside it' });
    const kill = `SELECT pg_terminate_backend(pid) FROM pg_locks
      WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    expect(
      await log.exclusively('locked', async () => {
        await database.query(kill);
        return 'done';
      }),
    ).toBe('done');
    const failing = log.exclusively('third', () => Promise.reject(new OwnershipLostError('fenced')));
    await expect(failing).rejects.toThrow(OwnershipLostError);
  });

  it('counts documents by the timeline, each once', async () => {
    const insert = `INSERT INTO docstream.timeline (topic, partition, "offset", document_id, run, tenant, event, at)
      VALUES ($1, 0, $2, $3, 'r', 'default', 'parsed', now())`;
    for (const [offset, document] of [
      [3, 'a'],
      [4, 'a'],
      [5, 'b'],
      [6, 'c'],
    ] as const)
      await database.query(insert, [AT.topic, offset, document]);
    expect(await log.countDocuments(AT, 3n, 6n)).toBe(2);
    expect(await log.countDocuments(OTHER, 3n, 6n)).toBe(0);
  });

  it('moves the store once, from where it was, and its owner loses', async () => {
    const owner = await storeUpTo(100n);
    const entry = entryOf('store', 20n, 90n);
    await log.begin(entry);
    const step = entry.steps[0];
    if (step === undefined) throw new Error('it has steps');
    expect(await log.moveStore('store', GROUP, step)).toBe('moved');
    expect(await log.storePositions(GROUP)).toEqual([{ ...AT, next: 20n }]);
    expect((await log.find('store'))?.steps[0]).toEqual({
      ...step,
      from: { offset: 100n, metadata: '' },
      state: 'done',
    });
    const late = createSinkDatabase(database).apply(
      GROUP,
      AT,
      { epoch: owner.epoch, from: 100n, to: 101n },
      [],
    );
    await expect(late).rejects.toThrow(OwnershipLostError);
    expect(await log.moveStore('store', GROUP, step)).toBe('there');
    expect(await log.storePositions(GROUP)).toEqual([{ ...AT, next: 20n }]);
  });
});
