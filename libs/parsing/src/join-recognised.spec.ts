import type { Page } from '@docstream/contracts';
import { DocumentPacker, packRecognised, unpackParsed, type PackedDocument } from '@docstream/core';
import { describe, expect, it } from '@jest/globals';
import { joinRecognised } from './join-recognised.js';
import { WINDOW_PAGES } from './page-windows.js';

const frame = {
  metadata: { title: 'A title' },
  attachments: [],
  quality: 'partial',
  parser: 'parser 1',
} as const;

const textPage = (number: number, text: string): Page => {
  const box = [10, 20, 30, 40] as const;
  const line = { text, box, fontSize: 9, bold: false, words: [{ text, box }] };
  return { number, width: 600, height: 800, rotation: 0, state: 'text', blocks: [{ box, lines: [line] }] };
};
const imagePage = (number: number): Page => ({
  number,
  width: 600,
  height: 800,
  rotation: 0,
  state: 'image-only',
  blocks: [],
});

async function pack(pages: readonly Page[]): Promise<PackedDocument> {
  const packer = new DocumentPacker();
  for (const page of pages) await packer.add(page);
  return packer.finish(frame);
}

const recognised = (text: string): Promise<Uint8Array> =>
  packRecognised({
    engine: 'engine 1',
    pointsPerPixel: 0.5,
    lines: [
      {
        words: [{ text, box: [100, 184, 200, 204], confidence: 0.9 }],
        baseline: [100, 200, 200, 200],
        fontSize: 20,
      },
    ],
  });

describe('joinRecognised', () => {
  it('replaces image-only pages in their places, over several windows, and nothing else', async () => {
    const pages = Array.from({ length: 3 * WINDOW_PAGES }, (_, index) =>
      index % 2 === 0 ? imagePage(index + 1) : textPage(index + 1, `line\n"${index + 1}", äöü`),
    );
    const { parsed, imageOnlyPages } = await pack(pages);
    expect(imageOnlyPages).toEqual(pages.flatMap(({ number, state }) => (state === 'text' ? [] : [number])));
    const recognitions = await Promise.all(
      imageOnlyPages.map(async (page) => ({ page, recognised: await recognised(`word${page}`) })),
    );
    const joined = await joinRecognised(parsed, recognitions);
    expect(joined).toMatchObject({
      quality: 'complete',
      pageCount: pages.length,
      pagesWithText: pages.length,
      imageOnlyPages: [],
      title: 'A title',
      parser: 'parser 1, engine 1',
    });
    const document = await unpackParsed(joined.parsed);
    for (const [index, page] of document.pages.entries()) {
      if (index % 2 === 1) expect(page).toEqual(pages[index]);
      else {
        expect(page).toMatchObject({ number: index + 1, ocr: { engine: 'engine 1', confidence: 0.9 } });
        expect(page.blocks[0]?.lines[0]?.text).toBe(`word${index + 1}`);
      }
    }
  });

  it('leaves a page alone that is not image-only, whatever is said to have been found on it', async () => {
    const pages = [textPage(1, 'text'), imagePage(2)];
    const { parsed } = await pack(pages);
    const found = [
      { page: 1, recognised: await recognised('other') },
      { page: 2, problem: 'It took too long.' },
      { page: 3, recognised: await recognised('nowhere') },
    ];
    const joined = await joinRecognised(parsed, found);
    expect((await unpackParsed(joined.parsed)).pages).toEqual([
      pages[0],
      { ...pages[1], problem: 'It took too long.' },
    ]);
    expect(joined).toMatchObject({ quality: 'partial', imageOnlyPages: [2], parser: 'parser 1' });
  });
});
