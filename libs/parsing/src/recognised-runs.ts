import type { Block, Box, Page, Table } from '@docstream/contracts';
import type { RawPage, RawRun, RecognisedLine, RecognisedPage, RecognisedWord } from '@docstream/core';
import { frameOf, median, toBox, toFrame, unite, type Frame } from './geometry.js';
import { isRightToLeft, toLogicalOrder } from './normalise-text.js';

/** Below this, words are stains and drawings more often than words. */
const MIN_CONFIDENCE = 0.3;
/** More is no slanted page but one that was read wrongly, in degrees. */
const MAX_SLANT = 7;

/** A page laid so that its text runs level from left to right, and moved so that all of it is on the page. */
export interface StraightPage {
  readonly raw: RawPage;
  readonly frame: Frame;
  /** How far it was moved. */
  readonly u: number;
  readonly v: number;
}

export function certainWords({ lines }: RecognisedPage): readonly RecognisedWord[] {
  return lines.flatMap(({ words }) => words).filter(isCertain);
}

const isCertain = ({ confidence }: RecognisedWord): boolean => confidence >= MIN_CONFIDENCE;

const angleOf = ({ baseline: [x0, y0, x1, y1] }: RecognisedLine): number =>
  (Math.atan2(y1 - y0, x1 - x0) * 180) / Math.PI;

/** The nearest of 0, 90, 180 and 270. */
const quarterOf = (angle: number): number => (((Math.round(angle / 90) % 4) + 4) % 4) * 90;

/** Direction of the text, in degrees clockwise: paper goes into scanners askew, and sometimes on its side. */
function directionOf(lines: readonly RecognisedLine[]): number {
  const lengths = lines.map(({ baseline: [x0, y0, x1, y1] }) => Math.hypot(x1 - x0, y1 - y0));
  // Short lines tell little: a pixel turns them by degrees.
  const longest = Math.max(...lengths);
  const angles = lines.filter((_, index) => (lengths[index] ?? 0) >= longest / 2).map(angleOf);
  const quarter = median(angles.map(quarterOf));
  const slants = angles
    .filter((angle) => quarterOf(angle) === quarter)
    .map((angle) => ((angle - quarter + 540) % 360) - 180);
  const slant = median(slants);
  return quarter + (Math.abs(slant) <= MAX_SLANT ? slant : 0);
}

/** A line as a run: recognised text is in logical order, runs are in the order of drawing. */
function toRun(
  line: RecognisedLine,
  scale: number,
  { frame, u, v }: Omit<StraightPage, 'raw'>,
  direction: number,
): RawRun[] {
  // Most lines of a page are level now; notes in the margin need not be.
  const angle = quarterOf(angleOf(line) - direction);
  const own = frameOf(angle);
  const place = (x: number, y: number): readonly [along: number, down: number] => {
    const [placedU, placedV] = toFrame(frame, x * scale, y * scale);
    return toFrame(own, placedU + u, placedV + v);
  };
  const [x0, y0, x1, y1] = line.baseline;
  const [, base] = place((x0 + x1) / 2, (y0 + y1) / 2);
  const isLevel = quarterOf(angleOf(line)) % 180 === 0;
  const words = line.words.filter(isCertain).map(({ text, box: [left, top, right, bottom] }) => {
    const [middle] = place((left + right) / 2, (top + bottom) / 2);
    const half = ((isLevel ? right - left : bottom - top) / 2) * scale;
    return {
      text: isRightToLeft(text) ? toLogicalOrder(text) : text,
      from: middle - half,
      to: middle + half,
    };
  });
  words.sort((a, b) => a.from - b.from);
  const start = words[0]?.from;
  if (start === undefined) return [];
  const offsets: number[] = [];
  for (const { text, from, to } of words) {
    const step = (to - from) / text.length;
    for (let unit = 0; unit < text.length; unit += 1) offsets.push(from - start + unit * step);
    // The end of a word is where the blank after it begins.
    offsets.push(to - start);
  }
  const text = words.map((word) => word.text).join(' ');
  const length = offsets.at(-1) ?? 0;
  const fontSize = line.fontSize * scale;
  const [x, y] = toFrame({ cos: own.cos, sin: -own.sin }, start, base);
  return [{ text, x, y, angle, length, fontSize, bold: false, offsets }];
}

/** What was recognised on a page as a parser would have seen it. */
export function straighten(page: Page, recognised: RecognisedPage): StraightPage {
  const direction = directionOf(recognised.lines);
  const frame = frameOf(direction);
  const corners = [
    [0, 0],
    [page.width, 0],
    [0, page.height],
    [page.width, page.height],
  ].map(([x = 0, y = 0]) => toFrame(frame, x, y));
  const us = corners.map(([u]) => u);
  const vs = corners.map(([, v]) => v);
  const straight = { frame, u: -Math.min(...us), v: -Math.min(...vs) };
  const raw: RawPage = {
    number: page.number,
    width: Math.max(...us) + straight.u,
    height: Math.max(...vs) + straight.v,
    rotation: page.rotation,
    runs: recognised.lines.flatMap((line) => toRun(line, recognised.pointsPerPixel, straight, direction)),
    hasImages: true,
  };
  return { raw, ...straight };
}

/** Boxes of a page that was laid straight, back to where they stand on the page as shown. */
export function layBack(
  { blocks, tables }: Pick<Page, 'blocks' | 'tables'>,
  { frame, u, v }: Omit<StraightPage, 'raw'>,
): Pick<Page, 'blocks' | 'tables'> {
  if (frame.cos === 1) return tables === undefined ? { blocks } : { blocks, tables };
  const back = ([left, top, right, bottom]: Box): Box =>
    toBox(frame, left - u, top - v, right - u, bottom - v);
  const blocksBack = blocks.map((block): Block => {
    const lines = block.lines.map((line) => {
      const words = line.words.map((word) => ({ ...word, box: back(word.box) }));
      return { ...line, words, box: unite(words.map((word) => word.box)) };
    });
    return { ...block, lines, box: unite(lines.map((line) => line.box)) };
  });
  if (tables === undefined) return { blocks: blocksBack };
  const tablesBack = tables.map((table): Table => {
    const cells = table.cells.map((cell) => ({ ...cell, box: back(cell.box) }));
    return { ...table, cells, box: back(table.box) };
  });
  return { blocks: blocksBack, tables: tablesBack };
}
