import { describe, expect, it } from '@jest/globals';
import { buildPdf, readPdf } from '@docstream/testing';
import { repairPageCounts } from './page-counts.js';
import { createPdfjsParser } from './pdfjs-parser.js';

const LIMITS = { maxPages: 100, maxCharacters: 1_000_000 };

const fileOf = (pages: number, count: string): Uint8Array => {
  const drawn = Array.from({ length: pages }, (_, page) => ({
    texts: [{ x: 72, y: 700, size: 10, text: `page ${page + 1}` }],
  }));
  const text = Buffer.from(buildPdf(drawn)).toString('latin1');
  return Buffer.from(text.replace(`/Count ${pages}`, `/Count ${count}`), 'latin1');
};

describe('page counts', () => {
  it.each([
    ['1 of 3', 3, '1'],
    ['2 of 3', 3, '2'],
    ['9 of 3', 3, '9'],
    ['0 of 3', 3, '0'],
    ['1 of 12', 12, ' 1'],
    ['-7 of 12', 12, '-7'],
  ])('do not hide a page: %s', async (_, pages, count) => {
    const raw = await readPdf(createPdfjsParser(), fileOf(pages, count), LIMITS);
    expect(raw.pages.map(({ runs }) => runs.map(({ text }) => text).join(''))).toEqual(
      Array.from({ length: pages }, (_each, page) => `page ${page + 1}`),
    );
  });

  it('that may be right stay, and so does a negative count of an outline', () => {
    const right = fileOf(3, '3');
    expect(repairPageCounts(right)).toBe(right);
    const outline = Buffer.from(`${Buffer.from(right).toString('latin1')}9 0 obj << /Count -3 >> endobj`);
    expect(repairPageCounts(outline)).toBe(outline);
  });

  it('that are wrong are taken out of a copy of the same length, however many there are', () => {
    const file = Buffer.from(
      `1 0 obj << /Type /Pages /Kids [] ${'/Count -1 '.repeat(9)}>> endobj 2 0 obj << /Count -1 >> endobj`,
    );
    const before = file.toString();
    expect(Buffer.from(repairPageCounts(file)).toString()).toBe(
      before.replace(/\/Count -1 (?=.*Type|\/|>> endobj 2)/g, '/count -1 '),
    );
    expect(file.toString()).toBe(before);
  });
});
