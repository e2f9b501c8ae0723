import { estimate, estimateRatio, type Estimate, type Grouped } from './bootstrap.js';

/** What was decided about a document by a head that had seen neither it nor its group. */
export interface Decision extends Grouped {
  readonly path: string;
  readonly type: string;
  /** The likeliest type; `unknown` only where the rules kept the document from the head. */
  readonly decided: string;
  /** What the stage says: the likeliest type, or `unknown` below the threshold. */
  readonly emitted: string;
  readonly confidence: number;
  readonly isRight: boolean;
}

const right = ({ isRight }: Decision): number => (isRight ? 1 : 0);
const one = (): number => 1;

export const accuracyOf = (decisions: readonly Decision[]): Estimate => estimateRatio(decisions, right, one);

/** Documents whose emitted type is right: *unknown* counts as wrong. */
export function emittedAccuracyOf(decisions: readonly Decision[]): Estimate {
  return estimateRatio(
    decisions,
    (decision) => (decision.emitted === decision.decided ? right(decision) : 0),
    one,
  );
}

export interface TypeScore {
  readonly type: string;
  readonly documents: number;
  readonly precision: number;
  readonly recall: Estimate;
  readonly f1: number;
}

/** A type that is also acceptable counts as the document's own. */
const givenOf = (decision: Decision): string => (decision.isRight ? decision.type : decision.decided);

export function scoreTypes(decisions: readonly Decision[]): readonly TypeScore[] {
  return [...new Set(decisions.map(({ type }) => type))].sort().map((type) => {
    const own = decisions.filter((decision) => decision.type === type);
    const given = decisions.filter((decision) => givenOf(decision) === type).length;
    const both = own.filter(({ isRight }) => isRight).length;
    return {
      type,
      documents: own.length,
      precision: both / given,
      recall: accuracyOf(own),
      f1: (2 * both) / (given + own.length),
    };
  });
}

/** Mean F1 of the types that occur. */
export function macroF1Of(decisions: readonly Decision[]): number {
  const counts = new Map<string, { own: number; given: number; both: number }>();
  const countOf = (type: string): { own: number; given: number; both: number } => {
    const found = counts.get(type) ?? { own: 0, given: 0, both: 0 };
    counts.set(type, found);
    return found;
  };
  for (const decision of decisions) {
    countOf(decision.type).own += 1;
    countOf(givenOf(decision)).given += 1;
    if (decision.isRight) countOf(decision.type).both += 1;
  }
  const scores = [...counts.values()]
    .filter(({ own }) => own > 0)
    .map(({ own, given, both }) => (2 * both) / (own + given));
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

export const estimateMacroF1 = (decisions: readonly Decision[]): Estimate => estimate(decisions, macroF1Of);

/** How often each type was decided for each; rows and columns are sorted, only pairs that occur. */
export function confusionOf(
  decisions: readonly Decision[],
): readonly { readonly type: string; readonly decided: Readonly<Record<string, number>> }[] {
  return [...new Set(decisions.map(({ type }) => type))].sort().map((type) => {
    const own = decisions.filter((decision) => decision.type === type);
    const counts = [...Map.groupBy(own, givenOf)].map(([given, members]) => [given, members.length] as const);
    return { type, decided: Object.fromEntries(counts.sort(([left], [other]) => left.localeCompare(other))) };
  });
}

export interface CalibrationBin {
  readonly from: number;
  readonly documents: number;
  readonly confidence: number;
  readonly accuracy: number;
}

const BINS = 10;

/** Ten bins of equal width over the confidence; empty ones are left out. */
export function calibrationBins(decisions: readonly Decision[]): readonly CalibrationBin[] {
  const binOf = ({ confidence }: Decision): number => Math.min(BINS - 1, Math.floor(confidence * BINS));
  return [...Map.groupBy(decisions, binOf)]
    .sort(([left], [other]) => left - other)
    .map(([bin, members]) => ({
      from: bin / BINS,
      documents: members.length,
      confidence: members.reduce((sum, { confidence }) => sum + confidence, 0) / members.length,
      accuracy: members.reduce((sum, decision) => sum + right(decision), 0) / members.length,
    }));
}

/** Expected calibration error: the mean distance of confidence and accuracy over the bins, by documents. */
export function calibrationErrorOf(decisions: readonly Decision[]): number {
  const distances = calibrationBins(decisions).map(
    ({ documents, confidence, accuracy }) => documents * Math.abs(confidence - accuracy),
  );
  return distances.reduce((sum, distance) => sum + distance, 0) / decisions.length;
}

export interface CurvePoint {
  /** Share of the documents that is decided, the surest first. */
  readonly coverage: number;
  readonly threshold: number;
  readonly errorRate: number;
}

const COVERAGES = [0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1];

/** Errors among the surest documents, at several coverages. */
export function coverageCurve(decisions: readonly Decision[]): readonly CurvePoint[] {
  const surest = decisions.toSorted(
    (left, other) => other.confidence - left.confidence || left.path.localeCompare(other.path),
  );
  return COVERAGES.flatMap((coverage) => {
    const kept = surest.slice(0, Math.round(coverage * surest.length));
    const last = kept.at(-1);
    if (last === undefined) return [];
    const errors = kept.filter(({ isRight }) => !isRight).length;
    return [{ coverage, threshold: last.confidence, errorRate: errors / kept.length }];
  });
}

/** The confidence at and above which the share of the confidences lies. */
export function thresholdFor(confidences: readonly number[], coverage: number): number {
  const sorted = confidences.toSorted((left, other) => other - left);
  return sorted[Math.max(0, Math.ceil(coverage * sorted.length) - 1)] ?? 0;
}
