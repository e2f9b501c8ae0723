import { describe, expect, it } from '@jest/globals';
import { documentText, linesOf, type Page } from '@docstream/contracts';
import type { RawPage, RawRun } from '@docstream/core';
import { parserOf } from '@docstream/testing';
import { assembleDocument } from './assemble-document.js';
import { PageWindows, WINDOW_PAGES } from './page-windows.js';
import { parseDocument } from './parse-document.js';
import { readDocument } from './read-document.js';

const run = (text: string, y: number): RawRun => ({
  text,
  x: 50,
  y,
  angle: 0,
  length: text.length * 5,
  fontSize: 10,
  bold: false,
});
const page = (number: number, ...texts: readonly string[]): RawPage => ({
  number,
  width: 600,
  height: 800,
  rotation: 0,
  runs: texts.map((text, index) => run(text, 100 + index * 12)),
  hasImages: false,
});
const raw = (pages: readonly RawPage[]) => ({ parser: 'none 1', pages, metadata: {}, attachments: [] });
const numbersOf = (pages: readonly Page[]): readonly number[] => pages.map(({ number }) => number);
const LIMITS = { maxPages: 999, maxCharacters: 99_999 };

describe('windows of pages', () => {
  it('hands a window of pages over as soon as it is full, in order, and none twice', () => {
    const windows = new PageWindows();
    const given = Array.from({ length: WINDOW_PAGES + 2 }, (_, index) => windows.add(page(index + 1, 'x')));
    expect(given.map((pages) => pages.length)).toEqual([
      ...Array.from({ length: WINDOW_PAGES - 1 }, () => 0),
      WINDOW_PAGES,
      0,
      0,
    ]);
    expect(numbersOf(given.flat())).toEqual(Array.from({ length: WINDOW_PAGES }, (_, index) => index + 1));
    expect(numbersOf(windows.flush())).toEqual([WINDOW_PAGES + 1, WINDOW_PAGES + 2]);
    expect(windows.flush()).toEqual([]);
  });

  it('carries over how a word is written on pages that are long gone', () => {
    const windows = new PageWindows();
    windows.add(page(1, 'a well-known kind'));
    for (let number = 2; number <= WINDOW_PAGES; number += 1) windows.add(page(number, 'x'));
    windows.add(page(WINDOW_PAGES + 1, 'this is well-', 'known indeed'));
    const lines = windows.flush().flatMap(linesOf);
    expect(lines.map((line) => line.text)).toEqual(['this is well-known', 'indeed']);
  });

  it('makes the same document of a stream as of the whole', async () => {
    const pages = Array.from({ length: 150 }, (_, index) =>
      page(index + 1, `page ${index + 1} of infor-`, 'mation'),
    );
    const streamed = await parseDocument(parserOf(raw(pages)), new Uint8Array(), LIMITS);
    expect(streamed).toEqual(assembleDocument(raw(pages)));
    expect(documentText(streamed).split('\f')).toHaveLength(150);
  });
});

describe('reading a document', () => {
  it('closes the PDF when a page cannot be taken', async () => {
    let closed = 0;
    const parser = {
      open: async () => ({
        ...(await parserOf(raw([page(1, 'x')])).open(new Uint8Array(), LIMITS)),
        close: () => Promise.resolve(void (closed += 1)),
      }),
    };
    const reading = readDocument(parser, new Uint8Array(), LIMITS, () => Promise.reject(new Error('full')));
    await expect(reading).rejects.toThrow('full');
    expect(closed).toBe(1);
  });

  it('keeps links and fields that lie on the page, cleaned, and the outline', () => {
    const odd: RawPage = {
      ...page(1, 'x'),
      links: [
        { box: [-10, 5.001, 100, 20], url: 'https://example.com/' },
        { box: [700, 5, 800, 20], page: 1 },
      ],
      fields: [
        { name: 'a\u0000b', type: 'text', value: 'one\u0007\r\ntwo', label: ' ', box: [1, 2, 3, 4] },
        { name: 'c', type: 'checkbox', value: '\u0007', box: [1, 2, 3, 4] },
      ],
    };
    const document = assembleDocument({
      ...raw([odd]),
      metadata: { language: 'de-CH', pdfA: '3b', pdfVersion: '1.7', keywords: ' a ' },
      outline: [
        { title: 'One\u0000', level: 0, page: 1 },
        { title: ' ', level: 1 },
      ],
    });
    expect(document.pages[0]?.links).toEqual([{ box: [0, 5, 100, 20], url: 'https://example.com/' }]);
    expect(document.pages[0]?.fields).toEqual([
      { name: 'ab', type: 'text', value: 'one\ntwo', box: [1, 2, 3, 4] },
      { name: 'c', type: 'checkbox', box: [1, 2, 3, 4] },
    ]);
    expect(document.outline).toEqual([{ title: 'One', level: 0, page: 1 }]);
    expect(document.metadata).toEqual({ language: 'de-CH', pdfA: '3b', pdfVersion: '1.7', keywords: 'a' });
  });

  it('leaves out a language that is no tag', () => {
    const document = assembleDocument({
      ...raw([page(1, 'x')]),
      metadata: { language: 'Deutsch (Schweiz)' },
    });
    expect(document.metadata).toEqual({});
  });
});
