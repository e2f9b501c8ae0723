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

/** Words side by side without a wide gap. */
export interface Segment {
  readonly words: readonly FrameWord[];
  readonly u0: number;
  readonly u1: number;
  readonly v: number;
  readonly size: number;
}

interface Row {
  v: number;
  weight: number;
  size: number;
  fragments: Fragment[];
}

const BASELINE_TOLERANCE = 0.25;
/** Wider than this share of the font size, and two pieces of text are two words (poppler and pdf.js say the same). */
const WORD_GAP = 0.1;
/** Wider than this, and two words are not of one sentence: a column gap, a cell. */
const SEGMENT_GAP = 1.1;
/** How many rows back a piece may belong to: rows are made in the order of their base lines. */
const ROWS_BACK = 6;

function toRows(fragments: readonly Fragment[]): Row[] {
  const rows: Row[] = [];
  for (const fragment of [...fragments].sort((a, b) => a.v - b.v || a.u0 - b.u0)) {
    const fitting = rows
      .slice(-ROWS_BACK)
      .reverse()
      .find((row) => {
        const smaller = Math.min(row.size, fragment.size);
        return Math.abs(fragment.v - row.v) <= Math.max(BASELINE_TOLERANCE * smaller, 0.5);
      });
    const weight = fragment.text.length;
    if (fitting === undefined) {
      rows.push({ v: fragment.v, weight, size: fragment.size, fragments: [fragment] });
    } else {
      fitting.v = (fitting.v * fitting.weight + fragment.v * weight) / (fitting.weight + weight);
      fitting.weight += weight;
      fitting.size = Math.max(fitting.size, fragment.size);
      fitting.fragments.push(fragment);
    }
  }
  return rows;
}

/** Raised and lowered small print goes to the row of the text that it touches. */
function attachScripts(rows: Row[]): Row[] {
  for (const [index, row] of rows.entries()) {
    const near = [...rows.slice(Math.max(index - 3, 0), index), ...rows.slice(index + 1, index + 4)];
    row.fragments = row.fragments.filter((fragment) => {
      const host = near.find(
        (other) =>
          Math.abs(other.v - fragment.v) < 0.62 * other.size &&
          other.fragments.some(
            (base) =>
              base.size * 0.82 > fragment.size &&
              Math.abs(base.v - fragment.v) < 0.62 * base.size &&
              fragment.u0 - base.u1 < 0.25 * base.size &&
              fragment.u0 - base.u1 > -0.15 * base.size,
          ),
      );
      host?.fragments.push(fragment);
      return host === undefined;
    });
  }
  return rows.filter((row) => row.fragments.length > 0);
}

/** The same text drawn again at the same place: how PDFs fake bold type and shadows. */
function isRepeated(fragment: Fragment, others: readonly Fragment[]): boolean {
  return others.some(
    (other) =>
      other.text === fragment.text &&
      Math.abs(other.u0 - fragment.u0) < 0.2 * fragment.size &&
      Math.abs(other.v - fragment.v) < 0.2 * fragment.size,
  );
}

function toWords(fragments: readonly Fragment[]): FrameWord[] {
  const words: FrameWord[] = [];
  const kept: Fragment[] = [];
  for (const fragment of [...fragments].sort((a, b) => a.u0 - b.u0)) {
    const before = kept.at(-1);
    if (isRepeated(fragment, kept.slice(-4))) continue;
    kept.push(fragment);
    const word = words.at(-1);
    const gap = before === undefined ? 0 : fragment.u0 - before.u1;
    const size = Math.max(fragment.size, before?.size ?? 0);
    const isOneWord =
      before !== undefined &&
      gap <= WORD_GAP * size &&
      gap > -0.6 * size &&
      !((before.spaceAfter || fragment.spaceBefore) && gap > 0.01 * size);
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

export function toSegment(words: readonly FrameWord[]): Segment {
  const size = Math.max(...words.map((word) => word.size));
  const largest = words.find((word) => word.size === size);
  return {
    words,
    u0: Math.min(...words.map((word) => word.u0)),
    u1: Math.max(...words.map((word) => word.u1)),
    v: largest?.v ?? 0,
    size,
  };
}

/** Pieces of text to words, words to segments, row by row. */
export function toSegments(fragments: readonly Fragment[]): Segment[] {
  const segments: Segment[] = [];
  for (const row of attachScripts(toRows(fragments))) {
    let open: FrameWord[] = [];
    for (const word of toWords(row.fragments)) {
      const last = open.at(-1);
      if (last !== undefined && word.u0 - last.u1 > SEGMENT_GAP * Math.max(last.size, word.size)) {
        segments.push(toSegment(open));
        open = [];
      }
      open.push(word);
    }
    if (open.length > 0) segments.push(toSegment(open));
  }
  return segments;
}

/** Segments on one base line, left to right; rows from top to bottom. */
export function groupByRow(segments: readonly Segment[]): Segment[][] {
  const rows: { v: number; size: number; segments: Segment[] }[] = [];
  for (const segment of [...segments].sort((a, b) => a.v - b.v || a.u0 - b.u0)) {
    const fitting = rows
      .slice(-ROWS_BACK)
      .reverse()
      .find(
        (row) =>
          Math.abs(row.v - segment.v) <= Math.max(BASELINE_TOLERANCE * Math.min(row.size, segment.size), 0.5),
      );
    if (fitting === undefined) rows.push({ v: segment.v, size: segment.size, segments: [segment] });
    else fitting.segments.push(segment);
  }
  return rows.map((row) => row.segments.sort((a, b) => a.u0 - b.u0));
}
