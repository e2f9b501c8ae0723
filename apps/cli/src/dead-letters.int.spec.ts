import { runCli, type ExitCode } from '@docstream/cli';
import { loadConfig } from '@docstream/config';
import { HEADERS, TOPICS, readHeader, textHeader } from '@docstream/contracts';
import { PoisonError, classifyError, deadLetterHeaders } from '@docstream/core';
import { createTestDatabase, identityOf, type TestDatabase } from '@docstream/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { wirePorts } from './wiring.js';

jest.setTimeout(120_000);

// Topics are shared: each spec looks at a document of its own.
const identity = identityOf(randomUUID());
const failure = classifyError(new PoisonError('NOT_A_PDF', 'there is no %PDF-'));
let folder: string;
let database: TestDatabase;
let where: string;

function ports() {
  const overrides = {
    DOCSTREAM_DATABASE_URL: database.url,
    DOCSTREAM_BLOB_STORE_URL: pathToFileURL(folder).toString(),
  };
  return wirePorts(loadConfig(undefined, { app: 'cli', overrides }));
}

async function cli(...args: readonly string[]): Promise<{ exitCode: ExitCode; out: string; err: string }> {
  let [out, err] = ['', ''];
  const exitCode = await runCli(args, {
    cwd: folder,
    isDebug: () => true,
    connect: async () => ports(),
    streams: {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      hasColours: false,
      isInteractive: false,
    },
  });
  return { exitCode, out, err };
}

const mine = ['--stage', 'parser', '--document', identity.documentId] as const;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docstream-letters-'));
  database = await createTestDatabase();
  await cli('topics', 'apply');
  const opened = ports();
  try {
    await opened.database().migrate();
    const origin = { topic: TOPICS.ingest.name, partition: 0, offset: 3n, timestampMs: 1_700_000_000_000 };
    const record = { ...origin, key: null, value: null, headers: [] };
    const [sent] = await opened.producer().produce([
      {
        topic: TOPICS.parserDeadLetter.name,
        key: null,
        value: Buffer.from('no PDF'),
        headers: [
          textHeader(HEADERS.documentId, identity.documentId),
          textHeader(HEADERS.run, identity.run),
          textHeader(HEADERS.tenant, 'default'),
          ...deadLetterHeaders(record, { group: 'docstream.parser.v1', failure, attempts: 1 }),
        ],
      },
    ]);
    where = `parser/${sent?.partition}/${sent?.offset}`;
  } finally {
    await opened.close();
  }
});

afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

async function auditRows(): Promise<readonly { readonly facts: Record<string, string> }[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ facts: Record<string, string> }>(
      "SELECT facts FROM docstream.audit WHERE kind = 'redrive'",
    );
    return rows;
  } finally {
    await client.end();
  }
}

describe('docstream dead-letters', () => {
  it('lists, shows, plans, redrives once, and refuses a second time', async () => {
    const listed = await cli('dead-letters', 'list', ...mine);
    expect(listed).toMatchObject({ exitCode: 0 });
    expect(listed.out).toContain(identity.documentId);

    const shown = await cli('dead-letters', 'show', where, '--bytes', 'value.bin');
    expect(shown.out).toContain('kafka_dlt-original-offset: 3');
    expect(shown.out).toContain('remedy');
    expect(readFileSync(join(folder, 'value.bin'), 'utf8')).toBe('no PDF');

    const plan = await cli('dead-letters', 'redrive', ...mine);
    expect(plan.out).toContain(TOPICS.ingest.name);
    expect(plan.err).toContain('1 would be redriven');
    expect(await auditRows()).toEqual([]);

    const done = await cli('dead-letters', 'redrive', ...mine, '--execute', '--output', 'json');
    expect(done.exitCode).toBe(0);
    const { outcomes } = JSON.parse(done.out) as {
      outcomes: { result: string; run: string; to: { topic: string; partition: number; offset: string } }[];
    };
    expect(outcomes).toMatchObject([{ result: 'sent', to: { topic: TOPICS.ingest.name, partition: 0 } }]);
    const to = outcomes[0]?.to;
    expect(await auditRows()).toMatchObject([
      { facts: { state: 'sent', run: outcomes[0]?.run, to: `${to?.topic}/${to?.partition}/${to?.offset}` } },
    ]);

    const opened = ports();
    try {
      const offset = BigInt(to?.offset ?? 0);
      const range = { start: offset, end: offset + 1n };
      const at = { topic: TOPICS.ingest.name, partition: 0 };
      const found: (readonly [string, string | undefined])[] = [];
      for await (const { value, headers } of opened.recordReader().read(at, range)) {
        found.push([Buffer.from(value ?? []).toString(), readHeader(headers, HEADERS.run)]);
      }
      expect(found).toEqual([['no PDF', outcomes[0]?.run]]);
    } finally {
      await opened.close();
    }
    expect(outcomes[0]?.run === identity.run).toBe(false);

    const second = await cli('dead-letters', 'redrive', where, '--execute');
    expect(second.exitCode).toBe(1);
    expect(second.out).toContain('redriven already');
    expect(await auditRows()).toHaveLength(1);
  });
});
