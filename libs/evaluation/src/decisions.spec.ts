import { describe, expect, it } from '@jest/globals';
import {
  accuracyOf,
  calibrationBins,
  calibrationErrorOf,
  confusionOf,
  coverageCurve,
  type Decision,
  emittedAccuracyOf,
  macroF1Of,
  scoreTypes,
  thresholdFor,
} from './decisions.js';

function decision(type: string, decided: string, confidence: number, more: Partial<Decision> = {}): Decision {
  const path = `${type}-${decided}-${confidence}.pdf`;
  const isRight = type === decided;
  return { path, group: path, type, decided, emitted: decided, confidence, isRight, ...more };
}

const decisions = [
  decision('invoice', 'invoice', 0.95),
  decision('invoice', 'invoice', 0.9),
  decision('invoice', 'letter', 0.55, { emitted: 'unknown' }),
  decision('letter', 'letter', 0.85, { emitted: 'unknown' }),
  decision('letter', 'form', 0.65, { isRight: true }),
];

describe('decisions', () => {
  it('are accurate in their share of right ones; abstentions count as wrong in what is emitted', () => {
    expect(accuracyOf(decisions).value).toBe(0.8);
    expect(emittedAccuracyOf(decisions).value).toBeCloseTo(0.6, 12);
  });

  it('have precision and recall by type; an acceptable type counts as the own one', () => {
    const [invoice, letter] = scoreTypes(decisions);
    expect(invoice).toMatchObject({ type: 'invoice', documents: 3, precision: 1, f1: 0.8 });
    expect(invoice?.recall.value).toBeCloseTo(2 / 3, 12);
    expect(letter).toMatchObject({ type: 'letter', documents: 2, f1: 0.8 });
    expect(letter?.precision).toBeCloseTo(2 / 3, 12);
    expect(letter?.recall.value).toBe(1);
    expect(macroF1Of(decisions)).toBeCloseTo(0.8, 12);
  });

  it('are listed with what they were taken for', () => {
    expect(confusionOf(decisions)).toEqual([
      { type: 'invoice', decided: { invoice: 2, letter: 1 } },
      { type: 'letter', decided: { letter: 2 } },
    ]);
  });
});

describe('calibration', () => {
  it('is the mean distance of confidence and accuracy over the bins', () => {
    // Bins: 0.5 (0.55, wrong), 0.6 (0.65, right), 0.8 (0.85, right), 0.9 (0.95 and 0.9, right).
    expect(calibrationBins(decisions).map(({ from, documents }) => [from, documents])).toEqual([
      [0.5, 1],
      [0.6, 1],
      [0.8, 1],
      [0.9, 2],
    ]);
    expect(calibrationErrorOf(decisions)).toBeCloseTo((0.55 + 0.35 + 0.15 + 2 * 0.075) / 5, 12);
  });

  it('takes certainty into the last bin', () => {
    expect(calibrationBins([decision('a', 'a', 1)])[0]).toMatchObject({ from: 0.9, accuracy: 1 });
  });
});

describe('coverage', () => {
  it('keeps the surest', () => {
    const curve = coverageCurve(decisions);
    expect(curve.find(({ coverage }) => coverage === 0.8)).toEqual({
      coverage: 0.8,
      threshold: 0.65,
      errorRate: 0,
    });
    expect(curve.at(-1)).toEqual({ coverage: 1, threshold: 0.55, errorRate: 0.2 });
  });

  it('of a share needs the threshold that the share reaches', () => {
    const confidences = [0.9, 0.1, 0.5, 0.7, 0.3];
    expect([0.2, 0.6, 1].map((share) => thresholdFor(confidences, share))).toEqual([0.9, 0.5, 0.1]);
    expect(thresholdFor([], 0.6)).toBe(0);
  });
});
