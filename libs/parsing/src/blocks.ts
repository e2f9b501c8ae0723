import type { Block } from '@docstream/contracts';
import { largestOf, smallestOf, unite, type Frame } from './geometry.js';
import { toLine, type FrameLine } from './lines.js';
import { groupByRow, type Segment } from './rows.js';

/** A line step that is so much wider than those around it begins a new block. */
const WIDER = 1.35;
/** And so does any step of more font sizes. */
const WIDEST_STEP = 2.2;
const OTHER_SIZE = 1.2;
/** Small print that overlaps a line by its height is a part of it: limits of sums, exponents out of reach. */
const SMALLER = 0.82;
const OVERLAPPING = 0.8;

/** More lines than a block of text has; its usual step is known by then. */
const MOST_STEPS = 500;

/** The steps between the lines of a block, in order of size. */
class LineSteps {
  private readonly sorted: number[] = [];

  add(step: number): void {
    if (this.sorted.length >= MOST_STEPS) return;
    const at = this.sorted.findIndex((other) => other > step);
    this.sorted.splice(at < 0 ? this.sorted.length : at, 0, step);
  }

  median(): number | undefined {
    return this.sorted[Math.floor(this.sorted.length / 2)];
  }
}

const extentOf = ({ words }: FrameLine): readonly [number, number] => [
  smallestOf(words, (word) => word.u0),
  largestOf(words, (word) => word.u1),
];

function isPartOf(line: FrameLine, host: FrameLine | undefined): boolean {
  if (host === undefined || line.size > SMALLER * host.size) return false;
  if (Math.abs(line.v - host.v) >= OVERLAPPING * host.size) return false;
  const [from, to] = extentOf(line);
  const [hostFrom, hostTo] = extentOf(host);
  return from >= hostFrom - host.size && to <= hostTo + host.size;
}

/** Lines with the small print that belongs to them, in the order of their places. */
function withSmallPrint(lines: readonly FrameLine[]): FrameLine[][] {
  const groups: { host: FrameLine; all: FrameLine[] }[] = [];
  let before: FrameLine[] = [];
  for (const [index, line] of lines.entries()) {
    const last = groups.at(-1);
    const next = lines.slice(index + 1, index + 3).find((other) => isPartOf(line, other));
    const isBehind = last !== undefined && isPartOf(line, last.host);
    const isNearer = next === undefined || (last !== undefined && line.v - last.host.v <= next.v - line.v);
    if (isBehind && isNearer && before.length === 0) last.all.push(line);
    else if (next !== undefined) before.push(line);
    else {
      groups.push({ host: line, all: [...before, line] });
      before = [];
    }
  }
  return groups.map(({ host, all }) => [host, ...all]);
}

/** The rows of one flow to lines, lines to blocks: a wider step or another font size begins a new block. */
export function toBlocks(flow: readonly Segment[], frame: Frame): Block[] {
  const lines: FrameLine[] = groupByRow(flow).map((row) => ({
    words: row.flatMap((segment) => segment.words),
    v: row[0]?.v ?? 0,
    size: largestOf(row, (segment) => segment.size),
  }));
  const groups = withSmallPrint(lines);
  const hosts = groups.flatMap(([host]) => host ?? []);
  const blocks: FrameLine[][] = [];
  let steps = new LineSteps();
  for (const [index, [line, ...all]] of groups.entries()) {
    const before = hosts[index - 1];
    const open = blocks.at(-1);
    if (line === undefined) continue;
    if (before === undefined || open === undefined || isApart(hosts, index, steps)) {
      blocks.push(all);
      steps = new LineSteps();
    } else {
      for (const each of all) open.push(each);
      steps.add(line.v - before.v);
    }
  }
  return blocks.map((block) => {
    const shown = block.map((line) => toLine(line, frame));
    return { box: unite(shown.map((line) => line.box)), lines: shown };
  });
}

const isOtherSize = (one: FrameLine, other: FrameLine): boolean =>
  Math.max(one.size, other.size) > OTHER_SIZE * Math.min(one.size, other.size);

/** Judged by the steps within the block so far, or, after its first line, by the step that follows. */
function isApart(lines: readonly FrameLine[], index: number, steps: LineSteps): boolean {
  const [before, line, next] = lines.slice(index - 1, index + 2);
  if (before === undefined || line === undefined) return true;
  const step = line.v - before.v;
  if (step > WIDEST_STEP * line.size || isOtherSize(line, before)) return true;
  const usual = steps.median();
  if (usual !== undefined) return step > WIDER * usual;
  return next !== undefined && !isOtherSize(next, line) && step > WIDER * (next.v - line.v);
}
