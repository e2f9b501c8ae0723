import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { classifyError } from '@docstream/core';
import { CORPUS, buildPdf, describePdfParser, describeWithCorpus, readPdf } from '@docstream/testing';
import { createPdfjsParser } from './pdfjs-parser.js';

const HOSTILE = new URL('hostile/', CORPUS);
const LIMITS = { maxPages: 100, maxCharacters: 1_000_000 };

describePdfParser('pdfjs', createPdfjsParser, {
  images: true,
  offsets: true,
  rules: true,
  fields: true,
  fieldDetails: true,
  links: true,
  outline: true,
  attachments: true,
});

describe('pdfjs parser', () => {
  it('says that a document without pages has none', async () => {
    const failure = await createPdfjsParser().open(buildPdf([]), LIMITS).catch(classifyError);
    expect(failure).toMatchObject({ failureClass: 'poison', code: 'PDF_NO_PAGES' });
  });

  it('counts the pages itself when the count is negative', async () => {
    const page = { texts: [{ x: 72, y: 700, size: 10, text: 'fine' }] };
    const text = Buffer.from(buildPdf([page, page])).toString('latin1');
    const raw = await readPdf(
      createPdfjsParser(),
      Buffer.from(text.replace('/Count 2', '/Count -7')),
      LIMITS,
    );
    expect(raw.pages.map(({ number }) => number)).toEqual([1, 2]);
  });

  it('reads the other pages when one is damaged', async () => {
    const page = { texts: [{ x: 72, y: 700, size: 10, text: 'fine' }] };
    const text = Buffer.from(buildPdf([page, page])).toString('latin1');
    // Same length, so that the cross-reference table stays right: the second page is a number now.
    const at = text.lastIndexOf('<< /Type /Page /Parent');
    const damaged = Buffer.from(`${text.slice(0, at)}99${text.slice(at + 2)}`, 'latin1');
    const raw = await readPdf(createPdfjsParser(), damaged, LIMITS);
    expect(raw.pages.map((each) => each.problem ?? each.runs.map((run) => run.text).join(''))).toEqual([
      'fine',
      expect.stringContaining('could not be read'),
    ]);
  });
});

describeWithCorpus('pdfjs parser on the corpus', () => {
  const parse = (name: string) =>
    readPdf(createPdfjsParser(), new Uint8Array(readFileSync(new URL(`${name}.pdf`, HOSTILE))), LIMITS);

  it.each([
    ['enc-paperless-password-is-test', 'PDF_ENCRYPTED'],
    ['encrypted-aes128-unknown-password', 'PDF_ENCRYPTED'],
    ['broken-artur-corrupted', 'PDF_MALFORMED'],
    ['truncated-90-tos', 'PDF_TRUNCATED'],
    ['pages-zero', 'PDF_NO_PAGES'],
    ['xfa-please-wait-or', 'PDF_MALFORMED'],
    ['png-renamed', 'NOT_A_PDF'],
    ['zero-byte', 'NOT_A_PDF'],
  ])('ends %s with %s', async (name, code) => {
    expect(await parse(name).catch(classifyError)).toMatchObject({ failureClass: 'poison', code });
  });

  it.each([
    ['enc-hexapdf-owner-only-rc4-40', 'Hello'],
    ['enc-not-really', 'test'],
    ['mediabox-zero', 'INVOICE'],
    ['junk-prefix-1024-yob', 'junk'],
  ])('reads %s', async (name, text) => {
    const raw = await parse(name);
    expect(raw.pages.flatMap((page) => page.runs.map((run) => run.text)).join('')).toContain(text);
  });

  it('tells scans from blank pages', async () => {
    expect((await parse('scan-scotus-2p')).pages.map((page) => page.hasImages)).toEqual([true, true]);
    expect((await parse('blank-10-pages-mindee')).pages.some((page) => page.hasImages)).toBe(false);
  });
});
