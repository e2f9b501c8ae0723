import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runCli, type ExitCode } from '@docstream/cli';
import { loadConfig } from '@docstream/config';
import { TOPICS, documentIdOf } from '@docstream/contracts';
import { createTestDatabase, type TestDatabase } from '@docstream/testing';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { wirePorts } from './wiring.js';

jest.setTimeout(120_000);

let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docstream-cli-'));
  mkdirSync(join(folder, 'blobs'));
  database = await createTestDatabase();
  await cli('topics', 'apply');
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

function config() {
  const overrides = {
    DOCSTREAM_DATABASE_URL: database.url,
    DOCSTREAM_BLOB_STORE_URL: pathToFileURL(join(folder, 'blobs')).toString(),
  };
  return loadConfig(undefined, { app: 'cli', overrides });
}

async function cli(...args: readonly string[]): Promise<{ exitCode: ExitCode; out: string; err: string }> {
  let [out, err] = ['', ''];
  const exitCode = await runCli(args, {
    cwd: folder,
    isDebug: () => true,
    connect: async () => wirePorts(config()),
    streams: {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      hasColours: false,
      isInteractive: false,
    },
  });
  return { exitCode, out, err };
}

async function countIngested(): Promise<bigint> {
  const ports = wirePorts(config());
  try {
    const ranges = await ports.clusterAdmin().logRanges(TOPICS.ingest.name);
    return ranges.reduce((sum, { range }) => sum + range.end, 0n);
  } finally {
    await ports.close();
  }
}

describe('docstream', () => {
  it('applies topics, subjects and offsets; again, nothing changes', async () => {
    const { exitCode, out, err } = await cli('topics', 'apply', '--output', 'json');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    const applied: { kind: string; result: string }[] = JSON.parse(out);
    expect(new Set(applied.map(({ result }) => result))).toEqual(new Set(['unchanged']));
    expect(new Set(applied.map(({ kind }) => kind))).toEqual(new Set(['topic', 'subject', 'offsets']));
  });

  it('puts a changed topic right', async () => {
    const ports = wirePorts(config());
    await ports.clusterAdmin().alterTopicConfigs(TOPICS.control.name, { 'max.message.bytes': '2000000' });
    await ports.close();
    const { out } = await cli('topics', 'apply');
    expect(out).toMatch(/docstream\.control\.v1 +changed +max\.message\.bytes=1048576/);
  });

  it('migrates the database once', async () => {
    expect((await cli('database', 'migrate')).out).toContain('migrated to version');
    expect((await cli('database', 'migrate')).out).toContain('unchanged');
    expect(await cli('results')).toMatchObject({ exitCode: 0, out: '' });
  });

  it('produces a PDF, deposits its bytes and lists what is none', async () => {
    const bytes = Buffer.from(`%PDF-1.4 ${folder}`);
    writeFileSync(join(folder, 'good.pdf'), bytes);
    writeFileSync(join(folder, 'text.pdf'), 'no PDF');
    const before = await countIngested();
    const { exitCode, out } = await cli('produce', '.', '--output', 'json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          path: 'good.pdf',
          state: 'accepted',
          documentId: documentIdOf('default', bytes),
        }),
        expect.objectContaining({
          path: 'text.pdf',
          state: 'rejected',
          error: expect.objectContaining({ code: 'NOT_A_PDF' }),
        }),
      ]),
    );
    expect(await countIngested()).toBe(before + 1n);
    const blobs = readdirSync(join(folder, 'blobs'), { recursive: true, encoding: 'utf8' });
    expect(blobs.filter((name) => /[0-9a-f]{64}$/.test(name))).toHaveLength(1);
  });

  it('finds every part healthy or says what to do', async () => {
    const { out } = await cli('doctor', '--output', 'json');
    const findings: { part: string; status: string; remedy?: string }[] = JSON.parse(out);
    expect(findings.filter(({ status, part }) => status === 'fail' && part !== 'model')).toEqual([]);
    expect(findings.filter(({ status, remedy }) => status !== 'ok' && remedy === undefined)).toEqual([]);
  });
});
