import type { Box } from '@docstream/contracts';

/** A value that a rule of the extractor found, and what became of it. */
export interface ExplainedValue {
  readonly value: unknown;
  readonly raw: string;
  /** From 1. */
  readonly page: number;
  readonly box: Box;
  /** After all checks, 0 to 1. */
  readonly confidence: number;
  /** Null: it is among the field's values. Else why it is not, for people. */
  readonly lost: string | null;
}

export interface ExplainedRule {
  readonly field: string;
  readonly rule: string;
  /** Those of the field first, then the surest, at most 20. */
  readonly values: readonly ExplainedValue[];
  /** How many there are. */
  readonly found: number;
  /** Where nothing was found: why, for people. */
  readonly nothing: string | null;
}

/** One part of a template's condition. */
export interface ConditionPart {
  readonly kind: 'contains' | 'matches';
  readonly text: string;
  readonly holds: boolean;
}

export interface ExplainedTemplate {
  readonly name: string;
  readonly holds: boolean;
  readonly parts: readonly ConditionPart[];
}

/** What every rule of a type found in a document, for people who write definitions. Plain data. */
export interface Explanation {
  readonly type: string;
  /** False: the type has no definition, and the rules of `unknown` were taken. */
  readonly isDefined: boolean;
  /** Of the rules. */
  readonly version: string;
  /** What is allowed in the definitions but likely to go wrong. */
  readonly warnings: readonly string[];
  readonly templates: readonly ExplainedTemplate[];
  /** Rules of templates whose condition holds, then those of the type. */
  readonly rules: readonly ExplainedRule[];
}
