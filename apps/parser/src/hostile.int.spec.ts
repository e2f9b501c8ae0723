import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { loadConfig } from '@docstream/config';
import { documentText, type ErrorCode, type ParsedDocument, type Quality } from '@docstream/contracts';
import { classifyError, type StageContext } from '@docstream/core';
import { CORPUS, HOSTILE_PDFS, describeWithCorpus } from '@docstream/testing';
import { createWorkerPool, type ReadyWorkerPool } from '@docstream/worker-pool';
import { parserPool } from './pool.js';
import type { ParseInput } from './worker.js';

interface Expected {
  /** Instead of being read. */
  readonly code?: ErrorCode;
  readonly quality?: Quality;
  readonly text?: string;
}

const encrypted: Expected = { code: 'PDF_ENCRYPTED' };
const malformed: Expected = { code: 'PDF_MALFORMED' };
const truncated: Expected = { code: 'PDF_TRUNCATED' };
const noPdf: Expected = { code: 'NOT_A_PDF' };
const invoice: Expected = { quality: 'complete', text: 'HX-2024-017' };

/** What the manifest of the corpus asks for, in our codes. */
const EXPECTED: Readonly<Record<string, Expected>> = {
  'active-openaction-js': invoice,
  'blank-10-pages-mindee': { quality: 'empty' },
  'bomb-flate-300mib-content': { code: 'PDF_TOO_LARGE' },
  'broken-artur-corrupted': malformed,
  'enc-artur': encrypted,
  'enc-hexapdf-owner-only-rc4-40': { quality: 'complete', text: 'Hello' },
  'enc-not-really': { quality: 'complete', text: 'test' },
  'enc-paperless-password-is-test': encrypted,
  'enc-pdfminer-aes128': encrypted,
  'enc-pypdf-libreoffice': encrypted,
  'enc-unstructured-password': encrypted,
  'encrypted-aes128-unknown-password': encrypted,
  'facturx-billion-laughs': invoice,
  'form-xobject-self-recursion': {},
  'fuzz-redhat-1531897': malformed,
  'injection-visible-note': invoice,
  'invalid-structure-pdfminer-gao': { quality: 'complete', text: 'GAO' },
  'junk-prefix-1024-yob': { quality: 'complete', text: 'junk' },
  'mediabox-zero': invoice,
  'metadata-injection': invoice,
  'mindee-broken-fixable': { quality: 'image-only' },
  'mz-prefix-polyglot': invoice,
  'no-trailer-keyword-formatcorpus': malformed,
  'nul-bytes-64k': noPdf,
  'pages-count-negative': { quality: 'complete' },
  'pages-kids-recursive-formatcorpus': malformed,
  'pages-zero': { code: 'PDF_NO_PAGES' },
  'plain-text': noPdf,
  'png-renamed': noPdf,
  'scan-scotus-2p': { quality: 'image-only' },
  'scan-w9-photo': { quality: 'image-only' },
  'stackoverflow-pdfpig': noPdf,
  'string-20mb-single': { code: 'PARSE_OUT_OF_MEMORY' },
  'text-outside-page': invoice,
  'timeout-fseprd1102849': { quality: 'complete' },
  'trailer-root-not-dict-yob': malformed,
  'truncated-10-bitcoin': truncated,
  'truncated-90-tos': truncated,
  'waytoosmall-mustang': noPdf,
  'xfa-please-wait-or': malformed,
  'xref-loop-pdfpig': malformed,
  'zero-byte': noPdf,
};

const HOSTILE = new URL('hostile/', CORPUS);
// Built: a worker process runs what is shipped.
const MODULE = new URL('../dist/worker.js', import.meta.url);
const MEBIBYTE = 1_048_576;

jest.setTimeout(300_000);

type Pool = ReadyWorkerPool<ParseInput, ParsedDocument>;

function openPool(variables: Readonly<Record<string, string>> = {}): Pool {
  const config = loadConfig(variables);
  return createWorkerPool<ParseInput, ParsedDocument>({
    ...parserPool(config),
    function: { module: MODULE, export: 'parsePdf' },
    size: 1,
  });
}

type End = { readonly document: ParsedDocument } | { readonly code: string; readonly failureClass: string };

async function parse(pool: Pool, bytes: Uint8Array): Promise<End> {
  const { parser } = loadConfig({});
  const context: StageContext = { documentId: 'd', run: 'r', attempt: 1, deadlineMs: parser.timeoutMs };
  const input = { bytes, limits: { maxPages: parser.maxPages, maxCharacters: 50_000_000 } };
  return await pool.run(input, context).then(
    ({ value }) => ({ document: value }),
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
    pool = openPool({ DOCSTREAM_PARSER_TIMEOUT_MS: '15000', DOCSTREAM_PARSER_CPU_MS: '8000' });
    await pool.ready();
  });
  afterAll(() => pool.close());

  it.each(HOSTILE_PDFS)('$name: is read or ends with its code', async ({ make, text, codes }) => {
    const end = await parse(pool, make());
    if ('document' in end && text !== undefined) expect(documentText(end.document)).toContain(text);
    else expect(codes).toContain('document' in end ? 'read' : end.code);
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
  const names = readdirSync(HOSTILE).map((name) => name.replace(/\.pdf$/, ''));
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
    expect(names.sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it.each(names)('%s ends as it should', async (name) => {
    const { code, quality, text } = EXPECTED[name] ?? {};
    const end = await parse(pool, new Uint8Array(readFileSync(new URL(`${name}.pdf`, HOSTILE))));
    for (const pid of pool.pids()) pids.add(pid);
    if (code !== undefined) {
      expect(end).toEqual({ code, failureClass: 'poison' });
    } else {
      const document = 'document' in end ? end.document : undefined;
      expect(document?.pages.length).toBeGreaterThan(0);
      if (quality !== undefined) expect(document?.quality).toBe(quality);
      if (text !== undefined && document !== undefined) expect(documentText(document)).toContain(text);
    }
  });

  it('costs children and not the service: it is as large as before', () => {
    expect(pids.size).toBeGreaterThan(1);
    expect((process.memoryUsage.rss() - baselineBytes) / MEBIBYTE).toBeLessThan(50);
  });
});
