import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { loadConfig } from '@docstream/config';
import { documentText, type ParsedDocument } from '@docstream/contracts';
import { classifyError, unpackParsed, type PackedDocument, type StageContext } from '@docstream/core';
import { CORPUS, HOSTILE_CORPUS, HOSTILE_PDFS, describeWithCorpus } from '@docstream/testing';
import { createWorkerPool, type ReadyWorkerPool } from '@docstream/worker-pool';
import { parserPool, toParseInput } from './pool.js';
import type { ParseInput } from './worker.js';

const HOSTILE = new URL('hostile/', CORPUS);
// Built: a worker process runs what is shipped.
const MODULE = new URL('../dist/worker.js', import.meta.url);
const MEBIBYTE = 1_048_576;

jest.setTimeout(300_000);

type Pool = ReadyWorkerPool<ParseInput, PackedDocument>;

function openPool(variables: Readonly<Record<string, string>> = {}): Pool {
  const config = loadConfig(variables);
  return createWorkerPool<ParseInput, PackedDocument>({
    ...parserPool(config),
    function: { module: MODULE, export: 'parsePdf' },
    size: 1,
  });
}

type End = { readonly document: ParsedDocument } | { readonly code: string; readonly failureClass: string };

async function parse(pool: Pool, bytes: Uint8Array): Promise<End> {
  const config = loadConfig({});
  const deadlineMs = config.parser.timeoutMs;
  const context: StageContext = { documentId: 'd', run: 'r', attempt: 1, deadlineMs };
  return await pool.run(toParseInput(config, bytes), context).then(
    async ({ value }) => ({ document: await unpackParsed(value.parsed) }),
    (thrown: unknown) => {
      const { code, failureClass } = classifyError(thrown);
      return { code, failureClass };
    },
  );
}

describe('attacks on the parser', () => {
  let pool: Pool;
  beforeAll(async () => {
    // A time that a test can wait for; what it is does not matter to what happens when it is over.
    pool = openPool({ DOCSTREAM_PARSER_TIMEOUT_MS: '15000', DOCSTREAM_PARSER_CPU_MS: '5000' });
    await pool.ready();
  });
  afterAll(() => pool.close());

  it.each(HOSTILE_PDFS)('$name: is read or ends with its code', async ({ make, text, quality, codes }) => {
    const end = await parse(pool, make());
    if (!('document' in end) || text === undefined) {
      expect(codes).toContain('document' in end ? 'read' : end.code);
      return;
    }
    expect(documentText(end.document)).toContain(text);
    expect(end.document.quality).toBe(quality ?? 'complete');
  });

  it('are judged by a text that is there', () => {
    expect(HOSTILE_PDFS.map(({ text }) => text)).not.toContain('');
    expect(HOSTILE_PDFS.filter(({ text, codes }) => text === undefined && codes.length === 0)).toEqual([]);
  });

  it('leave nothing of their own names behind, and a parser that works', async () => {
    const good = HOSTILE_PDFS.find(({ name }) => name === 'an attachment with a name that leads elsewhere');
    expect(await parse(pool, good?.make() ?? new Uint8Array())).toHaveProperty(
      'document.quality',
      'complete',
    );
    expect(existsSync('/tmp/docstream-pwned.xml')).toBe(false);
  });
});

describeWithCorpus('hostile set of the corpus', () => {
  let pool: Pool;
  let baselineBytes = 0;
  const pids = new Set<number>();

  beforeAll(async () => {
    pool = openPool();
    await pool.ready();
    await parse(pool, HOSTILE_PDFS[2]?.make() ?? new Uint8Array());
    baselineBytes = process.memoryUsage.rss();
  });
  afterAll(() => pool.close());

  it('is judged whole', () => {
    const names = readdirSync(HOSTILE).map((name) => name.replace(/\.pdf$/, ''));
    expect(names.sort()).toEqual(Object.keys(HOSTILE_CORPUS).sort());
  });

  it.each(Object.keys(HOSTILE_CORPUS))('%s ends as it should', async (name) => {
    const wanted = HOSTILE_CORPUS[name] ?? { codes: [] };
    const end = await parse(pool, new Uint8Array(readFileSync(new URL(`${name}.pdf`, HOSTILE))));
    for (const pid of pool.pids()) pids.add(pid);
    if ('codes' in wanted) {
      expect(end).toHaveProperty('failureClass', 'poison');
      expect(wanted.codes).toContain('code' in end ? end.code : 'read');
      return;
    }
    expect(end).toHaveProperty('document.quality', wanted.quality);
    const text = 'document' in end ? documentText(end.document) : '';
    if (wanted.text === undefined) expect(text.trim() === '').toBe(wanted.quality !== 'complete');
    else expect(text).toContain(wanted.text);
  });

  it('costs children and not the service: it is as large as before', () => {
    expect(pids.size).toBeGreaterThan(1);
    expect((process.memoryUsage.rss() - baselineBytes) / MEBIBYTE).toBeLessThan(50);
  });
});
