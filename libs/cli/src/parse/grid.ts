import type { Table as ParsedTable } from '@docstream/contracts';
import Table from 'cli-table3';
import { inOneLine } from '../terminal.js';

const MAX_ROWS = 30;
const MAX_COLUMNS = 12;
const LINE_WIDTH = 110;
/** Border and padding of a column. */
const AROUND = 3;

/** A table as a small grid of characters; long cells are cut, what a cell reaches over stays empty. */
export function gridOf({ rows, columns, cells }: ParsedTable): string {
  const [height, width] = [Math.min(rows, MAX_ROWS), Math.min(columns, MAX_COLUMNS)];
  const longest = Math.max(6, Math.floor(LINE_WIDTH / Math.max(1, width)) - AROUND);
  const texts = Array.from({ length: height }, () => Array.from({ length: width }, () => ''));
  for (const { row, column, text } of cells) {
    const line = texts[row];
    if (line !== undefined && column < width)
      line[column] = cut(inOneLine(text.replaceAll('\n', ' ')), longest);
  }
  const grid = new Table({ style: { head: [], border: [], compact: true } });
  grid.push(...texts);
  const left = [
    rows > height ? `${rows - height} more rows` : '',
    columns > width ? `${columns - width} more columns` : '',
  ].filter((part) => part !== '');
  return left.length === 0
    ? grid.toString()
    : `${grid.toString()}\n… and ${left.join(' and ')}; --json has them all`;
}

function cut(text: string, longest: number): string {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}
