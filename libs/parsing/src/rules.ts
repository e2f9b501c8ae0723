import type { RawRule } from '@docstream/core';

/** A level or upright line: `at` is its height or its distance from the left, it reaches `from` … `to`. */
export interface Stroke {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** Drawings and maps have more; they rule no table. */
const MAX_RULES = 4000;
const MAX_STROKES = 800;
const SHORTEST = 4;
/** How far apart lines may lie and still be the same, or meet. */
export const TOUCH = 2;

function merge(strokes: readonly Stroke[]): Stroke[] {
  const sorted = [...strokes].sort((a, b) => a.at - b.at);
  const merged: Stroke[] = [];
  for (let start = 0; start < sorted.length;) {
    let end = start + 1;
    const first = sorted[start]?.at ?? 0;
    while (end < sorted.length && (sorted[end]?.at ?? 0) - first <= TOUCH) end += 1;
    const level = sorted.slice(start, end);
    const at = level.reduce((sum, stroke) => sum + stroke.at, 0) / level.length;
    let open: { from: number; to: number } | undefined;
    for (const { from, to } of level.sort((a, b) => a.from - b.from)) {
      if (open !== undefined && from <= open.to + TOUCH) open.to = Math.max(open.to, to);
      else {
        if (open !== undefined) merged.push({ at, ...open });
        open = { from, to };
      }
    }
    if (open !== undefined) merged.push({ at, ...open });
    start = end;
  }
  return merged.filter((stroke) => stroke.to - stroke.from >= SHORTEST);
}

/** Pieces of lines joined to whole ones; none when there are too many to be a table's. */
export function toStrokes(rules: readonly RawRule[]): { level: Stroke[]; upright: Stroke[] } {
  const none = { level: [], upright: [] };
  if (rules.length > MAX_RULES) return none;
  const level: Stroke[] = [];
  const upright: Stroke[] = [];
  for (const { x0, y0, x1, y1 } of rules) {
    if (![x0, y0, x1, y1].every(Number.isFinite)) continue;
    const [width, height] = [Math.abs(x1 - x0), Math.abs(y1 - y0)];
    if (height <= 1.5 && width > height)
      level.push({ at: (y0 + y1) / 2, from: Math.min(x0, x1), to: Math.max(x0, x1) });
    else if (width <= 1.5) upright.push({ at: (x0 + x1) / 2, from: Math.min(y0, y1), to: Math.max(y0, y1) });
  }
  const merged = { level: merge(level), upright: merge(upright) };
  return merged.level.length > MAX_STROKES || merged.upright.length > MAX_STROKES ? none : merged;
}
