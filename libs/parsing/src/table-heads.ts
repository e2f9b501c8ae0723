import type { AlignedRow } from './aligned-rows.js';

const LONGEST_HEAD = 45;
/** Lines of a head are no further apart, in font sizes. */
const HEAD_STEP = 1.7;
const HEAD_LINES = 3;
/** The words above may be larger than those below, which say more of the same. */
const SMALLER_BELOW = 1.4;
const SMALLER_ABOVE = 1.15;

/** Short words without digits, none of them a label of what stands beside it. */
export const isHeadLine = (row: AlignedRow): boolean =>
  row.pieces.every(
    ({ text }) =>
      text.length <= LONGEST_HEAD &&
      !/\d/.test(text) &&
      !/[:：]$/.test(text) &&
      /^[^\p{L}]{0,2}\p{L}|%|#/u.test(text) &&
      !/^[.,;)]/.test(text),
  );

/** The lines of the head that the row is one of. */
export function headAround(
  rows: readonly AlignedRow[],
  index: number,
): { head: AlignedRow[]; next: number } | null {
  const row = rows[index];
  if (row === undefined || row.pieces.length < 3 || !isHeadLine(row)) return null;
  const isNear = (above: AlignedRow | undefined, below: AlignedRow | undefined): boolean =>
    above !== undefined &&
    below !== undefined &&
    Math.abs(above.bottom - below.bottom) < HEAD_STEP * above.size &&
    above.size < SMALLER_BELOW * below.size &&
    below.size < SMALLER_ABOVE * above.size;
  let from = index;
  let to = index + 1;
  const joins = (at: number): boolean => {
    const line = rows[at];
    return line !== undefined && isHeadLine(line);
  };
  while (index - from < HEAD_LINES && joins(from - 1) && isNear(rows[from - 1], rows[from])) from -= 1;
  while (to - index <= HEAD_LINES && joins(to) && isNear(rows[to - 1], rows[to])) to += 1;
  return { head: rows.slice(from, to), next: to };
}
