import type { Fragment } from './fragments.js';
import { largestOf, smallestOf } from './geometry.js';
import { ScriptBases } from './script-bases.js';
import { toWords, type FrameWord } from './words.js';

/** Words side by side without a wide gap. */
export interface Segment {
  readonly words: readonly FrameWord[];
  readonly u0: number;
  readonly u1: number;
  readonly v: number;
  readonly size: number;
  /** A row of a ruled table: never parted. */
  readonly isRow?: boolean;
  /** What such a row has to be read in, one cell after the other. */
  readonly cells?: readonly (readonly Segment[])[];
}

interface Row {
  v: number;
  weight: number;
  size: number;
  fragments: Fragment[];
}

const BASELINE_TOLERANCE = 0.25;
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

/** Pieces side by side, in the order of their places: a raised `−22` comes as two. */
function clusters(fragments: readonly Fragment[]): Fragment[][] {
  const found: Fragment[][] = [];
  for (const fragment of [...fragments].sort((a, b) => a.u0 - b.u0)) {
    const open = found.at(-1);
    const before = open?.at(-1);
    const isBeside = before !== undefined && Math.abs(fragment.u0 - before.u1) < 0.15 * before.size;
    if (open !== undefined && isBeside && before.size < 1.2 * fragment.size) open.push(fragment);
    else found.push([fragment]);
  }
  return found;
}

function basesOf(row: Row, known: Map<Row, ScriptBases>): ScriptBases {
  const bases = known.get(row) ?? new ScriptBases(row.fragments);
  known.set(row, bases);
  return bases;
}

/** Raised and lowered small print goes to the row of the text that it touches. */
function attachScripts(rows: Row[]): Row[] {
  const known = new Map<Row, ScriptBases>();
  for (const [index, row] of rows.entries()) {
    const near = [...rows.slice(Math.max(index - 3, 0), index), ...rows.slice(index + 1, index + 4)];
    row.fragments = clusters(row.fragments).flatMap((cluster) => {
      const [fragment] = cluster;
      if (fragment === undefined) return [];
      const host = near.find(
        (other) =>
          Math.abs(other.v - fragment.v) < 0.62 * other.size && basesOf(other, known).areBeside(fragment),
      );
      if (host === undefined) return cluster;
      for (const piece of cluster) {
        host.fragments.push(piece);
        basesOf(host, known).add(piece);
      }
      return [];
    });
    known.delete(row);
  }
  return rows.filter((row) => row.fragments.length > 0);
}

export function toSegment(words: readonly FrameWord[]): Segment {
  const size = largestOf(words, (word) => word.size);
  const largest = words.find((word) => word.size === size);
  return {
    words,
    u0: smallestOf(words, (word) => word.u0),
    u1: largestOf(words, (word) => word.u1),
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
