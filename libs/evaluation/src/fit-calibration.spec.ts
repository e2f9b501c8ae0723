import { describe, expect, it } from '@jest/globals';
import { calibrate } from '@docstream/extraction';
import { errorOf, fitCalibration, type JudgedValue, validateCalibration } from './fit-calibration.js';

/** Values of one confidence of which every so many-th is wrong, each of a group of its own. */
function values(confidence: number, count: number, wrongEvery: number, family: JudgedValue['family']) {
  return Array.from({ length: count }, (_, index): JudgedValue => {
    const isRight = (index + 1) % wrongEvery !== 0;
    return { family, confidence, isRight, type: 'invoice', group: `${confidence}/${index}` };
  });
}

describe('calibration', () => {
  it('moves confidences toward how often values are right, not all the way', () => {
    const table = fitCalibration(values(0.6, 200, 10, 'labelled'));
    const at = calibrate(0.6, table.labelled);
    expect(at).toBeGreaterThan(0.75);
    expect(at).toBeLessThan(0.9);
  });

  it('never turns the order round: surer values that were right less often are pooled with the others', () => {
    const { labelled = [] } = fitCalibration([
      ...values(0.5, 100, 10, 'labelled'),
      ...values(0.9, 100, 2, 'labelled'),
    ]);
    for (const [index, point] of labelled.entries())
      expect(point.right).toBeGreaterThan(labelled[index - 1]?.right ?? 0);
    expect(labelled).toHaveLength(1);
  });

  it('leaves families alone that have too few values, and values of none', () => {
    expect(fitCalibration([...values(0.6, 29, 10, 'pattern'), ...values(0.6, 99, 10, undefined)])).toEqual(
      {},
    );
  });

  it('lowers the error on groups that it was not fitted on', () => {
    const { before, after, bins } = validateCalibration(
      [...values(0.6, 300, 20, 'labelled'), ...values(0.95, 300, 20, 'labelled')],
      10,
    );
    expect(before).toBeCloseTo((0.35 + 0) / 2, 2);
    expect(after).toBeLessThan(before / 2);
    expect(bins.reduce((sum, { documents }) => sum + documents, 0)).toBe(600);
  });

  it('has no error without values', () => {
    expect(errorOf([])).toBe(0);
  });
});
