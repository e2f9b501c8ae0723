import { describe, expect, it } from '@jest/globals';
import { compareResults } from './comparison.js';
import { renderComparison } from './render-result.js';
import type { DocumentRecord, EvaluationResult } from './result.js';

function result(documents: readonly DocumentRecord[]): EvaluationResult {
  return {
    format: 'docstream-evaluation',
    version: 1,
    facts: {
      corpus: 'c',
      documents: documents.length,
      parser: 'p',
      model: null,
      extractor: null,
      code: 'c',
      folds: 2,
      innerFolds: 2,
    },
    gates: [],
    classification: null,
    extraction: null,
    speed: null,
    documents,
  };
}

function letter(path: string, isRight: boolean, found: string | undefined): DocumentRecord {
  const outcome = found === undefined ? 'missed' : found === 'Mill' ? 'right' : 'wrong';
  const field = { field: 'sender', outcome, isExact: outcome === 'right', truth: 'Mill' } as const;
  return {
    path,
    type: 'letter',
    group: path,
    languages: ['en'],
    classification: {
      scope: 'judged',
      emitted: 'unknown',
      likeliest: isRight ? 'letter' : 'form',
      confidence: 0.4,
      isRight,
    },
    fields: { textAlone: [found === undefined ? field : { ...field, found }] },
  };
}

describe('a comparison', () => {
  const before = result([
    letter('a', true, 'Mill'),
    letter('b', false, undefined),
    letter('gone', true, 'Mill'),
  ]);
  const after = result([letter('a', false, 'Hill'), letter('b', false, 'Mill'), letter('new', true, 'Mill')]);

  it('names what was fixed and broken among the documents of both', () => {
    const { documents, changes } = compareResults(before, after);
    expect(documents).toBe(2);
    expect(changes).toEqual([
      { path: 'a', kind: 'broken', what: 'type', truth: 'letter', before: 'letter', after: 'form' },
      {
        path: 'a',
        kind: 'broken',
        what: 'textAlone sender',
        truth: 'Mill',
        before: 'Mill',
        after: 'Hill',
      },
      {
        path: 'b',
        kind: 'fixed',
        what: 'textAlone sender',
        truth: 'Mill',
        before: null,
        after: 'Mill',
      },
    ]);
  });

  it('measures differences in pairs', () => {
    const [accuracy, fields] = compareResults(before, after).differences;
    expect(accuracy).toMatchObject({ what: 'accuracy, all types', difference: { value: -0.5, count: 2 } });
    // Before: one right, one missed, F1 2/3; after: one right, one wrong, F1 1/2.
    expect(fields?.difference.value).toBeCloseTo(1 / 2 - 2 / 3, 12);
  });

  it('with itself changes nothing', () => {
    const same = compareResults(after, after);
    expect(same.changes).toEqual([]);
    expect(same.differences.map(({ difference }) => [difference.value, difference.interval])).toEqual([
      [0, [0, 0]],
      [0, [0, 0]],
    ]);
  });

  it('is shown with files and values', () => {
    const text = renderComparison('base', compareResults(before, after));
    expect(text).toContain('2 documents in both; 1 fixed, 2 broken');
    expect(text).toContain('| broken | a | textAlone sender | Mill | Mill | Hill |');
  });
});
