import { UNKNOWN_TYPE } from '@docstream/contracts';
import { estimate, estimateRatio, type Grouped } from './bootstrap.js';
import type { Verdict } from './cross-validation.js';
import {
  accuracyOf,
  calibrationBins,
  calibrationErrorOf,
  confusionOf,
  coverageCurve,
  type Decision,
  emittedAccuracyOf,
  estimateMacroF1,
  scoreTypes,
} from './decisions.js';
import type { ManifestEntry } from './manifest.js';
import type { Abstention, BaselineScore, ClassificationResult, Scope, Section } from './result.js';

/** Fewer groups than this say nothing about a type. */
export const GATE_GROUPS = 6;
/** Coverages that the gates and aims ask for. */
export const GATE_COVERAGES = [0.6, 0.8] as const;

export interface ClassifiedDocument {
  readonly entry: ManifestEntry;
  readonly hasText: boolean;
  readonly verdict: Verdict;
  /** Types that the baselines gave it, by their names. */
  readonly baselines: ReadonlyMap<string, string>;
}

/** Types with at least six groups in the corpus. */
export function gateTypesOf(entries: readonly ManifestEntry[]): readonly string[] {
  return [...Map.groupBy(entries, ({ type }) => type)]
    .filter(([, members]) => new Set(members.map(({ group }) => group)).size >= GATE_GROUPS)
    .map(([type]) => type)
    .sort();
}

export function isAcceptable({ type, alsoAcceptable }: ManifestEntry, decided: string): boolean {
  return decided === type || alsoAcceptable.includes(decided);
}

export function scopeOf({ hasText, verdict }: Pick<ClassifiedDocument, 'hasText' | 'verdict'>): Scope {
  if (!hasText) return 'textless';
  return verdict.isInTrainedLanguage ? 'judged' : 'foreign';
}

interface Judged extends Decision {
  readonly document: ClassifiedDocument;
}

function decisionOf(document: ClassifiedDocument): Judged {
  const { entry, verdict } = document;
  return {
    path: entry.path,
    group: entry.group,
    type: entry.type,
    decided: verdict.likeliest,
    emitted: verdict.classification.type,
    confidence: verdict.classification.confidence,
    isRight: isAcceptable(entry, verdict.likeliest),
    document,
  };
}

export function measureClassification(documents: readonly ClassifiedDocument[]): ClassificationResult {
  const gateTypes = gateTypesOf(documents.map(({ entry }) => entry));
  const inScope = (scope: Scope): readonly ClassifiedDocument[] =>
    documents.filter((document) => scopeOf(document) === scope);
  const all = inScope('judged').map(decisionOf);
  const gate = all.filter(({ type }) => gateTypes.includes(type));
  const textless = inScope('textless');
  return {
    gateTypes,
    gate: sectionOf(gate),
    all: sectionOf(all),
    types: scoreTypes(all),
    confusion: confusionOf(all),
    curve: coverageCurve(gate),
    bins: calibrationBins(gate),
    abstention: GATE_COVERAGES.map((wanted, index) => abstentionOf(gate, wanted, index)),
    foreign: foreignOf(inScope('foreign')),
    textless: { documents: textless.length, unknown: textless.filter(isUnknown).length },
    baselines: baselinesOf(gate),
  };
}

function sectionOf(decisions: readonly Decision[]): Section {
  return {
    documents: decisions.length,
    types: new Set(decisions.map(({ type }) => type)).size,
    accuracy: accuracyOf(decisions),
    emittedAccuracy: emittedAccuracyOf(decisions),
    macroF1: estimateMacroF1(decisions),
    calibrationError: estimate(decisions, calibrationErrorOf),
  };
}

function abstentionOf(decisions: readonly Judged[], wanted: number, index: number): Abstention {
  const isCovered = ({ document }: Judged): boolean => document.verdict.isCovered[index] === true;
  return {
    wanted,
    coverage: estimateRatio(
      decisions,
      (decision) => Number(isCovered(decision)),
      () => 1,
    ),
    errorRate: estimateRatio(
      decisions.filter(isCovered),
      ({ isRight }) => Number(!isRight),
      () => 1,
    ),
  };
}

const isUnknown = ({ verdict }: ClassifiedDocument): boolean => verdict.classification.type === UNKNOWN_TYPE;

function foreignOf(documents: readonly ClassifiedDocument[]): ClassificationResult['foreign'] {
  const grouped: readonly (Grouped & { readonly unknown: number })[] = documents.map((document) => ({
    group: document.entry.group,
    unknown: Number(isUnknown(document)),
  }));
  return {
    unknown: estimateRatio(
      grouped,
      ({ unknown }) => unknown,
      () => 1,
    ),
    byLanguage: [...Map.groupBy(documents, ({ entry }) => entry.languages.join('+'))]
      .sort(([left], [right]) => left.localeCompare(right))
      .map(([language, members]) => ({
        language,
        documents: members.length,
        unknown: members.filter(isUnknown).length,
      })),
  };
}

function baselinesOf(decisions: readonly Judged[]): readonly BaselineScore[] {
  const names = [...new Set(decisions.flatMap(({ document }) => [...document.baselines.keys()]))];
  return names.map((name) => {
    const isRightBy = ({ document }: Judged): number =>
      Number(isAcceptable(document.entry, document.baselines.get(name) ?? UNKNOWN_TYPE));
    return {
      name,
      accuracy: estimateRatio(decisions, isRightBy, () => 1),
      difference: estimateRatio(
        decisions,
        (decision) => Number(decision.isRight) - isRightBy(decision),
        () => 1,
      ),
    };
  });
}
