import type { RecognisedLine, RecognisedWord } from '@docstream/core';
import type { Bbox, Block, Line } from 'tesseract.js';

/** Height above the base line as a share of the font's size, for letters like H, b, 3 and for letters like x, p. */
const TALL = 0.71;
const SHORT = 0.5;
const TALL_LETTERS = /[\p{Lu}\p{Nd}bdfhijklt"'’ß]/u;

const toBox = ({ x0, y0, x1, y1 }: Bbox): RecognisedWord['box'] => [x0, y0, x1, y1];

/**
 * Tesseract tells heights of rows, which are far from those of fonts: how far the words reach above the base line says
 * more. Lines may run downwards: Tesseract reads those on its own.
 */
function fontSizeOf({ x0, y0, x1, y1 }: Line['baseline'], words: readonly RecognisedWord[]): number {
  const length = Math.hypot(x1 - x0, y1 - y0) || 1;
  const [upX, upY] = [(y1 - y0) / length, (x0 - x1) / length];
  const readable = words.filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
  const sizes = (readable.length > 0 ? readable : words)
    .map(({ text, box: [left, top, right, bottom] }) => {
      const [x, y] = [upX > 0.5 ? right : left, upY > 0.5 ? bottom : top];
      const above = (x - x0) * upX + (y - y0) * upY;
      return Math.max(above, 1) / (TALL_LETTERS.test(text) ? TALL : SHORT);
    })
    .sort((a, b) => a - b);
  return sizes[Math.floor(sizes.length / 2)] ?? 1;
}

/** Tesseract's tree of blocks, paragraphs and lines, as lines only: what belongs together is decided by the parser. */
export function toLines(blocks: readonly Block[]): RecognisedLine[] {
  const lines = blocks.flatMap((block) => block.paragraphs.flatMap((paragraph) => paragraph.lines));
  return lines.flatMap((line) => {
    const words = line.words
      .filter((word) => word.text.trim() !== '')
      .map((word) => ({ text: word.text, box: toBox(word.bbox), confidence: word.confidence / 100 }));
    if (words.length === 0) return [];
    const { x0, y0, x1, y1 } = line.baseline;
    return [{ words, baseline: [x0, y0, x1, y1] as const, fontSize: fontSizeOf(line.baseline, words) }];
  });
}

/** Less, and a page was hardly read: text upside down has 0.3 to 0.45, a bad photo 0.6. */
const READABLE_CONFIDENCE = 0.5;
const READABLE_LETTERS = 20;
const DOUBTFUL = 0.6;

const wordsOf = (lines: readonly RecognisedLine[]): readonly RecognisedWord[] =>
  lines.flatMap(({ words }) => words);

/** How many letters were read without much doubt. */
export function lettersOf(lines: readonly RecognisedLine[]): number {
  return wordsOf(lines)
    .filter(({ confidence }) => confidence >= DOUBTFUL)
    .reduce((count, { text }) => count + text.length, 0);
}

export function isReadable(lines: readonly RecognisedLine[]): boolean {
  const words = wordsOf(lines);
  const mean = words.reduce((sum, { confidence }) => sum + confidence, 0) / words.length;
  return mean >= READABLE_CONFIDENCE && lettersOf(lines) >= READABLE_LETTERS;
}
