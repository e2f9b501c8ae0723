import type { RawRule } from '@docstream/core';
import type { Page } from 'pdf2json';

const MAX_RULES = 2_000;
/** A filled box not thicker than this is a line, in points. */
const THIN = 3;

/** Lines of a page and the edges of its filled boxes; `unit` is pdf2json's in points. */
export function rulesOf(page: Page, unit: number): RawRule[] {
  const rules: RawRule[] = [];
  const add = (x0: number, y0: number, x1: number, y1: number): void => {
    rules.push({ x0: x0 * unit, y0: y0 * unit, x1: x1 * unit, y1: y1 * unit });
  };
  for (const { x, y, l } of page.HLines) add(x, y, x + l, y);
  for (const { x, y, l } of page.VLines) add(x, y, x, y + l);
  for (const { x, y, w, h } of page.Fills) {
    if (w >= page.Width && h >= page.Height) continue;
    if (h * unit <= THIN) add(x, y + h / 2, x + w, y + h / 2);
    else if (w * unit <= THIN) add(x + w / 2, y, x + w / 2, y + h);
    else {
      for (const edge of [y, y + h]) add(x, edge, x + w, edge);
      for (const edge of [x, x + w]) add(edge, y, edge, y + h);
    }
  }
  return rules.slice(0, MAX_RULES);
}
