import type { RawRun } from '@docstream/core';
import { toFrame, type Frame } from './geometry.js';
import { normaliseText, reverseArabicForms } from './normalise-text.js';

/** A piece of text without white space, in the frame of its direction. */
export interface Fragment {
  readonly text: string;
  readonly u0: number;
  readonly u1: number;
  /** Base line. */
  readonly v: number;
  readonly size: number;
  readonly bold: boolean;
  /** White space stood before it in its run. */
  readonly spaceBefore: boolean;
  readonly spaceAfter: boolean;
}

/** What white space of any kind parts. */
export const WORDS = /[^\s\u00a0\u2000-\u200a\u202f\u3000]+/gu;

/** Where the box of a line of text begins and ends around its base line, as shares of the font size. */
export const ASCENT = 0.8;
export const DESCENT = 0.22;

const NARROW = /[iIjlt.,:;!|'’`()[\]{}\-/\\f ]/;
const WIDE = /[mwMWÆŒ@%…—]|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u;

function estimateOffsets(text: string, length: number): readonly number[] {
  const offsets = [0];
  for (const unit of text) {
    const weight = NARROW.test(unit) ? 0.55 : WIDE.test(unit) ? 1.6 : /\p{Lu}/u.test(unit) ? 1.25 : 1;
    const last = offsets.at(-1) ?? 0;
    for (let part = 1; part <= unit.length; part += 1) offsets.push(last + (weight * part) / unit.length);
  }
  const total = offsets.at(-1) ?? 0;
  return total === 0 ? offsets : offsets.map((offset) => (offset * length) / total);
}

/** Fonts without names for their letters give glyph numbers; 3 is the blank of nearly all TrueType fonts. */
function blankGlyphs(text: string, offsets: readonly number[], size: number): string {
  return text.replaceAll('\u0003', (control, index: number) =>
    (offsets[index + 1] ?? 0) - (offsets[index] ?? 0) > 0.1 * size ? ' ' : control,
  );
}

const isBlank = (run: RawRun): boolean => /^[\s\u00a0\u3000]+$/u.test(run.text);

/** Cuts runs at white space. A run of nothing else tells that the word before it is over. */
export function cutRuns(runs: readonly RawRun[], frame: Frame): Fragment[] {
  const fragments: Fragment[] = [];
  for (const run of runs) {
    const last = fragments.at(-1);
    if (last !== undefined && isBlank(run)) {
      const [u, v] = toFrame(frame, run.x, run.y);
      const isBehind = Math.abs(u - last.u1) < 0.1 * last.size && Math.abs(v - last.v) < 0.1 * last.size;
      if (isBehind) fragments[fragments.length - 1] = { ...last, spaceAfter: true };
    } else for (const fragment of cutRun(run, frame)) fragments.push(fragment);
  }
  return fragments;
}

function cutRun(run: RawRun, frame: Frame): Fragment[] {
  const [u, v] = toFrame(frame, run.x, run.y);
  const known = run.offsets !== undefined && run.offsets.length === run.text.length + 1;
  const offsets = known ? (run.offsets ?? []) : estimateOffsets(run.text, run.length);
  const fragments: Fragment[] = [];
  const shown = blankGlyphs(run.text, offsets, run.fontSize);
  for (const match of shown.matchAll(WORDS)) {
    const text = normaliseText(reverseArabicForms(match[0]), true).trim();
    if (text === '') continue;
    const end = match.index + match[0].length;
    fragments.push({
      text,
      u0: u + (offsets[match.index] ?? 0),
      u1: u + (offsets[end] ?? run.length),
      v,
      size: run.fontSize,
      bold: run.bold,
      spaceBefore: match.index > 0,
      spaceAfter: end < run.text.length,
    });
  }
  return fragments;
}
