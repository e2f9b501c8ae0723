import { unionOf, type Cell } from '../layout.js';
import { namesIn } from '../person-names.js';
import type { Finder, FinderContext } from './finder.js';
import { nameOf } from './finder.js';
import { headings, type Heading } from './headings.js';
import { textLines, type TextLine } from './text-lines.js';

const ABSTRACT =
  /^\s*(?:abstract|a b s t r a c t|zusammenfassung|résumé|summary|introduction|1\.?\s+introduction|摘\s*要|keywords)/iu;
const MOST_CELLS = 60;
const MOST_AUTHORS = 60;

/** Authors under the title, in the order printed, without footnote marks; lines of the same type face as the first. */
export const findAuthors: Finder = (field, rule, context) => {
  const title = headings(context)[0];
  const page = context.pages.find(({ cells }) => cells.length > 0);
  if (title === undefined || page === undefined) return [];
  const below = authorArea(textLines(page), title);
  const names: string[] = [];
  const cells: Cell[] = [];
  let style: Cell | undefined;
  for (const cell of below) {
    if (style !== undefined && !hasStyle(cell, style)) continue;
    const found = namesIn(cell.text);
    if (found.length === 0) continue;
    style ??= cell;
    cells.push(cell);
    names.push(...found.filter((name) => !names.includes(name)));
    if (names.length >= MOST_AUTHORS) break;
  }
  if (names.length === 0) return [];
  const { number } = page;
  const raw = cells.map(({ text }) => text).join(' ');
  return [
    {
      field,
      value: names,
      page: number,
      box: unionOf(cells.map(({ box }) => box)),
      raw,
      confidence: rule.confidence * (names.length === 1 ? 0.85 : 1),
      rule: nameOf(context, field, rule),
    },
  ];
};

/** A single author, for documents that seldom have more. */
export const findAuthor: Finder = (field, rule, context: FinderContext) =>
  findAuthors(field, rule, context).flatMap((found) => {
    const value = Array.isArray(found.value) ? found.value[0] : undefined;
    return typeof value === 'string' ? [{ ...found, value }] : [];
  });

function authorArea(lines: readonly TextLine[], title: Heading): readonly Cell[] {
  const last = title.lines.at(-1);
  const at = lines.findIndex(({ text, box }) => text === last?.text && box[1] === last.box[1]);
  const after = lines.slice(at + 1);
  const abstract = after.find(({ text, box }) => ABSTRACT.test(text) && box[1] >= title.box[1]);
  return after
    .flatMap(({ cells }) => cells)
    .filter(
      ({ box, text }) =>
        box[1] >= title.box[3] - 2 &&
        !ABSTRACT.test(text) &&
        (abstract === undefined || box[1] < abstract.box[1] - 1 || box[2] < abstract.box[0]),
    )
    .slice(0, MOST_CELLS);
}

function hasStyle(cell: Cell, style: Cell): boolean {
  return Math.abs(cell.fontSize - style.fontSize) < 0.8 && cell.bold === style.bold;
}
