import { gzipSync } from 'node:zlib';
import type { Page } from '@docstream/contracts';
import { describe, expect, it } from '@jest/globals';
import { packDocumentOf } from './document-packer.js';
import { packRecognised, readPacked, unpackRecognised } from './packed-pages.js';

const FRAME = {
  metadata: { title: 'Größe\n]' },
  attachments: [],
  quality: 'empty',
  parser: 'none 1',
} as const;
const page = (number: number, problem: string): Page => ({
  number,
  width: 9,
  height: 9,
  rotation: 0,
  state: 'empty',
  blocks: [],
  problem,
});

async function readAll(parsed: Uint8Array) {
  const pages: unknown[] = [];
  const numbers: number[] = [];
  const frame = await readPacked(parsed, (json, number) => {
    pages.push(JSON.parse(json));
    numbers.push(number);
  });
  return { pages, numbers, frame };
}

describe('reading a packed document page by page', () => {
  // The last one is longer than what zlib hands out at a time.
  it.each([[[]], [['one']], [['],', '\n],\n', 'ä'.repeat(100_000)]]])(
    'gives back what was packed',
    async (texts) => {
      const pages = texts.map((text, index) => page(index + 1, text));
      const { parsed } = await packDocumentOf({ version: 1, pages, ...FRAME });
      expect(await readAll(parsed)).toEqual({
        pages,
        numbers: pages.map(({ number }) => number),
        frame: FRAME,
      });
    },
  );

  it.each([
    ['no gzip', Buffer.from('{}')],
    ['no lines', gzipSync('{"version":1,"pages":[]}')],
    ['no end', gzipSync('{"version":1,"pages":[\n{}')],
    ['another beginning', gzipSync('{"version":2,"pages":[\n],"metadata":{}}')],
    ['a cut end', gzipSync('{"version":1,"pages":[\n],"metadata":{')],
  ])('refuses %s', async (_, bytes) => {
    await expect(readAll(bytes)).rejects.toMatchObject({ code: 'UNDECODABLE' });
  });

  it('passes on what the reader threw', async () => {
    const { parsed } = await packDocumentOf({ version: 1, pages: [page(1, '')], ...FRAME });
    const thrown = new RangeError('a bug');
    await expect(readPacked(parsed, () => Promise.reject(thrown))).rejects.toBe(thrown);
  });
});

describe('what was recognised on a page', () => {
  it('is the same when it was packed, and refused when it was not', async () => {
    const found = { engine: 'e', pointsPerPixel: 0.5, lines: [] };
    expect(await unpackRecognised(await packRecognised(found))).toEqual(found);
    await expect(unpackRecognised(Buffer.from('x'))).rejects.toMatchObject({ code: 'UNDECODABLE' });
    await expect(unpackRecognised(gzipSync('{'))).rejects.toMatchObject({ code: 'UNDECODABLE' });
  });
});
