import type { FieldName } from '@docstream/contracts';
import type { FinderName } from './finders/index.js';
import type { ValueKind } from './recognisers/index.js';

/** Labels as printed, by language (ISO 639-1); case, accents and punctuation do not matter. `*word` also matches compounds that end in it. */
export type LabelSet = Readonly<Record<string, readonly string[]>>;

/** Where a value stands to its label: behind it in the same run of words, to its right on the line, or under it. */
export type Position = 'beside' | 'right' | 'below';

/** A value near a label. */
export interface LabelledRule {
  readonly kind: 'labelled';
  readonly id: string;
  readonly labels: LabelSet;
  readonly value: ValueKind;
  readonly positions: readonly Position[];
  /** 0 to 1: how often the value is right when label and shape fit. */
  readonly confidence: number;
  /** Of several values on the label's line: the nearest (default) or the last, as in rows of totals. */
  readonly pick?: 'nearest' | 'last';
  /** The label counts only where a line begins with it or a colon follows. */
  readonly isStandAlone?: boolean;
  /** The label counts only where nothing else stands in its cell: heads of columns. */
  readonly isWholeCell?: boolean;
  /** For dates: a number has to stand between label and date ("Invoice 4711 of 3 May 2024"). */
  readonly isAfterNumber?: boolean;
  /** Values that do not match are none; for numbers of a known shape. */
  readonly shape?: RegExp;
}

/** A value that its shape alone gives away. */
export interface PatternRule {
  readonly kind: 'pattern';
  readonly id: string;
  readonly value: ValueKind;
  readonly confidence: number;
  /** Least confidence of the shape itself. */
  readonly shapeAtLeast?: number;
  /** The upper half of the first page, the first page, the first two pages, or all that is looked at. */
  readonly region: 'top' | 'first-page' | 'first-two-pages' | 'anywhere';
  /** Values that a labelled rule of another field took already do not count. */
  readonly onlyUnclaimed?: boolean;
}

/** A value that takes a look at the layout: a title, authors, an address. */
export interface FinderRule {
  readonly kind: 'finder';
  readonly id: string;
  readonly finder: FinderName;
  readonly confidence: number;
}

export type Rule = LabelledRule | PatternRule | FinderRule;

export interface FieldDefinition {
  readonly field: FieldName;
  /** Values kept, best first; 1 unless the document may hold several. */
  readonly atMost?: number;
  readonly rules: readonly Rule[];
}

/** What is looked for in documents of one type. */
export interface TypeDefinition {
  readonly type: string;
  readonly fields: readonly FieldDefinition[];
  /** Labels of things not looked for, so that they are not taken for a shorter label ("date of birth" is no "date"). */
  readonly otherLabels?: LabelSet;
  /** The amounts net, tax and total are checked against each other. */
  readonly checksTotals?: boolean;
}
