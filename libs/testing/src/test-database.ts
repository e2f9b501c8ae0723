import pg from 'pg';
import { randomBytes } from 'node:crypto';

export interface TestDatabase {
  readonly url: string;
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>;
}

/** An empty database of its own inside the server of DOCSTREAM_DATABASE_URL. */
export async function createTestDatabase(
  serverUrl = process.env['DOCSTREAM_DATABASE_URL'],
): Promise<TestDatabase> {
  if (serverUrl === undefined)
    throw new Error('DOCSTREAM_DATABASE_URL is not set: run this suite through `npm test`');
  const name = `spec_${randomBytes(8).toString('hex')}`;
  const ask = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await ask(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.toString(), drop: () => ask(`DROP DATABASE ${name} WITH (FORCE)`) };
}
