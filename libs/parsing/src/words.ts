import type { Fragment } from './fragments.js';

/** A word in the frame of its direction. */
export interface FrameWord {
  text: string;
  u0: number;
  u1: number;
  v: number;
  size: number;
  bold: boolean;
}

/** Wider than this share of the font size, and two pieces of text are two words (poppler and pdf.js say the same). */
const WORD_GAP = 0.1;
/** Letters further apart than this are not one spaced-out word but several things. */
const WIDEST_SPACING = 0.2;
const SHORTEST_CHAIN = 4;
const LETTER = /\p{L}/u;

/** The same text drawn again at the same place: how PDFs fake bold type and shadows. */
function isRepeated(fragment: Fragment, others: readonly Fragment[]): boolean {
  const near = Math.min(0.2 * fragment.size, 0.5 * (fragment.u1 - fragment.u0));
  return others.some(
    (other) =>
      other.text === fragment.text &&
      Math.abs(other.u0 - fragment.u0) <= near &&
      Math.abs(other.v - fragment.v) < 0.2 * fragment.size,
  );
}

const isLetterPiece = (fragment: Fragment): boolean => [...fragment.text].length <= 2;
const gapBetween = (before: Fragment, after: Fragment): number =>
  (after.u0 - before.u1) / Math.max(before.size, after.size);

/**
 * The gap above which a word ends, for each fragment but the first, as a share of the font size. Letter-spaced text comes
 * letter by letter: there the usual gap within the chain is no word gap.
 */
function wordGaps(fragments: readonly Fragment[]): readonly number[] {
  const gaps = fragments.map(() => WORD_GAP);
  let start = 0;
  for (let index = 1; index <= fragments.length; index += 1) {
    const before = fragments[index - 1];
    const fragment = fragments[index];
    const goesOn =
      fragment !== undefined &&
      before !== undefined &&
      isLetterPiece(fragment) &&
      (isLetterPiece(before) || index - 1 === start) &&
      gapBetween(before, fragment) < 4 * WIDEST_SPACING;
    if (goesOn) continue;
    const chain = fragments.slice(start, index);
    if (chain.length >= SHORTEST_CHAIN) {
      const spacing = letterSpacing(chain);
      for (let at = start + 1; at < index; at += 1) gaps[at] = WORD_GAP + spacing;
    }
    start = fragment !== undefined && before !== undefined && isLetterPiece(before) ? index - 1 : index;
    if (start === index - 1 && chain.length === 1) start = index;
  }
  return gaps;
}

function letterSpacing(chain: readonly Fragment[]): number {
  const letters = chain.filter((fragment) => [...fragment.text].length === 1 && LETTER.test(fragment.text));
  if (letters.length < Math.max(0.6 * chain.length, SHORTEST_CHAIN - 1)) return 0;
  const between = chain.slice(1).flatMap((fragment, index) => {
    const before = chain[index];
    return before === undefined ? [] : [gapBetween(before, fragment)];
  });
  const usual = between.sort((a, b) => a - b)[Math.floor((between.length - 1) * 0.4)] ?? 0;
  return usual > 0.03 && usual <= WIDEST_SPACING ? usual : 0;
}

/** Pieces of text of one row to words, left to right. */
export function toWords(fragments: readonly Fragment[]): FrameWord[] {
  const kept: Fragment[] = [];
  for (const fragment of [...fragments].sort((a, b) => a.u0 - b.u0)) {
    if (!isRepeated(fragment, kept.slice(-4))) kept.push(fragment);
  }
  const gaps = wordGaps(kept);
  const words: FrameWord[] = [];
  for (const [index, fragment] of kept.entries()) {
    const before = kept[index - 1];
    const word = words.at(-1);
    const gap = before === undefined ? 0 : gapBetween(before, fragment);
    const isOneWord =
      before !== undefined &&
      gap <= (gaps[index] ?? WORD_GAP) &&
      gap > -0.6 &&
      !((before.spaceAfter || fragment.spaceBefore) && gap > 0.01);
    if (word === undefined || !isOneWord) {
      const { text, u0, u1, v, bold } = fragment;
      words.push({ text, u0, u1, v, size: fragment.size, bold });
    } else {
      word.text += fragment.text;
      word.u1 = Math.max(word.u1, fragment.u1);
      if (fragment.size > word.size) {
        word.size = fragment.size;
        word.v = fragment.v;
      }
      word.bold &&= fragment.bold;
    }
  }
  return words;
}
