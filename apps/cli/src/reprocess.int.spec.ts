import { createDatabase } from '@docstream/adapter-postgres';
import { runCli, type ExitCode } from '@docstream/cli';
import { loadConfig } from '@docstream/config';
import { HEADERS, TOPICS, groupOf, readHeader } from '@docstream/contracts';
import { decodeOffsetMetadata, type CommittedPosition } from '@docstream/core';
import { createTestDatabase, identityOf, recordOf, type TestDatabase } from '@docstream/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { wirePorts } from './wiring.js';

jest.setTimeout(120_000);

// The group is everybody's: nobody runs the extractor here, and its position is put back at the end.
const GROUP = groupOf('extractor');
const AT = { topic: TOPICS.classified.name, partition: 0 };
const identity = identityOf(randomUUID());

let folder: string;
let database: TestDatabase;
let before: CommittedPosition;
let end: bigint;

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

async function withPorts<T>(work: (opened: ReturnType<typeof ports>) => Promise<T>): Promise<T> {
  const opened = ports();
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

const committed = (): Promise<CommittedPosition> =>
  withPorts(async (opened) => {
    const found = await opened.clusterAdmin().committedPositions(GROUP, [AT.topic]);
    const { offset, metadata } = found.find(({ partition }) => partition === 0) ?? {
      offset: 0n,
      metadata: '',
    };
    return { offset, metadata };
  });

const commit = (position: CommittedPosition): Promise<boolean> =>
  withPorts((opened) =>
    opened.clusterAdmin().movePosition(GROUP, AT, async () => ({ position, records: [] })),
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docstream-reprocess-'));
  database = await createTestDatabase();
  await cli('topics', 'apply');
  await cli('database', 'migrate');
  before = await committed();
  const record = { ...recordOf(TOPICS.classified, identity, Buffer.from('x')), partition: 0 };
  const sent = await withPorts((opened) => opened.producer().produce([record]));
  end = (sent[0]?.offset ?? 0n) + 1n;
  await commit({ offset: end, metadata: 'v1' });
});

afterAll(async () => {
  await commit(before);
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** What the store would have written of the record. */
async function timeline(): Promise<void> {
  const rows = createDatabase(database.url);
  try {
    await rows.query(
      `INSERT INTO docstream.timeline (topic, partition, "offset", document_id, run, tenant, event, at)
       VALUES ($1, 0, $2, $3, $4, $5, 'classified', now())`,
      [AT.topic, String(end - 1n), identity.documentId, identity.run, identity.tenant],
    );
  } finally {
    await rows.close();
  }
}

const extractor = ['reprocess', '--stage', 'extractor', '--partition', '0'] as const;

describe('docstream reprocess on the real cluster', () => {
  it('plans, moves, says so in Kafka and PostgreSQL, and takes it back', async () => {
    const target = ['--to-offset', String(end - 1n)] as const;
    const plan = await cli(...extractor, ...target, '--output', 'json');
    expect(JSON.parse(plan.out)).toMatchObject({ planned: [{ to: String(end - 1n), direction: 'back' }] });
    expect((await committed()).offset).toBe(end);

    const moved = await cli(...extractor, ...target, '--execute', '--output', 'json');
    expect({ exitCode: moved.exitCode, err: moved.err }).toEqual({ exitCode: 0, err: '' });
    const { auditId } = JSON.parse(moved.out) as { auditId: string };
    const position = await committed();
    expect(position.offset).toBe(end - 1n);
    expect(decodeOffsetMetadata(position.offset, position.metadata).reset).toMatchObject({
      auditId,
      below: end,
    });

    const again = await cli('reprocess', '--continue', auditId, '--output', 'json');
    expect(JSON.parse(again.out)).toMatchObject({ outcomes: [{ result: 'found' }] });
    expect(await committed()).toEqual(position);

    expect((await cli('reprocess', '--undo', auditId, '--execute')).exitCode).toBe(0);
    expect(await committed()).toEqual({ offset: end, metadata: 'v1' });
  });

  it('goes by time, to the first record since then', async () => {
    const { exitCode, out } = await cli(...extractor, '--by-duration', 'PT1H', '--output', 'json');
    expect(exitCode).toBe(0);
    const [move] = (JSON.parse(out) as { planned: { to: string }[] }).planned;
    expect(BigInt(move?.to ?? '-1')).toBeLessThan(end);
  });

  it('refuses a document that nobody knows', async () => {
    const refused = await cli('reprocess', '--document', identity.documentId, '--execute');
    expect(refused).toMatchObject({ exitCode: 1, err: expect.stringContaining('no such document') });
  });

  it('sends one document to a stage again, as a new run', async () => {
    await withPorts(async (opened) => {
      await opened.documents().accept({
        ...identity,
        fileName: null,
        mediaType: 'application/pdf',
        sha256: 'ab'.repeat(32),
        bytes: 1,
        submissionSource: 'spec',
        submissionId: identity.documentId,
        acceptedAtMs: Date.now(),
        reprocess: false,
      });
    });
    const refused = await cli(
      'reprocess',
      '--document',
      identity.documentId,
      '--stage',
      'extractor',
      '--execute',
    );
    expect(refused).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('never came to the extractor'),
    });
    const bytesGone = await cli('reprocess', '--document', identity.documentId, '--execute');
    expect(bytesGone).toMatchObject({ exitCode: 1, err: expect.stringContaining('so are its bytes') });
    await timeline();
    const sent = await cli(
      'reprocess',
      '--document',
      identity.documentId,
      '--stage',
      'extractor',
      '--execute',
      '--output',
      'json',
    );
    expect({ exitCode: sent.exitCode, err: sent.err }).toEqual({ exitCode: 0, err: '' });
    const { run, to } = JSON.parse(sent.out) as { run: string; to: string };
    const [topic = '', partition, offset] = to.split('/');
    await withPorts(async (opened) => {
      const start = BigInt(offset ?? '0');
      const range = { start, end: start + 1n };
      for await (const record of opened.recordReader().read({ topic, partition: Number(partition) }, range)) {
        expect(readHeader(record.headers, HEADERS.run)).toBe(run);
        expect(readHeader(record.headers, HEADERS.documentId)).toBe(identity.documentId);
        expect(Buffer.from(record.value ?? []).toString()).toBe('x');
      }
    });
    expect(topic).toBe(AT.topic);
  });
});
