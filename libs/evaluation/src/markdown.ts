import type { Estimate } from './bootstrap.js';

/** A Markdown table; numbers are right-aligned from the second column on where `isNumeric`. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { isNumeric = false }: { readonly isNumeric?: boolean } = {},
): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;
  const rule = `|${head.map((_, index) => (isNumeric && index > 0 ? '---:' : '---')).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

const escapeCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

/** Three decimals; a dash for what is not a number (nothing to divide by), also when it was read back from JSON. */
export function decimal(value: number | null, digits = 3): string {
  return value === null || !Number.isFinite(value) ? '–' : value.toFixed(digits);
}

export function interval({ interval: bounds }: Estimate, digits = 3): string {
  return bounds === null ? '' : `${decimal(bounds[0], digits)} to ${decimal(bounds[1], digits)}`;
}

/** `0.912 (0.870 to 0.950)`. */
export function estimated(estimate: Estimate): string {
  const range = interval(estimate);
  return range === '' ? decimal(estimate.value) : `${decimal(estimate.value)} (${range})`;
}

const LONGEST_VALUE = 60;

/** A field's value on one line, cut after sixty characters; a dash for none. */
export function shownValue(value: unknown): string {
  if (value === undefined || value === null) return '–';
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const folded = text.replaceAll(/\s+/g, ' ').replaceAll('`', "'");
  return folded.length <= LONGEST_VALUE ? folded : `${folded.slice(0, LONGEST_VALUE - 1)}…`;
}

/** Sections with an empty line between them; empty ones are left out. */
export function joinSections(sections: readonly string[]): string {
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}
