import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { classifyError } from '@docstream/core';
import { createTestDatabase, type TestDatabase } from '@docstream/testing';
import { createDatabase, type Database } from './database.js';
import { createDocumentRepository } from './document-repository.js';
import {
  checkSchemaVersion,
  migrateDatabase,
  readSchemaVersion,
  requiredSchemaVersion,
} from './migrations.js';

let home: TestDatabase;
let database: Database;

beforeEach(async () => {
  home = await createTestDatabase();
  database = createDatabase(home.url);
});

afterEach(async () => {
  await database.close();
  await home.drop();
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'no error';
  } catch (error) {
    return classifyError(error).code;
  }
}

describe('migrations', () => {
  it('are asked for where there are no tables', async () => {
    expect(await readSchemaVersion(database)).toBe(0);
    expect(await codeOf(checkSchemaVersion(database))).toBe('DATABASE_NOT_MIGRATED');
    expect(await codeOf(createDocumentRepository(database).list({ tenant: 'default', limit: 1 }))).toBe(
      'DATABASE_NOT_MIGRATED',
    );
  });

  it('bring the version that the statements need, once', async () => {
    expect(await migrateDatabase(home.url)).toEqual(['0001_documents', '0002_gaps']);
    expect(await migrateDatabase(home.url)).toEqual([]);
    expect(await readSchemaVersion(database)).toBe(requiredSchemaVersion);
    expect(await codeOf(checkSchemaVersion(home.url))).toBe('no error');
  });

  it('run once when several begin them at the same time', async () => {
    const applied = await Promise.all([1, 2, 3].map(() => migrateDatabase(home.url)));
    expect(applied.flat()).toEqual(['0001_documents', '0002_gaps']);
  });

  it('fail as fatal when the database does not exist', async () => {
    const url = new URL(home.url);
    url.pathname = '/not_there';
    expect(await codeOf(migrateDatabase(url.toString()))).toBe('CONFIGURATION_INVALID');
  });

  it('fail as transient when the server does not answer', async () => {
    expect(await codeOf(migrateDatabase('postgresql://nobody@127.0.0.1:1/none'))).toBe(
      'DATABASE_UNAVAILABLE',
    );
  });
});
