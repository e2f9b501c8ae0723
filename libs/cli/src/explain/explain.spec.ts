import type { Classification, ParsedDocument } from '@docstream/contracts';
import type { DocumentView } from '@docstream/core';
import { identityOf, parsedText } from '@docstream/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliPorts } from '../ports.js';
import { runCaptured, type CapturedRun } from '../run-captured.js';
import type { Explained } from './document-explainer.js';

const { documentId } = identityOf('one');
const NOW: Classification = {
  type: 'invoice',
  confidence: 0.9,
  margin: 0.8,
  runnerUp: 'receipt',
  model: 'm@1',
  head: 'h@2',
};
const EXPLAINED: Explained = {
  classification: NOW,
  hasEnoughText: true,
  language: { isForeign: false, because: 'words', strongest: 'en', ownShare: 0.3, foreignShare: 0.01 },
  threshold: 0.6,
  ranked: [
    { type: 'invoice', probability: 0.9 },
    { type: 'receipt', probability: 0.1 },
  ],
  between: { likeliest: 'invoice', rival: 'receipt' },
  contributions: [
    { kind: 'phrases', name: 'heading:invoice', weight: 1.5, found: ['bill to'] },
    { kind: 'word', name: '^cash', weight: -0.25 },
  ],
  chunks: [{ beginning: 'Invoice \u001b[2J number', weight: 0.75 }],
  bias: 0.1,
  rest: 0.1,
  languages: ['en'],
};
const VIEW = {
  documentId,
  fileName: 'a.pdf',
  state: 'stored',
  sha256: 'ab'.repeat(32),
  bytes: 5,
  mediaType: 'application/pdf',
  erasedAt: null,
  classification: NOW,
} as unknown as DocumentView;
let folder: string;

async function explain(
  args: readonly string[],
  { view = VIEW, explained = EXPLAINED }: { view?: DocumentView; explained?: typeof EXPLAINED } = {},
): Promise<CapturedRun> {
  const ports = {
    uploadLimitBytes: 100,
    documents: () => ({
      find: async (_: string, id: string) => (documentId.startsWith(id) ? view : null),
    }),
    blobStore: () => ({ redeem: async () => new TextEncoder().encode('bytes') }),
    localParser: () => ({ parse: async (): Promise<ParsedDocument> => parsedText('text') }),
    documentExplainer: () => ({ explain: async () => explained }),
    close: async () => undefined,
  } as unknown as CliPorts;
  return runCaptured(['explain', ...args], ports, folder);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docstream-explain-'));
  writeFileSync(join(folder, 'a.pdf'), 'bytes');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('docstream explain', () => {
  it('explains a file: type, runner-up, threshold, language, reasons and text', async () => {
    const { exitCode, out, err } = await explain(['a.pdf']);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toMatch(/^likeliest +invoice 90 %$/m);
    expect(out).toMatch(/^then +receipt 10 %$/m);
    expect(out).toMatch(/^threshold +60 %; margin 80 %$/m);
    expect(out).toMatch(/^language +known by its words: 30 %/m);
    expect(out).toMatch(/^\+1\.50 +phrases +usual in invoice \(heading\): bill to$/m);
    expect(out).toMatch(/^−0\.25 +word +cash \(heading\)$/m);
    expect(out).toContain('together with the text below +2.20');
    expect(out).not.toContain('\u001b');
  });

  it('says the same as JSON', async () => {
    const { out } = await explain(['a.pdf', '--output', 'json']);
    expect(JSON.parse(out)).toMatchObject({ classification: NOW, earlier: null, threshold: 0.6 });
  });

  it('explains a stored document by the beginning of its id, silently where nothing has changed', async () => {
    const { exitCode, out, err } = await explain([documentId.slice(0, 8)]);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toContain(`${documentId} a.pdf`);
  });

  it('says when the stored decision was made by another head', async () => {
    const before = { ...NOW, head: 'h@1', type: 'letter' };
    const { err } = await explain([documentId], { view: { ...VIEW, classification: before } });
    expect(err).toBe(
      'When it passed it was called letter (0.90) by head h@1, not by those explained here.\n',
    );
  });

  it.each([
    ['nothing.pdf', 'there is no such file'],
    ['abcdefgh', 'no such document of tenant default'],
  ])('ends with 1 for %s', async (name, reason) => {
    const { exitCode, err } = await explain([name]);
    expect(exitCode).toBe(1);
    expect(err).toContain(reason);
  });

  it('ends with 1 where the bytes were erased', async () => {
    const { exitCode, err } = await explain([documentId], { view: { ...VIEW, erasedAt: '2026-01-01' } });
    expect(exitCode).toBe(1);
    expect(err).toContain('not kept');
  });

  it.each([
    [{ hasEnoughText: false }, 'too little text'],
    [
      { language: { ...EXPLAINED.language, isForeign: true } },
      'a language that the classifier does not know',
    ],
    [{ ranked: [{ type: 'unknown', probability: 1 }] }, 'none of the types'],
    [{}, 'below the threshold'],
  ])('says why the type is unknown: %j', async (change, reason) => {
    const classification = { ...NOW, type: 'unknown' };
    const { out } = await explain(['a.pdf'], { explained: { ...EXPLAINED, ...change, classification } });
    expect(/^type .*$/m.exec(out)?.[0]).toContain(reason);
  });
});
