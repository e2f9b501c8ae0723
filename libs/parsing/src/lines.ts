import type { Line, Word } from '@docstream/contracts';
import { ASCENT, DESCENT } from './fragments.js';
import { toBox, unite, type Frame } from './geometry.js';
import { isRightToLeft, toLogicalOrder } from './normalise-text.js';
import type { FrameWord } from './words.js';

/** A line in the frame of its direction. */
export interface FrameLine {
  readonly words: readonly FrameWord[];
  readonly v: number;
  readonly size: number;
}

const hasLetters = (word: FrameWord): boolean => /[\p{L}\p{N}]/u.test(word.text);

/**
 * Words come in the order of their places, left to right. In a right-to-left line they are read from the right, numbers
 * and foreign words among them in their own order; in any other line only what is written from the right is turned.
 */
function inReadingOrder(words: readonly FrameWord[]): readonly FrameWord[] {
  if (!words.some((word) => isRightToLeft(word.text))) return words;
  const isTurned = isRightToLeft(words.map((word) => word.text).join(' '));
  const ordered: FrameWord[] = [];
  let other: FrameWord[] = [];
  for (const word of isTurned ? [...words].reverse() : words) {
    const isForeign = isTurned
      ? hasLetters(word) && !isRightToLeft(word.text)
      : isRightToLeft(word.text) || (other.length > 0 && !hasLetters(word));
    const shown = isRightToLeft(word.text) || isTurned === !isForeign ? toLogicalWord(word) : word;
    if (isForeign) other.push(shown);
    else {
      for (const each of other.reverse()) ordered.push(each);
      ordered.push(shown);
      other = [];
    }
  }
  return [...ordered, ...other.reverse()];
}

const toLogicalWord = (word: FrameWord): FrameWord => ({ ...word, text: toLogicalOrder(word.text) });

/** Soft hyphens are seen at the end of a line only. */
function withoutSoftHyphens(words: readonly FrameWord[]): readonly FrameWord[] {
  if (!words.some((word) => word.text.includes('\u00ad'))) return words;
  return words.flatMap((word, index) => {
    const end = index === words.length - 1 ? '-' : '';
    const text = word.text.replace(/(?<=\p{L})\u00ad$/u, end).replaceAll('\u00ad', '');
    return text === '' ? [] : [{ ...word, text }];
  });
}

export function toLine({ words, size }: FrameLine, frame: Frame): Line {
  const shown: Word[] = inReadingOrder(withoutSoftHyphens(words)).map((word) => ({
    text: word.text,
    box: toBox(frame, word.u0, word.v - ASCENT * word.size, word.u1, word.v + DESCENT * word.size),
  }));
  const letters = (bold: boolean): number =>
    words.reduce((count, word) => count + (word.bold === bold ? word.text.length : 0), 0);
  return {
    text: shown.map((word) => word.text).join(' '),
    box: unite(shown.map((word) => word.box)),
    words: shown,
    fontSize: Math.round(size * 100) / 100,
    bold: letters(true) > letters(false),
  };
}
