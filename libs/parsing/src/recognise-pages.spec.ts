import type { Page, PageState, ParsedDocument } from '@docstream/contracts';
import {
  OwnershipLostError,
  PoisonError,
  packDocumentOf,
  packRecognised,
  unpackParsed,
  type PageRecogniser,
  type RecognisedLine,
} from '@docstream/core';
import { describe, expect, it } from '@jest/globals';
import { joinRecognised } from './join-recognised.js';
import { recognisePages } from './recognise-pages.js';

const limits = { documentMs: 1_000 };
const bytes = new Uint8Array();
let clockMs = 0;

const pageOf = (number: number, state: PageState): Page => ({
  number,
  width: 600,
  height: 800,
  rotation: 0,
  state,
  blocks: [],
});

const documentOf = (...states: readonly PageState[]): ParsedDocument => ({
  version: 1,
  pages: states.map((state, index) => pageOf(index + 1, state)),
  metadata: {},
  attachments: [],
  quality: 'image-only',
  parser: 'parser 1.0.0',
});

/** Words of 40 pixels, 10 apart, on a level line. */
const lineOf = (y: number, words: readonly string[], confidence = 0.9): RecognisedLine => ({
  words: words.map((text, index) => ({
    text,
    box: [100 + 50 * index, y - 16, 140 + 50 * index, y + 4],
    confidence,
  })),
  baseline: [100, y, 90 + 50 * words.length, y],
  fontSize: 20,
});

/** Each page takes so much time to run, and as much again waiting for its turn. */
const reading = (read: (page: number) => readonly RecognisedLine[], runMs = 100): PageRecogniser => ({
  recognise: async (_bytes, page) => {
    clockMs += 2 * runMs;
    const found = { engine: 'engine 1 (eng)', lines: read(page), pointsPerPixel: 0.5 };
    return { value: await packRecognised(found), runMs };
  },
});

/** Packed, read and joined as the parser does it. */
async function read(document: ParsedDocument, recogniser: PageRecogniser): Promise<ParsedDocument> {
  const { parsed, imageOnlyPages } = await packDocumentOf(document);
  const found = await recognisePages(imageOnlyPages, bytes, recogniser, limits, () => clockMs);
  return unpackParsed((await joinRecognised(parsed, found)).parsed);
}

describe('recognisePages', () => {
  it('makes text of image-only pages, in points, and leaves the others as they are', async () => {
    const asked: number[] = [];
    const recogniser = reading((page) => {
      asked.push(page);
      return [lineOf(200, ['Hello', 'world'])];
    });
    const document = documentOf('image-only', 'empty', 'image-only');
    const joined = await read(document, recogniser);
    expect(asked).toEqual([1, 3]);
    expect(joined.pages.map(({ state }) => state)).toEqual(['text', 'empty', 'text']);
    expect(joined.pages[0]?.ocr).toEqual({ engine: 'engine 1 (eng)', confidence: 0.9 });
    expect(joined.pages[0]?.blocks[0]?.lines[0]?.words).toEqual([
      { text: 'Hello', box: [50, 92, 70, 102.2] },
      { text: 'world', box: [75, 92, 95, 102.2] },
    ]);
    expect(joined.pages[1]).toEqual(document.pages[1]);
    expect(joined).toMatchObject({ quality: 'complete', parser: 'parser 1.0.0, engine 1 (eng)' });
  });

  it('leaves a page whose recognition failed image-only, says why, and reads the next', async () => {
    const recogniser = reading((page) => {
      if (page === 1) throw new PoisonError('WORK_TIMEOUT', 'It took longer than 5 ms.');
      return [lineOf(200, ['Hello'])];
    });
    const joined = await read(documentOf('image-only', 'image-only'), recogniser);
    expect(joined.pages.map(({ state }) => state)).toEqual(['image-only', 'text']);
    expect(joined.pages[0]?.problem).toBe(
      'No text was recognised in its image (WORK_TIMEOUT). It took longer than 5 ms.',
    );
    expect(joined.quality).toBe('partial');
  });

  it('says nothing of what an unknown error said: that may be text of the document', async () => {
    const recogniser = reading(() => {
      throw new Error('secret');
    });
    const joined = await read(documentOf('image-only'), recogniser);
    expect(joined.pages[0]?.problem).toBe('No text was recognised in its image (UNCLASSIFIED).');
    expect(joined).toMatchObject({ quality: 'image-only', parser: 'parser 1.0.0' });
  });

  it('fails when the partition was lost: somebody else has the document now', async () => {
    const recogniser = reading(() => {
      throw new OwnershipLostError('The worker pool was closed.');
    });
    await expect(read(documentOf('image-only'), recogniser)).rejects.toThrow(OwnershipLostError);
  });

  it('charges a page that failed with all the time around its call', async () => {
    const asked: number[] = [];
    const recogniser = reading((page) => {
      asked.push(page);
      throw new PoisonError('WORK_TIMEOUT', 'It took longer than 5 ms.');
    }, 300);
    const joined = await read(documentOf('image-only', 'image-only', 'image-only'), recogniser);
    expect(asked).toEqual([1, 2]);
    expect(joined.pages[2]?.problem).toContain('1000 ms');
  });

  it('begins no page once the time of the document is used up, failed pages counted', async () => {
    const recogniser = reading((page) => {
      if (page === 1) throw new Error('failed');
      return [lineOf(200, ['Hello'])];
    }, 400);
    const states = ['image-only', 'image-only', 'image-only'] as const;
    const joined = await read(documentOf(...states), recogniser);
    expect(joined.pages.map(({ state }) => state)).toEqual(['image-only', 'text', 'image-only']);
    expect(joined.pages[2]?.problem).toContain('1000 ms');
  });

  it('keeps a page image-only when the words in it are guesses', async () => {
    const recogniser = reading(() => [lineOf(200, ['wEMENT'], 0.45), lineOf(300, ['stain'], 0.1)]);
    const joined = await read(documentOf('image-only'), recogniser);
    expect(joined.pages[0]).toMatchObject({
      state: 'image-only',
      blocks: [],
      problem: 'No readable text was recognised in its image.',
    });
  });

  it('reads upward text of a page on its side in its own direction', async () => {
    const upward: RecognisedLine = {
      words: [
        { text: 'Hello', box: [184, 1_160, 204, 1_200], confidence: 0.9 },
        { text: 'world', box: [184, 1_110, 204, 1_150], confidence: 0.9 },
      ],
      baseline: [200, 1_200, 200, 1_110],
      fontSize: 20,
    };
    const joined = await read(
      documentOf('image-only'),
      reading(() => [upward]),
    );
    const [line] = joined.pages[0]?.blocks[0]?.lines ?? [];
    expect(line?.text).toBe('Hello world');
    expect(line?.words.map(({ box }) => box)).toEqual([
      [92, 580, 102.2, 600],
      [92, 555, 102.2, 575],
    ]);
  });

  it('keeps a note in the margin that runs downwards beside level text', async () => {
    const note: RecognisedLine = {
      words: [
        { text: 'Made', box: [40, 600, 60, 640], confidence: 0.9 },
        { text: 'here', box: [40, 650, 60, 690], confidence: 0.9 },
      ],
      baseline: [44, 600, 44, 690],
      fontSize: 20,
    };
    const level = lineOf(200, ['one', 'two', 'three', 'four', 'five']);
    const joined = await read(
      documentOf('image-only'),
      reading(() => [note, level]),
    );
    const lines = joined.pages[0]?.blocks.flatMap((block) => block.lines) ?? [];
    expect(lines.map(({ text }) => text)).toEqual(['one two three four five', 'Made here']);
    expect(lines[1]?.words[0]?.box).toEqual([19.8, 300, 30, 320]);
  });

  it('gives back right-to-left words as they were recognised', async () => {
    const recogniser = reading(() => [lineOf(200, ['עולם', 'שלום'])]);
    const joined = await read(documentOf('image-only'), recogniser);
    expect(joined.pages[0]?.blocks[0]?.lines[0]?.text).toBe('שלום עולם');
  });
});
