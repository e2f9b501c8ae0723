import type { FinderName } from './finders/index.js';
import type { ValueKind } from './recognisers/index.js';

/** Labels as printed, by language (ISO 639-1); case, accents and punctuation do not matter. `*word` also matches compounds that end in it. */
export type LabelSet = Readonly<Record<string, readonly string[]>>;

/** Where a value stands to its label: behind it in the same run of words, to its right on the line, under it, or over it as in forms. */
export const POSITIONS = ['beside', 'right', 'below', 'above'] as const;
export type Position = (typeof POSITIONS)[number];

/** The upper half of the first page, the first page, the first two pages, or all that is looked at. */
export const REGIONS = ['top', 'first-page', 'first-two-pages', 'anywhere'] as const;
export type Region = (typeof REGIONS)[number];

interface RuleBase {
  readonly id: string;
  /** 0 to 1: how often the value is right when the rule fits. */
  readonly confidence: number;
  /** Of the file that has the rule; 1 unless it says otherwise. */
  readonly version?: number;
}

/** A value near a label. */
export interface LabelledRule extends RuleBase {
  readonly kind: 'labelled';
  readonly labels: LabelSet;
  readonly value: ValueKind;
  readonly positions: readonly Position[];
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
export interface PatternRule extends RuleBase {
  readonly kind: 'pattern';
  readonly value: ValueKind;
  /** Least confidence of the shape itself. */
  readonly shapeAtLeast?: number;
  readonly region: Region;
  /** Values that a labelled rule of another field took already do not count. */
  readonly onlyUnclaimed?: boolean;
}

/** A value that takes a look at the layout: a title, authors, an address. */
export interface FinderRule extends RuleBase {
  readonly kind: 'finder';
  readonly finder: FinderName;
}

/** What a regular expression (flags `dgmu`) finds in the text of a page: its group `value`, else its first, else all. */
export interface MatchRule extends RuleBase {
  readonly kind: 'match';
  readonly pattern: RegExp;
  /** What is found has to be one; absent: any text. */
  readonly value?: ValueKind;
  readonly region: Region;
}

export type Rule = LabelledRule | PatternRule | FinderRule | MatchRule;

/** Values outside are none. Dates are ISO 8601. */
export interface Plausibility {
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly earliest?: string;
  readonly latest?: string;
  readonly shape?: RegExp;
  /** In UTF-16 units. */
  readonly longest?: number;
}

export interface FieldDefinition {
  readonly field: string;
  /** Values kept, best first; 1 unless the document may hold several. */
  readonly atMost?: number;
  readonly plausible?: Plausibility;
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

/** What the text of a document has to have, all of it. */
export interface Condition {
  /** Case, accents and white space do not matter. */
  readonly contains: readonly string[];
  readonly matches: readonly RegExp[];
}

/** Rules for the documents of one issuer, tried before those of the type. */
export interface Template extends TypeDefinition {
  readonly name: string;
  readonly when: Condition;
}

/** Plain data (regular expressions included): crosses into worker processes. */
export interface DefinitionSet {
  readonly types: readonly TypeDefinition[];
  /** In the order in which they are tried. */
  readonly templates: readonly Template[];
  /** Of the rules: stands in the event. */
  readonly version: string;
  /** What is allowed but likely to go wrong, for people. */
  readonly warnings: readonly string[];
}

/** The type whose definition holds for all that have none. */
export const UNKNOWN_TYPE = 'unknown';

/** The definition of a type; the one of `unknown` where it has none of its own. */
export function definitionOf(type: string, { types }: DefinitionSet): TypeDefinition {
  return (
    types.find((definition) => definition.type === type) ??
    types.find((definition) => definition.type === UNKNOWN_TYPE) ?? { type: UNKNOWN_TYPE, fields: [] }
  );
}

/** `<type>.<field>.<rule>@<version>`. */
export function ruleName(type: string, field: string, { id, version = 1 }: Rule): string {
  return `${type}.${field}.${id}@${version}`;
}

/** Fields of the same name are replaced where they stand, others come behind. */
export function withFields(base: TypeDefinition, own: readonly FieldDefinition[]): TypeDefinition {
  const replaced = base.fields.map((known) => own.find(({ field }) => field === known.field) ?? known);
  const added = own.filter(({ field }) => base.fields.every((known) => known.field !== field));
  return { ...base, fields: [...replaced, ...added] };
}
