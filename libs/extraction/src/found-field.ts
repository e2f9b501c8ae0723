import type { Box } from '@docstream/contracts';
import type { FieldValue } from './candidate.js';

/** A value found in a document. Dates are ISO 8601, amounts numbers in the document's currency. */
export interface FoundField {
  /** Of schemas/fields.json, or of a user's own definition. */
  readonly name: string;
  readonly value: FieldValue;
  /** From 1. Absent, with `box` and `raw`, where only the electronic invoice inside says it. */
  readonly page?: number;
  readonly box?: Box;
  /** 0 to 1. */
  readonly confidence: number;
  readonly raw?: string;
  readonly rule: string;
  /** What the other source says: the electronic invoice where the page's value is shown, or the other way round. */
  readonly conflict?: FieldValue;
}
