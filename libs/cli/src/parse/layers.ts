import type { Box, Page } from '@docstream/contracts';

export interface Shape {
  readonly box: Box;
  /** What a reader is told about it. Foreign text. */
  readonly title?: string;
  /** Place in the reading order, from 1. */
  readonly order?: number;
}

/** Colours as `#rrggbb`, lengths in points. */
export interface Style {
  readonly colour: string;
  readonly lineWidth: number;
  readonly dash?: readonly number[];
  /** Of the inside, in the same colour; 0 to 1. Hollow when absent. */
  readonly fillOpacity?: number;
  /** How far the shape is drawn outside its box, so that boxes on the same edge are told apart; 0 when absent. */
  readonly outset?: number;
}

/** All shapes of one kind on a page. */
export interface Layer {
  readonly name: string;
  readonly style: Style;
  readonly shapes: readonly Shape[];
}

const STYLES = {
  block: { colour: '#1c5fd4', lineWidth: 0.9, outset: 1.8 },
  'header, footer': { colour: '#66738a', lineWidth: 0.9, dash: [4, 2], outset: 1.8 },
  table: { colour: '#c2185b', lineWidth: 1.5, outset: 3 },
  cell: { colour: '#c2185b', lineWidth: 0.6, dash: [2, 1.5] },
  'form field': { colour: '#7038c8', lineWidth: 0.9, fillOpacity: 0.1 },
  link: { colour: '#00808f', lineWidth: 0.8, dash: [1.5, 1.5], fillOpacity: 0.08 },
  line: { colour: '#2b8a3e', lineWidth: 0.5, outset: 0.8 },
  word: { colour: '#e8830c', lineWidth: 0.25, fillOpacity: 0.1 },
} as const satisfies Record<string, Style>;

type Kind = keyof typeof STYLES;

/** What was seen on a page, from the widest to the narrowest: words come last, so that a pointer finds them first. */
export function layersOf(page: Page): readonly Layer[] {
  const numbered = page.blocks.map((block, index) => ({ ...block, order: index + 1 }));
  const blocks = (isRunning: boolean): Shape[] =>
    numbered
      .filter(({ role }) => (role !== undefined) === isRunning)
      .map(({ box, order }) => ({ box, order }));
  const lines = page.blocks.flatMap((block) => block.lines);
  const tables = page.tables ?? [];
  const shapes: Readonly<Record<Kind, readonly Shape[]>> = {
    block: blocks(false),
    'header, footer': blocks(true),
    table: tables.map(({ box, rows, columns, evidence }) => ({
      box,
      title: `table of ${rows} × ${columns} cells, by ${evidence}`,
    })),
    cell: tables.flatMap(({ cells }) => cells.map(({ box, text }) => ({ box, title: text }))),
    'form field': (page.fields ?? []).map(({ box, name, type, value }) => ({
      box,
      title: `${name} (${type})${value === undefined ? '' : ` = ${value}`}`,
    })),
    link: (page.links ?? []).map(({ box, url, page: target }) => ({
      box,
      title: url ?? (target === undefined ? 'link' : `page ${target}`),
    })),
    line: lines.map(({ box }) => ({ box })),
    word: lines.flatMap(({ words }) => words.map(({ box, text }) => ({ box, title: text }))),
  };
  return (Object.keys(STYLES) as Kind[])
    .filter((kind) => shapes[kind].length > 0)
    .map((kind) => {
      const style: Style = STYLES[kind];
      const drawn = shapes[kind].map((shape) => ({ ...shape, box: grow(shape.box, style.outset ?? 0) }));
      return { name: kind, style, shapes: drawn };
    });
}

function grow([left, top, right, bottom]: Box, by: number): Box {
  return [left - by, top - by, right + by, bottom + by];
}
