import { describe, expect, it } from '@jest/globals';
import { judgeAll } from './gates.js';
import type { ManifestEntry } from './manifest.js';
import { type ClassifiedDocument, gateTypesOf, measureClassification } from './measure-classification.js';
import { renderQualityPage } from './render-quality.js';

function document(
  path: string,
  type: string,
  likeliest: string,
  more: {
    readonly emitted?: string;
    readonly isInTrainedLanguage?: boolean;
    readonly hasText?: boolean;
    readonly isCovered?: boolean;
    readonly baseline?: string;
    readonly entry?: Partial<ManifestEntry>;
  } = {},
): ClassifiedDocument {
  const { emitted = likeliest, isInTrainedLanguage = true, hasText = true, isCovered = true } = more;
  return {
    entry: {
      path,
      type,
      alsoAcceptable: [],
      languages: ['en'],
      group: path,
      isImageOnly: !hasText,
      hasEmbeddedXml: false,
      truth: {},
      truthNotInText: [],
      ...more.entry,
    },
    hasText,
    verdict: {
      id: path,
      fold: 0,
      isInTrainedLanguage,
      classification: { type: emitted, confidence: 0.8, margin: 0.5, runnerUp: null, model: 'm', head: 'h' },
      likeliest,
      isCovered: [isCovered, true],
    },
    baselines: new Map([['words', more.baseline ?? 'letter']]),
  };
}

/** Six invoices of six groups, one of them wrong and abstained, and letters of one group. */
const documents: readonly ClassifiedDocument[] = [
  ...['a', 'b', 'c', 'd', 'e'].map((path) => document(path, 'invoice', 'invoice', { baseline: 'invoice' })),
  document('f', 'invoice', 'letter', { emitted: 'unknown', isCovered: false }),
  document('g', 'letter', 'letter'),
  document('h', 'letter', 'form', { entry: { group: 'g', alsoAcceptable: ['form'] } }),
  document('nl', 'invoice', 'invoice', { isInTrainedLanguage: false, entry: { languages: ['nl'] } }),
  document('zh', 'invoice', 'unknown', { isInTrainedLanguage: false, entry: { languages: ['zh'] } }),
  document('scan', 'invoice', 'unknown', { hasText: false, isInTrainedLanguage: false }),
];

describe('classification is measured', () => {
  const result = measureClassification(documents);

  it('over types of six groups for the gates, over all besides', () => {
    expect(gateTypesOf(documents.map(({ entry }) => entry))).toEqual(['invoice']);
    expect(result.gate).toMatchObject({ documents: 6, types: 1 });
    expect(result.gate.accuracy.value).toBeCloseTo(5 / 6, 12);
    expect(result.all).toMatchObject({ documents: 8, types: 2 });
    expect(result.all.accuracy.value).toBeCloseTo(7 / 8, 12);
    expect(result.gate.calibrationError.value).toBeCloseTo(Math.abs(5 / 6 - 0.8), 12);
  });

  it('apart for foreign documents and those without text', () => {
    expect(result.foreign.unknown).toMatchObject({ value: 0.5, count: 2 });
    expect(result.foreign.byLanguage).toEqual([
      { language: 'nl', documents: 1, unknown: 0 },
      { language: 'zh', documents: 1, unknown: 1 },
    ]);
    expect(result.textless).toEqual({ documents: 1, unknown: 1 });
  });

  it('with abstention at thresholds that the folds chose', () => {
    const [at60, at80] = result.abstention;
    expect(at60?.coverage.value).toBeCloseTo(5 / 6, 12);
    expect(at60?.errorRate.value).toBe(0);
    expect(at80?.errorRate.value).toBeCloseTo(1 / 6, 12);
  });

  it('beside the baselines, on the same documents', () => {
    expect(result.baselines).toHaveLength(1);
    expect(result.baselines[0]).toMatchObject({ name: 'words', difference: { value: 0, interval: [0, 0] } });
  });

  it('and judged', () => {
    const verdicts = judgeAll(result, null, null).map(({ name, verdict }) => `${name}: ${verdict}`);
    expect(verdicts).toContain('accuracy, types of six groups or more: reached');
    expect(verdicts).toContain('invoice recall: missed');
    expect(verdicts).toContain('errors when abstaining at 60 % coverage: reached');
    expect(verdicts).toContain('accuracy ahead of TF-IDF + logistic regression: missed');
  });

  it('and written down with the rule of each field', () => {
    const page = renderQualityPage({
      format: 'docstream-evaluation',
      version: 1,
      facts: {
        corpus: 'c0ffee',
        documents: 11,
        parser: 'p',
        model: 'm',
        extractor: null,
        code: 'c',
        folds: 10,
        innerFolds: 3,
      },
      gates: judgeAll(result, null, null),
      classification: result,
      extraction: null,
      speed: null,
      documents: [],
    });
    expect(page).toContain('| gate | invoice recall | at least 0.93 | 0.833 |');
    expect(page).toMatch(/\| code \| letters and digits only.*`iban`/);
    expect(page).not.toContain('NaN');
  });
});
