import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { calibrate, calibrateValues, familyOf, type CalibrationPoint } from './calibrate.js';
import { CALIBRATION } from './calibration-table.js';
import type { TypeDefinition } from './definition.js';

const POINTS: readonly CalibrationPoint[] = [
  { confidence: 0.5, right: 0.3 },
  { confidence: 0.8, right: 0.9 },
];

const DEFINITION: TypeDefinition = {
  type: 'invoice',
  fields: [
    {
      field: 'total',
      rules: [
        {
          kind: 'labelled',
          id: 'labelled',
          labels: { en: ['total'] },
          value: 'amount',
          positions: ['right'],
          confidence: 0.9,
        },
        { kind: 'finder', id: 'largest-amount', finder: 'largest-amount', confidence: 0.3 },
      ],
    },
    { field: 'title', rules: [{ kind: 'finder', id: 'title', finder: 'title', confidence: 0.7 }] },
  ],
};

describe('a calibrated confidence', () => {
  it('is the measured share at a point, and in between on a straight line', () => {
    expect([0, 0.25, 0.5, 0.65, 0.8].map((confidence) => calibrate(confidence, POINTS))).toEqual(
      [0, 0.15, 0.3, 0.6, 0.9].map((share) => expect.closeTo(share, 6)),
    );
  });

  it('is what the rule says where nothing was measured', () => {
    expect(calibrate(0.7, [])).toBe(0.7);
  });

  it.each(Object.entries(CALIBRATION))(
    'of the family %s rises with the rule’s and is certain of nothing',
    (_, points) => {
      fc.assert(
        fc.property(
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.double({ min: 0, max: 1, noNaN: true }),
          (one, other) => {
            const [low, high] = [Math.min(one, other), Math.max(one, other)].map((value) =>
              calibrate(value, points),
            );
            expect(low).toBeLessThanOrEqual(high ?? 0);
            expect(high).toBeLessThan(1);
          },
        ),
      );
    },
  );
});

describe('the family of a value', () => {
  it.each([
    ['total', 'invoice.total.labelled@1', 'labelled'],
    ['total', 'invoice.total.largest-amount@1', 'finder'],
    ['title', 'invoice.title.title@1', 'title'],
    ['total', 'totals.total.derived@1', undefined],
    ['iban', 'invoice.iban.pattern@1', undefined],
  ] as const)('of %s by %s is %s', (field, rule, family) => {
    expect(familyOf({ field, rule }, DEFINITION)).toBe(family);
  });

  it('decides which curve is taken; values keep their order', () => {
    const value = { value: 1, page: 1, box: [0, 0, 1, 1], raw: '1', confidence: 0.8 } as const;
    const values = [
      { ...value, field: 'total', rule: 'invoice.total.labelled@1' },
      { ...value, field: 'title', rule: 'invoice.title.title@1' },
    ] as const;
    const calibrated = calibrateValues(values, DEFINITION, { labelled: POINTS });
    expect(calibrated.map(({ field, confidence }) => [field, confidence])).toEqual([
      ['total', expect.closeTo(0.9, 6)],
      ['title', 0.8],
    ]);
  });
});
