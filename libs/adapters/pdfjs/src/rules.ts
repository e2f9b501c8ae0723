import { OPS } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { RawRule } from '@docstream/core';
import type { Matrix } from './matrix.js';

/** Segments looked at on one page, and rules told of it: drawings have more, tables have not. */
const MAX_SEGMENTS = 20_000;
const MAX_RULES = 2_000;
/** A filled box not thicker than this is a line, in points. */
const THIN = 3;
/** Out of level by at most this over the whole segment. */
const SLOPE = 0.5;
/** Pieces that touch are one rule: boxes drawn cell by cell, dots. */
const GAP = 1;
const SHORTEST = 4;
/** A filled box that covers this share of the page is its background. */
const BACKGROUND = 0.85;

// The numbers that pdfjs's paths are made of (its DrawOPS), with how many coordinates follow each.
const MOVE_TO = 0;
const LINE_TO = 1;
const CLOSE_PATH = 4;
const COORDINATES: Readonly<Record<number, number>> = { 0: 2, 1: 2, 2: 6, 3: 4, 4: 0 };

const STROKES: ReadonlySet<unknown> = new Set([
  ...[OPS.stroke, OPS.closeStroke, OPS.fillStroke, OPS.eoFillStroke],
  ...[OPS.closeFillStroke, OPS.closeEOFillStroke],
]);
const FILLS: ReadonlySet<unknown> = new Set([OPS.fill, OPS.eoFill]);

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Subpath {
  readonly points: Point[];
  isClosed: boolean;
  hasCurves: boolean;
}

const isPath = (value: unknown): value is Float32Array => ArrayBuffer.isView(value);

function toSubpaths(path: ArrayLike<number>, [a, b, c, d, e, f]: Matrix): Subpath[] {
  const subpaths: Subpath[] = [];
  let at = 0;
  while (at < path.length) {
    const operator = path[at] ?? -1;
    const count = COORDINATES[operator];
    if (count === undefined) break;
    const open = subpaths.at(-1);
    if (operator === CLOSE_PATH) {
      if (open !== undefined) open.isClosed = true;
    } else {
      const x = path[at + count - 1] ?? NaN;
      const y = path[at + count] ?? NaN;
      const point = { x: a * x + c * y + e, y: b * x + d * y + f };
      if (operator === MOVE_TO || open === undefined) {
        subpaths.push({ points: [point], isClosed: false, hasCurves: false });
      } else {
        // A curve's end is kept as a place to go on from, never as the end of a line.
        if (operator !== LINE_TO) {
          open.hasCurves = true;
          open.points.push({ x: NaN, y: NaN });
        }
        open.points.push(point);
      }
    }
    at += 1 + count;
  }
  return subpaths;
}

const isSame = (one: number, other: number): boolean => Math.abs(one - other) <= SLOPE;

/** A box with level and upright sides, whichever way round it is drawn. */
function toRectangle({ points, hasCurves }: Subpath): RawRule | null {
  if (hasCurves || points.length < 4 || points.length > 5) return null;
  const [first, second, third, fourth, last] = points;
  if (first === undefined || second === undefined || third === undefined || fourth === undefined) return null;
  if (last !== undefined && !(isSame(last.x, first.x) && isSame(last.y, first.y))) return null;
  const isLevelFirst =
    isSame(first.y, second.y) &&
    isSame(second.x, third.x) &&
    isSame(third.y, fourth.y) &&
    isSame(fourth.x, first.x);
  const isUprightFirst =
    isSame(first.x, second.x) &&
    isSame(second.y, third.y) &&
    isSame(third.x, fourth.x) &&
    isSame(fourth.y, first.y);
  if (!isLevelFirst && !isUprightFirst) return null;
  return {
    x0: Math.min(first.x, third.x),
    y0: Math.min(first.y, third.y),
    x1: Math.max(first.x, third.x),
    y1: Math.max(first.y, third.y),
  };
}

/** A piece of a level (along x) or upright (along y) line. */
interface Piece {
  readonly across: number;
  from: number;
  to: number;
}

/** Joins pieces of one line that touch. */
function joinPieces(pieces: Piece[]): Piece[] {
  pieces.sort((one, other) => one.across - other.across);
  const joined: Piece[] = [];
  let line: Piece[] = [];
  const flush = (): void => {
    line.sort((one, other) => one.from - other.from);
    for (const piece of line) {
      const last = joined.at(-1);
      if (last !== undefined && last.across === line[0]?.across && piece.from <= last.to + GAP) {
        last.to = Math.max(last.to, piece.to);
      } else joined.push({ across: line[0]?.across ?? piece.across, from: piece.from, to: piece.to });
    }
    line = [];
  };
  for (const piece of pieces) {
    if (line[0] !== undefined && piece.across - line[0].across > SLOPE) flush();
    line.push(piece);
  }
  flush();
  return joined.filter(({ from, to }) => to - from >= SHORTEST);
}

/** Collects what may rule a table from the paths that a page paints: level and upright lines, edges of filled boxes. */
export class RuleCollector {
  private readonly level: Piece[] = [];
  private readonly upright: Piece[] = [];

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {}

  /** `args` are those of pdfjs's constructPath: the operator that paints, `[path]`, and a bounding box. */
  addPath(args: readonly unknown[], matrix: Matrix, fillsWhite: boolean): void {
    const [painter, data] = args;
    const path: unknown = Array.isArray(data) ? data[0] : null;
    if (!isPath(path) || !(STROKES.has(painter) || FILLS.has(painter))) return;
    // Letters drawn as outlines: nothing of them is level for long.
    if (this.level.length + this.upright.length > MAX_SEGMENTS) return;
    for (const subpath of toSubpaths(path, matrix)) {
      if (FILLS.has(painter)) this.addFill(subpath, fillsWhite);
      else this.addStroke(subpath);
    }
  }

  private addStroke({ points, isClosed }: Subpath): void {
    const first = points[0];
    const ends = isClosed && first !== undefined ? [...points, first] : points;
    for (const [index, point] of ends.entries()) {
      const before = ends[index - 1];
      if (before !== undefined) this.addSegment(before, point);
    }
  }

  private addFill(subpath: Subpath, isWhite: boolean): void {
    const [one, other] = subpath.points;
    if (subpath.points.length === 2 && one !== undefined && other !== undefined) this.addSegment(one, other);
    const box = toRectangle(subpath);
    if (box === null) return;
    const width = box.x1 - box.x0;
    const height = box.y1 - box.y0;
    if (height <= THIN && width > height) {
      const y = (box.y0 + box.y1) / 2;
      this.addSegment({ x: box.x0, y }, { x: box.x1, y });
    } else if (width <= THIN) {
      const x = (box.x0 + box.x1) / 2;
      this.addSegment({ x, y: box.y0 }, { x, y: box.y1 });
    } else if (!isWhite && width * height < BACKGROUND * this.width * this.height) {
      // A white box on a white page is not seen.
      for (const y of [box.y0, box.y1]) this.addSegment({ x: box.x0, y }, { x: box.x1, y });
      for (const x of [box.x0, box.x1]) this.addSegment({ x, y: box.y0 }, { x, y: box.y1 });
    }
  }

  private addSegment(one: Point, other: Point): void {
    const deltaX = Math.abs(one.x - other.x);
    const deltaY = Math.abs(one.y - other.y);
    if (deltaY <= SLOPE && deltaX > deltaY) {
      const y = (one.y + other.y) / 2;
      this.addPiece(this.level, y, one.x, other.x, this.height, this.width);
    } else if (deltaX <= SLOPE && deltaY > deltaX) {
      const x = (one.x + other.x) / 2;
      this.addPiece(this.upright, x, one.y, other.y, this.width, this.height);
    }
  }

  /** Cut to the page; at its very edge nothing is ruled. */
  private addPiece(to: Piece[], across: number, one: number, other: number, acrossMax: number, max: number) {
    const from = Math.max(Math.min(one, other), 0);
    const end = Math.min(Math.max(one, other), max);
    if (end > from && across > 0 && across < acrossMax) to.push({ across, from, to: end });
  }

  /** The longest first where there are too many; else from top to bottom, then from left to right. */
  rules(): RawRule[] {
    const round = (value: number): number => Math.round(value * 100) / 100;
    const level = joinPieces(this.level).map(({ across, from, to }) => ({
      x0: round(from),
      y0: round(across),
      x1: round(to),
      y1: round(across),
    }));
    const upright = joinPieces(this.upright).map(({ across, from, to }) => ({
      x0: round(across),
      y0: round(from),
      x1: round(across),
      y1: round(to),
    }));
    const length = ({ x0, y0, x1, y1 }: RawRule): number => x1 - x0 + y1 - y0;
    const rules = [...level, ...upright];
    return rules.length <= MAX_RULES
      ? rules
      : rules.sort((one, other) => length(other) - length(one)).slice(0, MAX_RULES);
  }
}
