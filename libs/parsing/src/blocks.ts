import type { Block } from '@docstream/contracts';
import { median, unite, type Frame } from './geometry.js';
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

const extentOf = ({ words }: FrameLine): readonly [number, number] => [
  Math.min(...words.map((word) => word.u0)),
  Math.max(...words.map((word) => word.u1)),
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
    size: Math.max(...row.map((segment) => segment.size)),
  }));
  const groups = withSmallPrint(lines);
  const hosts = groups.flatMap(([host]) => host ?? []);
  const blocks: FrameLine[][] = [];
  let steps: number[] = [];
  for (const [index, [line, ...all]] of groups.entries()) {
    const before = hosts[index - 1];
    const open = blocks.at(-1);
    if (line === undefined) continue;
    if (before === undefined || open === undefined || isApart(hosts, index, steps)) {
      blocks.push(all);
      steps = [];
    } else {
      open.push(...all);
      steps.push(line.v - before.v);
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
function isApart(lines: readonly FrameLine[], index: number, steps: readonly number[]): boolean {
  const [before, line, next] = lines.slice(index - 1, index + 2);
  if (before === undefined || line === undefined) return true;
  const step = line.v - before.v;
  if (step > WIDEST_STEP * line.size || isOtherSize(line, before)) return true;
  if (steps.length > 0) return step > WIDER * median(steps);
  return next !== undefined && !isOtherSize(next, line) && step > WIDER * (next.v - line.v);
}
