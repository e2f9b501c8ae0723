import { CALIBRATION } from './calibration-table.js';
import type { Candidate } from './candidate.js';
import type { TypeDefinition } from './definition.js';

/** Kinds of rules whose confidences are wrong in the same way. */
export type CalibrationFamily = 'labelled' | 'pattern' | 'title' | 'finder';

/** A point of a monotone curve: of the values that rules gave `confidence`, the share `right` was right. */
export interface CalibrationPoint {
  readonly confidence: number;
  readonly right: number;
}

/** Points by family, both figures rising; what has none is left as the rules gave it. */
export type CalibrationTable = Readonly<Partial<Record<CalibrationFamily, readonly CalibrationPoint[]>>>;

const HIGHEST = 0.99;

/** How often values of this confidence were right, between the measured points in straight lines from 0 and to 1. */
export function calibrate(confidence: number, points: readonly CalibrationPoint[] = []): number {
  if (points.length === 0) return confidence;
  let from: CalibrationPoint = { confidence: 0, right: 0 };
  for (const to of [...points, { confidence: 1, right: 1 }]) {
    if (confidence <= to.confidence) {
      const share =
        (confidence - from.confidence) / Math.max(to.confidence - from.confidence, Number.EPSILON);
      return Math.min(HIGHEST, from.right + share * (to.right - from.right));
    }
    from = to;
  }
  return HIGHEST;
}

/** The same values with calibrated confidences, in the same order. */
export function calibrateValues(
  values: readonly Candidate[],
  definition: TypeDefinition,
  table: CalibrationTable = CALIBRATION,
): readonly Candidate[] {
  return values.map((value) => {
    const family = familyOf(value, definition);
    return family === undefined
      ? value
      : { ...value, confidence: calibrate(value.confidence, table[family]) };
  });
}

/** The family of the rule that found a value; undefined for expressions of a user's own and for rules that no definition has. */
export function familyOf(
  { field, rule }: Pick<Candidate, 'field' | 'rule'>,
  definition: TypeDefinition,
): CalibrationFamily | undefined {
  const rules = definition.fields.find((own) => own.field === field)?.rules ?? [];
  const found = rules.find(({ id }) => rule.includes(`.${id}@`));
  switch (found?.kind) {
    case 'labelled':
    case 'pattern':
      return found.kind;
    case 'finder':
      return found.finder === 'title' ? 'title' : 'finder';
    case 'match':
    case undefined:
      return undefined;
  }
}
