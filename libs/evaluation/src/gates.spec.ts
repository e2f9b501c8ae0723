import { describe, expect, it } from '@jest/globals';
import { summariseFields } from './field-scores.js';
import { judge, judgeAll } from './gates.js';
import type { ExtractionResult } from './result.js';

const figure = (value: number) => ({ value, interval: null, count: 10 });

describe('a gate', () => {
  it.each([
    ['at least', 0.8, 0.8, 'reached'],
    ['at least', 0.8, 0.799, 'missed'],
    ['at most', 0.05, 0.05, 'reached'],
    ['at most', 0.05, 0.051, 'missed'],
    ['more than', 0, 0, 'missed'],
    ['more than', 0, 0.001, 'reached'],
  ] as const)('of %s %d with %d is %s', (comparison, target, value, verdict) => {
    expect(judge('g', comparison, target, figure(value)).verdict).toBe(verdict);
  });

  it.each([null, undefined, Number.NaN, figure(Number.NaN)])('of %j is not measured', (measured) => {
    expect(judge('g', 'at least', 0.8, measured)).toMatchObject({ verdict: 'not measured', measured: null });
  });
});

describe('all gates', () => {
  it('are listed, though nothing was measured', () => {
    const gates = judgeAll(null, null, null);
    expect(new Set(gates.map(({ verdict }) => verdict))).toEqual(new Set(['not measured']));
    expect(gates.filter(({ kind }) => kind === 'aim')).toHaveLength(4);
  });

  it.each([
    [14, 'reported'],
    [15, 'gate'],
  ])('a field with %d truths is of the kind %s', (truths, kind) => {
    const results = Array.from({ length: truths }, (_, index) => ({
      field: 'title',
      outcome: 'right' as const,
      isExact: true,
      truth: 't',
      path: `${index}.pdf`,
      type: 'scientific-paper',
      group: String(index),
    }));
    const nothing = summariseFields([]);
    const extraction: ExtractionResult = {
      views: [
        {
          view: 'textAlone',
          documents: truths,
          rows: [{ type: 'scientific-paper', field: 'title', score: summariseFields(results) }],
          types: [],
          invoiceCore: nothing,
          invoiceParties: nothing,
          calibration: null,
        },
      ],
      trainedLanguages: { languages: ['en'], invoiceCore: nothing },
      authorNames: nothing,
      aheadOfInvoice2data: null,
    };
    const title = judgeAll(null, extraction, null).find(({ name }) => name.includes('title'));
    expect(title).toMatchObject({ kind, verdict: 'reached', measured: { value: 1 } });
  });
});
