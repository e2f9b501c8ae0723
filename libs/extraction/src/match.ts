import type { DocumentLocale } from './locale.js';

/** A value found in a text: `[start, end)` in UTF-16 units, the normalised value, and how sure the shape alone makes it (0 to 1). */
export interface Match<Value extends string | number = string | number> {
  readonly start: number;
  readonly end: number;
  readonly value: Value;
  readonly confidence: number;
  /** ISO 4217 code printed beside an amount. */
  readonly currency?: string;
}

/** Finds every value of one kind in a text, left to right, in linear time; total: never throws on any text. */
export type Recogniser<Value extends string | number = string | number> = (
  text: string,
  locale: DocumentLocale,
) => readonly Match<Value>[];
