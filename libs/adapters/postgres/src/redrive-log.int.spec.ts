import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '@docstream/testing';
import { createDatabase, type Database } from './database.js';
import { createRedriveLog } from './redrive-log.js';

const LETTER = 'docstream.parser.dead-letter.v1/0/0';

let home: TestDatabase;
let database: Database;

beforeEach(async () => {
  home = await createTestDatabase();
  const url = new URL(home.url);
  url.searchParams.set('idle_in_transaction_session_timeout', '50');
  database = createDatabase(url.toString());
});

afterEach(async () => {
  await database.close();
  await home.drop();
});

describe('createRedriveLog', () => {
  it('keeps a dead letter to itself for longer than the server lets a transaction be idle', async () => {
    const log = createRedriveLog(database);
    const whileHeld = await log.exclusively(LETTER, async () => {
      await database.query('SELECT pg_sleep(0.5)');
      return { other: await log.exclusively(LETTER, async () => 'worked on twice') };
    });
    expect(whileHeld).toEqual({ other: null });
    expect(await log.exclusively(LETTER, async () => 'free')).toBe('free');
  });
});
