import type { Box, FieldName } from '@docstream/contracts';
import { boxWithin, type Cell } from './layout.js';
import type { Match } from './match.js';

export type FieldValue = string | number | readonly string[];

/** A value of a field with its place, before the best are chosen. */
export interface Candidate {
  readonly field: FieldName;
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
  field: FieldName,
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
