import { assignFolds } from '@docstream/classification';
import {
  calibrate,
  type CalibrationFamily,
  type CalibrationPoint,
  type CalibrationTable,
} from '@docstream/extraction';
import type { CalibrationBin } from './decisions.js';

/** A value that was found for an asserted field, with the confidence that its rule gave. */
export interface JudgedValue {
  /** Undefined for rules that are not calibrated. */
  readonly family: CalibrationFamily | undefined;
  readonly confidence: number;
  readonly isRight: boolean;
  readonly type: string;
  readonly group: string;
}

/** Fewer values than this are no point of their own; no family has more points than MOST_POINTS. */
const LEAST_VALUES = 30;
const MOST_POINTS = 4;
/**
 * The rules were made with these documents in sight, so they are right more often here than elsewhere: each point is drawn
 * toward the rule's own confidence as by so many values that were right just as often as it says.
 */
const PRIOR_VALUES = 60;

/** Isotonic regression over blocks of values, a curve a family. Deterministic; families with too few values get none. */
export function fitCalibration(values: readonly JudgedValue[]): CalibrationTable {
  const families = Map.groupBy(values, ({ family }) => family);
  return Object.fromEntries(
    [...families].flatMap(([family, own]) =>
      family === undefined || own.length < LEAST_VALUES ? [] : [[family, fitCurve(own)]],
    ),
  );
}

function fitCurve(values: readonly JudgedValue[]): readonly CalibrationPoint[] {
  const sorted = values.toSorted((one, other) => one.confidence - other.confidence);
  const count = Math.min(MOST_POINTS, Math.floor(sorted.length / LEAST_VALUES));
  const blocks = Array.from({ length: count }, (_, index) =>
    sorted.slice(
      Math.round((index * sorted.length) / count),
      Math.round(((index + 1) * sorted.length) / count),
    ),
  );
  const pooled: JudgedValue[][] = [];
  for (const block of blocks) {
    let last = block;
    for (let before = pooled.at(-1); before !== undefined; before = pooled.at(-1)) {
      if (pointOf(before).right < pointOf(last).right) break;
      pooled.pop();
      last = [...before, ...last];
    }
    pooled.push(last);
  }
  return pooled.map(pointOf);
}

function pointOf(block: readonly JudgedValue[]): CalibrationPoint {
  const confidence = block.reduce((sum, value) => sum + value.confidence, 0) / block.length;
  const right = block.filter(({ isRight }) => isRight).length;
  const share = (right + PRIOR_VALUES * confidence) / (block.length + PRIOR_VALUES);
  return { confidence: rounded(confidence), right: rounded(share) };
}

const rounded = (number: number): number => Math.round(number * 1000) / 1000;

export interface CalibrationReport {
  readonly values: number;
  /** Expected calibration error of the rules' own confidences. */
  readonly before: number;
  /** The same, each value calibrated by curves that saw nothing of its group. */
  readonly after: number;
  readonly bins: readonly CalibrationBin[];
}

/** Cross-validated by group: what calibration would do to documents of other issuers that the rules know as well. */
export function validateCalibration(values: readonly JudgedValue[], folds: number): CalibrationReport {
  const foldOf = assignFolds(
    values.map(({ type, group }) => ({ type, group, generated: false })),
    folds,
  );
  const calibrated = [...Array(folds).keys()].flatMap((fold) => {
    const isTest = ({ group }: JudgedValue): boolean => foldOf.get(group) === fold;
    const table = fitCalibration(values.filter((value) => !isTest(value)));
    return values.filter(isTest).map((value) => ({
      ...value,
      confidence:
        value.family === undefined ? value.confidence : calibrate(value.confidence, table[value.family]),
    }));
  });
  return {
    values: values.length,
    before: errorOf(values),
    after: errorOf(calibrated),
    bins: binsOf(calibrated),
  };
}

type Confident = Pick<JudgedValue, 'confidence' | 'isRight'>;
const BINS = 10;

/** Ten bins of equal width; empty ones are left out. `documents` counts values. */
export function binsOf(values: readonly Confident[]): readonly CalibrationBin[] {
  const binOf = ({ confidence }: Confident): number => Math.min(BINS - 1, Math.floor(confidence * BINS));
  return [...Map.groupBy(values, binOf)]
    .sort(([left], [other]) => left - other)
    .map(([bin, members]) => ({
      from: bin / BINS,
      documents: members.length,
      confidence: members.reduce((sum, { confidence }) => sum + confidence, 0) / members.length,
      accuracy: members.filter(({ isRight }) => isRight).length / members.length,
    }));
}

/** Mean distance of confidence and accuracy over the bins, by values. */
export function errorOf(values: readonly Confident[]): number {
  const distances = binsOf(values).map(
    ({ documents, confidence, accuracy }) => documents * Math.abs(confidence - accuracy),
  );
  return values.length === 0 ? 0 : distances.reduce((sum, distance) => sum + distance, 0) / values.length;
}
