import type { Grouped } from './bootstrap.js';
import { estimateRatio, type Estimate } from './bootstrap.js';
import type { ManifestEntry } from './manifest.js';
import { matchNames, matchValue } from './matching.js';

export type Outcome = 'right' | 'wrong' | 'missed';

/** What became of one asserted field of one document. */
export interface FieldResult {
  readonly field: string;
  readonly outcome: Outcome;
  /** Right to the letter, not only under the field's rule. */
  readonly isExact: boolean;
  readonly truth: unknown;
  /** Absent when nothing was found. */
  readonly found?: unknown;
  /** Of the value that was found, where its finder says how sure it is. */
  readonly confidence?: number;
}

/** The best value a field, by name. */
export type FoundValues = ReadonlyMap<string, unknown>;

export interface ScoreOptions {
  /** Leaves out the fields whose value does not stand in the text. */
  readonly isTextAlone: boolean;
  /** Of the best values, by name. */
  readonly confidences?: ReadonlyMap<string, number>;
}

/**
 * Compares what was found with every asserted field of the document; what is found beyond them is neither right nor
 * wrong.
 */
export function scoreFields(
  entry: ManifestEntry,
  values: FoundValues,
  { isTextAlone, confidences }: ScoreOptions,
): readonly FieldResult[] {
  return Object.entries(entry.truth)
    .filter(([field]) => !isTextAlone || !entry.truthNotInText.includes(field))
    .map(([field, truth]) => {
      const found = valueOf(field, values);
      if (found === undefined) return { field, outcome: 'missed', isExact: false, truth };
      const match = matchValue(field, truth, found);
      const outcome = match === 'none' ? 'wrong' : 'right';
      const confidence = confidences?.get(sourceOf(field, values));
      const result = { field, outcome, isExact: match === 'exact', truth, found } as const;
      return confidence === undefined ? result : { ...result, confidence };
    });
}

const sourceOf = (field: string, values: FoundValues): string =>
  field === 'line_item_count' && !values.has(field) ? 'line_items' : field;

/** Best first: the first value of a name counts. Line items say how many there are. */
function valueOf(field: string, values: FoundValues): unknown {
  const found = values.get(field);
  if (found !== undefined || field !== 'line_item_count') return found;
  const items = values.get('line_items');
  return Array.isArray(items) ? items.length : undefined;
}

/** A field's result with where it comes from. */
export interface PlacedResult extends FieldResult, Grouped {
  readonly path: string;
  readonly type: string;
}

export interface FieldScore {
  readonly truths: number;
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
  readonly precision: number;
  readonly recall: number;
  /** 2·right / (2·right + wrong values + values not found or found wrong): a wrong value counts in both. */
  readonly f1: Estimate;
  readonly exactF1: number;
}

/** Precision, recall and F1 over the results given, whatever their fields (micro average). */
export function summariseFields(results: readonly PlacedResult[]): FieldScore {
  const count = (outcome: Outcome): number => results.filter((result) => result.outcome === outcome).length;
  const [right, wrong, missed] = [count('right'), count('wrong'), count('missed')];
  const exact = results.filter(({ isExact }) => isExact).length;
  const given = right + wrong;
  return {
    truths: results.length,
    right,
    wrong,
    missed,
    precision: right / given,
    recall: right / results.length,
    // F1 = 2·right / (found + asserted), a ratio of sums.
    f1: estimateRatio(
      results,
      ({ outcome }) => (outcome === 'right' ? 2 : 0),
      ({ outcome }) => (outcome === 'missed' ? 1 : 2),
    ),
    exactF1: (2 * exact) / (given + results.length),
  };
}

/** Precision, recall and F1 of the single names of a list field. */
export function summariseNames(
  results: readonly PlacedResult[],
): Pick<FieldScore, 'precision' | 'recall' | 'f1'> {
  const counted = results.map((result) => ({
    group: result.group,
    ...matchNames(result.truth, result.found ?? []),
  }));
  const sum = (key: 'right' | 'wrong' | 'missed'): number =>
    counted.reduce((total, item) => total + item[key], 0);
  return {
    precision: sum('right') / (sum('right') + sum('wrong')),
    recall: sum('right') / (sum('right') + sum('missed')),
    f1: estimateRatio(
      counted,
      ({ right }) => 2 * right,
      ({ right, wrong, missed }) => 2 * right + wrong + missed,
    ),
  };
}
