import type { Box } from '@docstream/contracts';

/**
 * A page turned so that text of one direction runs to the right: `u` along the lines, `v` down the lines. Only in
 * multiples of the angle does a box stay exact; for slanted text it is the box around it.
 */
export interface Frame {
  readonly cos: number;
  readonly sin: number;
}

export function frameOf(angle: number): Frame {
  const radians = (angle * Math.PI) / 180;
  const exact = (value: number): number => (Math.abs(value) < 1e-9 ? 0 : value);
  return { cos: exact(Math.cos(radians)), sin: exact(Math.sin(radians)) };
}

export function toFrame({ cos, sin }: Frame, x: number, y: number): readonly [u: number, v: number] {
  return [x * cos + y * sin, y * cos - x * sin];
}

/** Points are rounded to a hundredth: finer is noise, and JSON grows with it. */
const round = (value: number): number => Math.round(value * 100) / 100 + 0;

export function toBox({ cos, sin }: Frame, u0: number, v0: number, u1: number, v1: number): Box {
  const corners = [
    [u0, v0],
    [u1, v0],
    [u0, v1],
    [u1, v1],
  ] as const;
  const xs = corners.map(([u, v]) => u * cos - v * sin);
  const ys = corners.map(([u, v]) => u * sin + v * cos);
  return [round(Math.min(...xs)), round(Math.min(...ys)), round(Math.max(...xs)), round(Math.max(...ys))];
}

export function unite(boxes: readonly Box[]): Box {
  let [left, top, right, bottom] = boxes[0] ?? [0, 0, 0, 0];
  for (const box of boxes) {
    left = Math.min(left, box[0]);
    top = Math.min(top, box[1]);
    right = Math.max(right, box[2]);
    bottom = Math.max(bottom, box[3]);
  }
  return [left, top, right, bottom];
}

/** The largest value, whatever the number of items; -Infinity without any. */
export function largestOf<Item>(items: Iterable<Item>, valueOf: (item: Item) => number): number {
  let largest = -Infinity;
  for (const item of items) largest = Math.max(largest, valueOf(item));
  return largest;
}

/** The smallest value, whatever the number of items; Infinity without any. */
export function smallestOf<Item>(items: Iterable<Item>, valueOf: (item: Item) => number): number {
  let smallest = Infinity;
  for (const item of items) smallest = Math.min(smallest, valueOf(item));
  return smallest;
}

/** How many of the values, in ascending order, are below a bound. */
export function countBelow(sorted: readonly number[], bound: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? Infinity) < bound) from = middle + 1;
    else to = middle;
  }
  return from;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
