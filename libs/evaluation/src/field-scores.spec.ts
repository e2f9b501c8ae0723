import { describe, expect, it } from '@jest/globals';
import { type PlacedResult, scoreFields, summariseFields, summariseNames } from './field-scores.js';
import type { ManifestEntry } from './manifest.js';

const entry: ManifestEntry = {
  path: 'a.pdf',
  type: 'invoice',
  alsoAcceptable: [],
  languages: ['de'],
  group: 'a',
  isImageOnly: false,
  hasEmbeddedXml: false,
  truth: { invoice_number: 'R 1', total: 12.5, iban: 'DE91100000000123456789', line_item_count: 2 },
  truthNotInText: ['iban'],
};

function placed(outcomes: readonly PlacedResult['outcome'][], isExact = true): PlacedResult[] {
  return outcomes.map((outcome, index) => ({
    field: 'total',
    outcome,
    isExact: isExact && outcome === 'right',
    truth: 1,
    path: `${index}.pdf`,
    type: 'invoice',
    group: String(index),
  }));
}

describe('fields of a document', () => {
  it('count when they are asserted, and only then', () => {
    const values = new Map<string, unknown>([
      ['invoice_number', 'R1'],
      ['total', 13],
      ['due_date', '2024-01-01'],
    ]);
    const results = scoreFields(entry, values, { isTextAlone: true });
    expect(results.map(({ field, outcome, isExact }) => [field, outcome, isExact])).toEqual([
      ['invoice_number', 'right', false],
      ['total', 'wrong', false],
      ['line_item_count', 'missed', false],
    ]);
  });

  it('that do not stand in the text count when more than the text is read', () => {
    const values = new Map<string, unknown>([['iban', 'DE91100000000123456789']]);
    const results = scoreFields(entry, values, { isTextAlone: false });
    expect(results.find(({ field }) => field === 'iban')).toMatchObject({ outcome: 'right', isExact: true });
  });

  it('line items say how many they are', () => {
    const values = new Map<string, unknown>([['line_items', [{ amount: 1 }, { amount: 2 }]]]);
    const results = scoreFields(entry, values, { isTextAlone: true });
    expect(results.find(({ field }) => field === 'line_item_count')).toMatchObject({
      outcome: 'right',
      found: 2,
    });
  });
});

describe('precision, recall and F1', () => {
  it('count a wrong value in both and a missing one in recall', () => {
    const score = summariseFields(placed(['right', 'right', 'right', 'wrong', 'missed', 'missed']));
    // 3 of 4 given, 3 of 6 asserted.
    expect(score).toMatchObject({ truths: 6, right: 3, wrong: 1, missed: 2, precision: 0.75, recall: 0.5 });
    expect(score.f1.value).toBeCloseTo((2 * 0.75 * 0.5) / 1.25, 12);
    expect(score.f1.count).toBe(6);
  });

  it('to the letter are lower than under the rule', () => {
    const results = [...placed(['right', 'right']), ...placed(['right', 'missed'], false)];
    expect(summariseFields(results).exactF1).toBeCloseTo((2 * 2) / (3 + 4), 12);
  });

  it('of nothing found: no precision, F1 is 0', () => {
    const score = summariseFields(placed(['missed', 'missed']));
    expect([score.precision, score.recall, score.f1.value]).toEqual([Number.NaN, 0, 0]);
  });

  it('of single names', () => {
    const [first] = placed(['wrong']);
    const result = { ...first, truth: ['A B', 'C D'], found: ['A B'] } as PlacedResult;
    expect(summariseNames([result])).toMatchObject({ precision: 1, recall: 0.5, f1: { value: 2 / 3 } });
  });
});
