import {
  boxWithin,
  horizontalOverlap,
  unionOf,
  verticalOverlap,
  type Cell,
  type PageLayout,
} from './layout.js';
import type { LabelHit } from './labels.js';
import type { LabelledPage, LabelledValue } from './labelled-values.js';
import type { LabelledRule } from './definition.js';
import { recogniseAddresses } from './recognisers/addresses.js';

const SAME_EDGE = 4;
const MOST_LINES = 60;
const MOST_LINES_OF_LABEL = 8;
const GAP_OF_LINES = 1.3;
const FARTHEST_RIGHT = 330;
const REACH_BELOW = 4;
const MOST_OPEN = 40;

/** Lines that stand under each other with the same left edge, as one cell with a line end between: addresses are read from these. */
export function columnsOf(page: PageLayout): readonly Cell[] {
  const columns: Cell[][] = [];
  // Of columns begun long ago none can go on.
  let open: Cell[][] = [];
  for (const cell of page.cells) {
    const column = open.find((lines) => continues(lines.at(-1), cell) && lines.length < MOST_LINES);
    if (column === undefined) {
      const fresh = [cell];
      columns.push(fresh);
      open = [fresh, ...open].slice(0, MOST_OPEN);
    } else column.push(cell);
  }
  return columns.map(joined);
}

function continues(last: Cell | undefined, cell: Cell): boolean {
  if (last === undefined) return false;
  const gap = cell.box[1] - last.box[3];
  return (
    Math.abs(last.box[0] - cell.box[0]) < SAME_EDGE &&
    cell.box[1] > last.box[1] &&
    gap < GAP_OF_LINES * last.fontSize
  );
}

/** A cell and the lines under it, until there is a gap, a label or something else; `left` is where the lines may begin, too. */
export function columnFrom(first: Cell, left: number, context: LabelledPage): Cell {
  const lines = [first];
  for (const cell of context.page.cells) {
    const last = lines.at(-1) ?? first;
    if (lines.length >= MOST_LINES_OF_LABEL) break;
    const isAligned =
      Math.abs(cell.box[0] - first.box[0]) < SAME_EDGE || Math.abs(cell.box[0] - left) < SAME_EDGE;
    const gap = cell.box[1] - last.box[3];
    if (!isAligned || cell.box[1] <= last.box[1] || gap > GAP_OF_LINES * last.fontSize) continue;
    if (isLabel(cell, context)) break;
    lines.push(cell);
  }
  return joined(lines);
}

function joined(lines: readonly Cell[]): Cell {
  const [first] = lines;
  if (first === undefined) throw new RangeError('A column has at least one line.');
  const starts: number[] = [];
  let text = '';
  for (const line of lines) {
    if (text !== '') text += '\n';
    for (const start of line.starts) starts.push(start + text.length);
    text += line.text;
  }
  return {
    ...first,
    text,
    box: unionOf(lines.map(({ box }) => box)),
    words: lines.flatMap(({ words }) => words),
    starts,
  };
}

/** The address that belongs to a label: behind it, to its right or under it, with the lines below. */
export function addressOfLabel(
  hit: LabelHit,
  { positions }: LabelledRule,
  context: LabelledPage,
): LabelledValue | undefined {
  for (const position of positions) {
    const start = startOf(position, hit, context);
    if (start === undefined || (position !== 'beside' && isLabel(start, context))) continue;
    const from = position === 'beside' ? hit.end : 0;
    const cell = columnFrom(start, boxWithin(start, from, start.text.length)[0], context);
    const [match] = recogniseAddresses(cell.text.slice(from), context.locale);
    if (match === undefined) continue;
    return { cell, match: { ...match, start: match.start + from, end: match.end + from }, position };
  }
  return undefined;
}

const isLabel = (cell: Cell, { hitsByCell }: LabelledPage): boolean =>
  hitsByCell.get(cell)?.some(({ isHeading }) => isHeading) === true;

function startOf(
  position: LabelledValue['position'],
  { cell, start, end, isHeading }: LabelHit,
  { page }: LabelledPage,
): Cell | undefined {
  const label = boxWithin(cell, start, end);
  switch (position) {
    case 'beside':
      return /^\s{0,2}[:：\-–—#|].*[\p{L}\d]/u.test(cell.text.slice(end)) ? cell : undefined;
    case 'right':
      if (!isHeading) return undefined;
      return page.cells
        .filter(
          (other) =>
            other !== cell &&
            other.box[0] >= label[2] - 1 &&
            other.box[0] - label[2] < FARTHEST_RIGHT &&
            verticalOverlap(label, other.box) > 0.5,
        )
        .sort((one, other) => one.box[0] - other.box[0])[0];
    case 'above':
      return undefined;
    case 'below':
      if (!isHeading) return undefined;
      return page.cells
        .filter(
          ({ box }) =>
            box[1] >= label[3] - 2 &&
            box[1] - label[3] < REACH_BELOW * cell.fontSize &&
            horizontalOverlap(box, label) > 0,
        )
        .sort((one, other) => one.box[1] - other.box[1])[0];
  }
}
