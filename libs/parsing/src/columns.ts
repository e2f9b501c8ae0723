import { findBand, findSplit, splitAtRules, splitOffMargins } from './bands.js';
import { areColumns, isProse, isTableAcross } from './column-evidence.js';
import { countBelow } from './geometry.js';
import { findGutters, sidesOf, type Gutter, type Sides } from './gutters.js';
import { isRightToLeft } from './normalise-text.js';
import { groupByRow, type Segment } from './rows.js';
import type { Ruling } from './ruling.js';
import { joinAlignedRows } from './table-rows.js';

/** Deep enough for a page of columns within columns, and a bound for hostile ones. */
const MAX_DEPTH = 12;
const MOST_GUTTERS = 6;
/** Free strips between bands, in font sizes. */
const WIDE_SPLIT = 1.5;
const NARROW_SPLIT = 0.4;

/** Segments to be read row by row. */
interface Flow {
  readonly segments: readonly Segment[];
  /** It reaches over the whole width of its region: what follows below may go on in it. */
  readonly isWhole: boolean;
}

const whole = (segments: readonly Segment[]): Flow[] =>
  segments.length === 0 ? [] : [{ segments, isWhole: true }];

/** What stands one below the other over the whole width is one flow, however it was cut while columns were looked for. */
function joinWhole(flows: readonly Flow[]): Flow[] {
  const joined: Flow[] = [];
  let open: Segment[] = [];
  for (const { segments, isWhole } of flows) {
    if (!isWhole) {
      joined.push(...whole(open), { segments, isWhole });
      open = [];
    } else for (const segment of segments) open.push(segment);
  }
  return [...joined, ...whole(open)];
}

const isText = ({ left, right }: Sides): boolean => isProse(left) && isProse(right);

class ReadingOrder {
  constructor(private readonly ruling: Ruling) {}

  order(segments: readonly Segment[], depth: number): Flow[] {
    if (segments.length < 4 || depth >= MAX_DEPTH) return whole(segments);
    const rows = groupByRow(segments);
    const margins = depth === 0 ? splitOffMargins(rows) : null;
    if (margins !== null) return this.oneBelowTheOther(margins, depth);
    const gutters = rows.length < 3 ? [] : findGutters(segments, rows.length);
    const found = gutters
      .sort((a, b) => b.width - a.width)
      .slice(0, MOST_GUTTERS)
      .map((gutter) => ({ gutter, sides: sidesOf(segments, gutter) }));
    const text = found.find(({ sides }) => isText(sides));
    if (text !== undefined) return this.inColumns(text.sides, text.gutter, depth);
    const ruled = splitAtRules(segments, this.ruling.levels);
    if (ruled !== null) return this.oneBelowTheOther(ruled, depth);
    const columns = found.find(({ sides, gutter }) => this.areApart(sides, gutter, gutters.length));
    if (columns !== undefined) {
      const joined = joinAlignedRows(segments);
      return joined === null || sidesOf(joined, columns.gutter).crossing.length === 0
        ? this.inColumns(columns.sides, columns.gutter, depth)
        : this.order(joined, depth + 1);
    }
    const bands = this.intoBands(segments, rows);
    return bands === null ? whole(segments) : this.oneBelowTheOther(bands, depth);
  }

  private areApart({ left, right }: Sides, gutter: Gutter, gutterCount: number): boolean {
    return areColumns(left, right, gutter, gutterCount, this.ruling);
  }

  /** Running text in columns is kept whole; all else is parted first where a wide strip is free of text. */
  private intoBands(segments: readonly Segment[], rows: readonly Segment[][]): readonly Segment[][] | null {
    return (
      findBand(rows, isText) ??
      findSplit(segments, WIDE_SPLIT) ??
      findBand(rows, (sides, gutter) => this.areApart(sides, gutter, Infinity)) ??
      findSplit(segments, NARROW_SPLIT)
    );
  }

  private oneBelowTheOther(bands: readonly Segment[][], depth: number): Flow[] {
    return joinWhole(bands.flatMap((band) => this.order(band, depth + 1)));
  }

  private beside(left: readonly Segment[], right: readonly Segment[], depth: number): Flow[] {
    const words = [...left, ...right].flatMap((segment) => segment.words.map((word) => word.text));
    const columns = isRightToLeft(words.join(' ')) ? [right, left] : [left, right];
    return columns
      .flatMap((column) => this.order(column, depth + 1))
      .map((flow) => ({ ...flow, isWhole: false }));
  }

  /** Lines across the gutter part the page into bands; within a band one column is read after the other. */
  private inColumns({ left, right, crossing }: Sides, gutter: Gutter, depth: number): Flow[] {
    if (crossing.length === 0) return this.beside(left, right, depth);
    const flows: Flow[][] = [];
    const rest = [...left, ...right, ...crossing].sort((a, b) => a.v - b.v);
    const across = new Set(crossing);
    const bands = groupByRow(crossing).map((row) => row[0]?.v ?? 0);
    const tolerance = 1;
    let from = -Infinity;
    const heights = rest.map((segment) => segment.v);
    for (const v of [...bands, Infinity]) {
      const near = rest.slice(
        countBelow(heights, Math.min(from, v) - tolerance),
        countBelow(heights, v + 2 * tolerance),
      );
      const band = near.filter(
        (segment) => !across.has(segment) && segment.v > from + tolerance && segment.v < v - tolerance,
      );
      const inLeft = band.filter((segment) => segment.u1 <= gutter.centre);
      const inRight = band.filter((segment) => segment.u1 > gutter.centre);
      if (inLeft.length === 0 || inRight.length === 0) flows.push(this.order(band, depth + 1));
      else if (isTableAcross(inLeft, inRight)) flows.push(whole(band));
      else flows.push(this.beside(inLeft, inRight, depth));
      flows.push(whole(near.filter((segment) => Math.abs(segment.v - v) <= tolerance)));
      from = v;
    }
    return joinWhole(flows.flat());
  }
}

/** Reading order by recursive cuts (XY-cut, Nagy & Seth 1984): flows of segments, each to be read row by row. */
export function orderSegments(segments: readonly Segment[], ruling: Ruling): (readonly Segment[])[] {
  const order = new ReadingOrder(ruling);
  const flowsOf = (some: readonly Segment[]): (readonly Segment[])[] =>
    order.order(some, 0).map((flow) => flow.segments);
  return flowsOf(segments).flatMap((flow) => unfold(flow, flowsOf));
}

/** Rows of tables that are read cell by cell part a flow. */
function unfold(
  flow: readonly Segment[],
  flowsOf: (cell: readonly Segment[]) => (readonly Segment[])[],
): (readonly Segment[])[] {
  const flows: (readonly Segment[])[] = [];
  let open: Segment[] = [];
  for (const segment of [...flow].sort((a, b) => a.v - b.v)) {
    if (segment.cells === undefined) open.push(segment);
    else {
      flows.push(open);
      for (const each of segment.cells.flatMap(flowsOf)) flows.push(each);
      open = [];
    }
  }
  return [...flows, open].filter((each) => each.length > 0);
}
