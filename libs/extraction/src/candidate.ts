import type { Box } from '@docstream/contracts';
import { boxWithin, type Cell } from './layout.js';
import type { LineItem, TaxLine } from './line-item.js';
import type { Match } from './match.js';

export type FieldValue = string | number | readonly string[] | readonly LineItem[] | readonly TaxLine[];

/** A value of a field with its place, before the best are chosen. */
export interface Candidate {
  readonly field: string;
  readonly value: FieldValue;
  /** From 1. */
  readonly page: number;
  readonly box: Box;
  readonly raw: string;
  /** 0 to 1. */
  readonly confidence: number;
  readonly rule: string;
  readonly currency?: string;
}

/** A candidate from a match inside a cell; `offset` is where the matched text begins in the cell. */
export function candidateOf(
  field: string,
  rule: string,
  cell: Cell,
  match: Match,
  confidence: number,
  offset = 0,
): Candidate {
  const [start, end] = [match.start + offset, match.end + offset];
  return {
    field,
    value: match.value,
    page: cell.page,
    box: boxWithin(cell, start, end),
    raw: cell.text.slice(start, end),
    confidence,
    rule,
    ...(match.currency === undefined ? {} : { currency: match.currency }),
  };
}

/** The first of the surest of a field; undefined where there is none above 0. */
export function surestOf(candidates: readonly Candidate[], field: string): Candidate | undefined {
  let found: Candidate | undefined;
  for (const candidate of candidates) {
    if (candidate.field === field && candidate.confidence > (found?.confidence ?? 0)) found = candidate;
  }
  return found;
}

/** Values with the same key are the same: case and white space do not matter. */
export function keyOf({ value }: Candidate): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.toLowerCase().replace(/\s+/gu, '');
}
