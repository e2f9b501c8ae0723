import { linesOf, type Line, type Page, type ParsedDocument } from '@docstream/contracts';
import { deviation, mean, quantile, ratio } from './statistics.js';

/** Pages that are looked at: the kind of a document shows early. */
const MAX_PAGES = 6;

export type NamedNumbers = ReadonlyMap<string, number>;

const PRODUCTS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['tex', /tex|dvips|latex/i],
  ['presentation', /powerpoint|impress|keynote|beamer|slides/i],
  ['spreadsheet', /excel|calc\b/i],
  ['word', /word|writer|docs/i],
  ['publishing', /indesign|quark|publisher|pagemaker|framemaker/i],
  ['browser', /chrom|webkit|skia|wkhtml|mozilla|safari/i],
  ['form', /livecycle|designer|forms?\b/i],
];

/** How the pages look and which program made them. Every number is finite; a document without text gives zeros. */
export function layoutFeatures(document: ParsedDocument): NamedNumbers {
  const pages = document.pages.slice(0, MAX_PAGES);
  const features = new Map<string, number>();
  const lines = pages.flatMap((page) => linesOf(page));
  const sizes = lines.map((line) => line.fontSize);
  const first = pages[0];
  const perPage = (count: number): number => Math.log1p(ratio(count, pages.length));

  features.set('pages', Math.log(Math.max(1, document.pages.length)));
  features.set('single-page', document.pages.length === 1 ? 1 : 0);
  features.set('landscape', ratio(pages.filter((page) => page.width > page.height).length, pages.length));
  features.set('aspect', first === undefined ? 1 : Math.min(3, first.height / Math.max(1, first.width)));
  features.set('page-area', first === undefined ? 0 : Math.log1p((first.width * first.height) / 10_000));
  features.set('lines', perPage(lines.length));
  features.set('words', perPage(lines.reduce((sum, line) => sum + line.words.length, 0)));
  features.set('words-per-line', mean(lines.map((line) => line.words.length)));
  features.set('short-lines', ratio(lines.filter((line) => line.words.length <= 3).length, lines.length));
  features.set('long-lines', ratio(lines.filter((line) => line.words.length >= 9).length, lines.length));
  features.set('blocks', perPage(pages.reduce((sum, page) => sum + page.blocks.length, 0)));
  features.set(
    'lines-per-block',
    mean(pages.flatMap((page) => page.blocks.map((block) => block.lines.length))),
  );
  features.set('font-size', quantile(sizes, 0.5));
  features.set('largest-font', Math.log(ratio(quantile(sizes, 0.99), quantile(sizes, 0.5)) || 1));
  features.set('small-font', quantile(sizes, 0.1));
  features.set('font-spread', Math.log1p(deviation(sizes)));
  features.set('font-sizes', Math.log1p(new Set(sizes.map((size) => Math.round(size))).size));
  features.set('bold', ratio(lines.filter((line) => line.bold).length, lines.length));
  features.set(
    'image-pages',
    ratio(pages.filter((page) => page.state === 'image-only').length, pages.length),
  );
  features.set('columns', mean(pages.map(sideBySide)));
  features.set('indents', mean(pages.map(leftEdges)));
  features.set('ragged', mean(pages.map(raggedness)));
  features.set('coverage', mean(pages.map(coverage)));
  const program = `${document.metadata.creator ?? ''} ${document.metadata.producer ?? ''}`;
  for (const [name, pattern] of PRODUCTS) features.set(`made-with-${name}`, pattern.test(program) ? 1 : 0);
  features.set('has-title', document.metadata.title === undefined ? 0 : 1);
  features.set(
    'invoice-xml',
    document.attachments.some(({ name }) => /factur-x|zugferd|xrechnung/i.test(name)) ? 1 : 0,
  );
  return features;
}

/** Share of the page's lines that have another line beside them at the same height. */
function sideBySide(page: Page): number {
  const lines = linesOf(page);
  const byRow = new Map<number, number>();
  for (const line of lines) {
    const row = Math.round((line.box[1] + line.box[3]) / 2 / 6);
    byRow.set(row, (byRow.get(row) ?? 0) + 1);
  }
  const beside = [...byRow.values()].filter((count) => count > 1).reduce((sum, count) => sum + count, 0);
  return ratio(beside, lines.length);
}

/** Number of left edges at which three lines or more begin. */
function leftEdges(page: Page): number {
  const edges = new Map<number, number>();
  for (const line of linesOf(page)) {
    const edge = Math.round(line.box[0] / 8);
    edges.set(edge, (edges.get(edge) ?? 0) + 1);
  }
  return [...edges.values()].filter((count) => count >= 3).length;
}

const width = (line: Line): number => Math.max(0, line.box[2] - line.box[0]);

/** Deviation of the lines' widths as a share of the page's: prose is even, tables and forms are not. */
function raggedness(page: Page): number {
  return ratio(deviation(linesOf(page).map(width)), page.width);
}

/** Share of the page's area under text, at most 1. */
function coverage(page: Page): number {
  const area = linesOf(page).reduce(
    (sum, line) => sum + width(line) * Math.max(0, line.box[3] - line.box[1]),
    0,
  );
  return Math.min(1, ratio(area, page.width * page.height));
}
