import type { Block, Line, Word } from '@docstream/contracts';
import { ASCENT, DESCENT } from './fragments.js';
import { median, toBox, unite, type Frame } from './geometry.js';
import { isRightToLeft, toLogicalOrder } from './normalise-text.js';
import { groupByRow, type FrameWord, type Segment } from './rows.js';

interface FrameLine {
  readonly words: readonly FrameWord[];
  readonly v: number;
  readonly size: number;
}

/** Right-to-left lines are read from the right; numbers and foreign words within them keep their order. */
function inReadingOrder(words: readonly FrameWord[]): readonly FrameWord[] {
  if (!isRightToLeft(words.map((word) => word.text).join(' '))) return words;
  const reversed: FrameWord[] = [];
  let foreign: FrameWord[] = [];
  for (const word of [...words].reverse()) {
    if (isRightToLeft(word.text) || !/[\p{L}\p{N}]/u.test(word.text)) {
      reversed.push(...foreign, { ...word, text: toLogicalOrder(word.text) });
      foreign = [];
    } else foreign.unshift(word);
  }
  return [...reversed, ...foreign];
}

function toLine({ words, size }: FrameLine, frame: Frame): Line {
  const shown: Word[] = inReadingOrder(words).map((word) => ({
    text: word.text,
    box: toBox(frame, word.u0, word.v - ASCENT * word.size, word.u1, word.v + DESCENT * word.size),
  }));
  const letters = (bold: boolean): number =>
    words.reduce((count, word) => count + (word.bold === bold ? word.text.length : 0), 0);
  return {
    text: shown.map((word) => word.text).join(' '),
    box: unite(shown.map((word) => word.box)),
    words: shown,
    fontSize: Math.round(size * 100) / 100,
    bold: letters(true) > letters(false),
  };
}

/** The rows of one flow to lines, lines to blocks: a wider step or another font size begins a new block. */
export function toBlocks(flow: readonly Segment[], frame: Frame): Block[] {
  const lines: FrameLine[] = groupByRow(flow).map((row) => {
    const words = row.flatMap((segment) => segment.words);
    return { words, v: row[0]?.v ?? 0, size: Math.max(...row.map((segment) => segment.size)) };
  });
  const steps = lines.slice(1).map((line, index) => line.v - (lines[index]?.v ?? 0));
  const usual = steps.filter((step, index) => step < 2.2 * (lines[index + 1]?.size ?? 0));
  const leading = usual.length > 0 ? median(usual) : Infinity;
  const blocks: Line[][] = [];
  for (const [index, line] of lines.entries()) {
    const before = lines[index - 1];
    const open = blocks.at(-1);
    const step = before === undefined ? 0 : line.v - before.v;
    const isNew =
      before === undefined ||
      open === undefined ||
      step > Math.min(1.35 * leading, 2.2 * line.size) ||
      Math.max(line.size, before.size) > 1.2 * Math.min(line.size, before.size);
    if (isNew) blocks.push([toLine(line, frame)]);
    else open.push(toLine(line, frame));
  }
  return blocks.map((blockLines) => ({ box: unite(blockLines.map((line) => line.box)), lines: blockLines }));
}
