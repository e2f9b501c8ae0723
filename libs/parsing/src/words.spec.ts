import { describe, expect, it } from '@jest/globals';
import { documentText } from '@docstream/contracts';
import type { RawRun } from '@docstream/core';
import { assembleDocument } from './assemble-document.js';

const run = (text: string, x: number, y = 100, more: Partial<RawRun> = {}): RawRun => ({
  text,
  x,
  y,
  angle: 0,
  length: text.length * 5,
  fontSize: 10,
  bold: false,
  ...more,
});
const textOf = (...runs: readonly RawRun[]): string =>
  documentText(
    assembleDocument({
      parser: 'none 1',
      pages: [{ number: 1, width: 600, height: 800, rotation: 0, runs, hasImages: false }],
      metadata: {},
      attachments: [],
    }),
  );
/** Letter by letter, as letter-spaced text is drawn. */
const spaced = (text: string, x: number, spacing: number): RawRun[] =>
  [...text]
    .map((letter, index) => run(letter, x + index * (5 + spacing)))
    .filter((each) => each.text !== ' ');

describe('words', () => {
  it('are whole when their letters are spaced out, with gaps between words', () => {
    expect(textOf(...spaced('INVOICE', 100, 1.4))).toBe('INVOICE');
    expect(textOf(...spaced('big sale', 100, 1.2))).toBe('big sale');
  });

  it('stay apart when single letters stand in columns', () => {
    expect(textOf(...spaced('abcdef', 100, 3))).toBe('a b c d e f');
    expect(textOf(...spaced('123456', 100, 1.5))).toBe('1 2 3 4 5 6');
  });

  it('end where a blank was drawn, however narrow the gap', () => {
    expect(textOf(run('Total', 100), run(' ', 125), run('.....', 125.7))).toBe('Total .....');
  });

  it('are parted by blanks of fonts that give glyph numbers only', () => {
    expect(textOf(run('ab\u0003cd\u0000', 100))).toBe('ab cd');
  });

  it('have accents that were drawn apart, over the letter before or the first of the next piece', () => {
    expect(textOf(run('Poincar\u00b4', 100), run('e', 135), run('spoke', 145))).toBe('Poincaré spoke');
    expect(textOf(run('na', 100), run('\u00a8', 109, 100, { length: 4 }), run('\u0131ve', 110))).toBe(
      'naïve',
    );
  });

  it('keep an accent that stands for itself', () => {
    expect(textOf(run('a`', 100), run('b', 120))).toBe('a` b');
  });

  it('have all of a raised number of several pieces', () => {
    const raised = { fontSize: 7, length: 4 };
    expect(
      textOf(run('10', 100), run('\u2212', 110, 96, raised), run('22', 114, 96, raised), run('g', 125)),
    ).toBe('10\u221222 g');
  });

  it('have a hyphen for a soft hyphen at the end of the line only', () => {
    expect(textOf(run('co\u00adop infor\u00ad', 50, 100), run('mation is all', 50, 112))).toBe(
      'coop information\nis all',
    );
  });

  it('are joined over a line end where the second line holds the rest alone', () => {
    expect(textOf(run('some infor-', 50, 100), run('mation', 50, 112))).toBe('some\ninformation');
  });

  it('are three bars where three bars stand closely', () => {
    const bar = { length: 2.8 };
    expect(textOf(run('|', 100, 100, bar), run('|', 101.6, 100, bar), run('|', 103.2, 100, bar))).toBe('|||');
  });
});

describe('right-to-left text', () => {
  const shalom = '\u05dd\u05d5\u05dc\u05e9';
  const olam = '\u05dd\u05dc\u05d5\u05e2';

  it('is turned within a line of another script as well', () => {
    expect(
      textOf(run('The greeting means', 50), run(olam, 150), run(shalom, 180), run('in Hebrew', 210)),
    ).toBe('The greeting means \u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd in Hebrew');
  });

  it('keeps Latin words and numbers in their own order', () => {
    expect(textOf(run(olam, 100), run('PDF 17', 130), run(shalom, 170))).toBe(
      '\u05e9\u05dc\u05d5\u05dd PDF 17 \u05e2\u05d5\u05dc\u05dd',
    );
  });

  it('resolves Arabic ligatures in logical order', () => {
    expect(textOf(run('\ufe91\ufefb', 100))).toBe('\u0644\u0627\u0628');
  });
});
