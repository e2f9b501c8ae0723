import type { Estimate } from './bootstrap.js';
import type { FieldScore } from './field-scores.js';
import type { ClassificationResult, ExtractionResult, ExtractionView, Speed, View } from './result.js';

export interface Gate {
  readonly name: string;
  /** A gate must be reached; an aim is worth reaching; what has too few truths is reported only. */
  readonly kind: 'gate' | 'aim' | 'reported';
  readonly comparison: 'at least' | 'at most' | 'more than';
  readonly target: number;
  /** Null: not measured in this run. */
  readonly measured: Estimate | null;
  readonly verdict: 'reached' | 'missed' | 'not measured';
  readonly unit?: string;
  readonly note?: string;
}

/** Fields with fewer truths are reported, not judged. */
export const MIN_TRUTHS = 15;

type Measured = Estimate | number | null | undefined;
type Extra = Pick<Gate, 'unit' | 'note'> & { readonly kind?: Gate['kind'] };

/** Compares a figure with its target; a figure that is no number was not measured. */
export function judge(
  name: string,
  comparison: Gate['comparison'],
  target: number,
  measured: Measured,
  { kind = 'gate', ...extra }: Extra = {},
): Gate {
  const figure =
    typeof measured === 'number' ? { value: measured, interval: null, count: 0 } : (measured ?? null);
  const isMeasured = figure !== null && Number.isFinite(figure.value);
  return {
    name,
    kind,
    comparison,
    target,
    measured: isMeasured ? figure : null,
    verdict: isMeasured
      ? isReached(figure.value, comparison, target)
        ? 'reached'
        : 'missed'
      : 'not measured',
    ...extra,
  };
}

function isReached(value: number, comparison: Gate['comparison'], target: number): boolean {
  switch (comparison) {
    case 'at least':
      return value >= target;
    case 'at most':
      return value <= target;
    case 'more than':
      return value > target;
  }
}

/** All gates and aims, in the order of the documentation. */
export function judgeAll(
  classification: ClassificationResult | null,
  extraction: ExtractionResult | null,
  speed: Speed | null,
): readonly Gate[] {
  return [
    ...classificationGates(classification),
    ...extractionGates(extraction),
    ...speedGates(speed),
    ...aims(classification, extraction),
  ];
}

function classificationGates(result: ClassificationResult | null): readonly Gate[] {
  const recallOf = (type: string): Measured => result?.types.find((score) => score.type === type)?.recall;
  const abstention = result?.abstention.find(({ wanted }) => wanted === 0.6);
  const covered = abstention === undefined ? '' : `decided ${percent(abstention.coverage.value)}`;
  const strongest = result?.baselines.toSorted(
    (left, right) => right.accuracy.value - left.accuracy.value,
  )[0];
  return [
    judge('accuracy, types of six groups or more', 'at least', 0.8, result?.gate.accuracy),
    judge('invoice recall', 'at least', 0.93, recallOf('invoice')),
    judge('scientific-paper recall', 'at least', 0.93, recallOf('scientific-paper')),
    judge('errors when abstaining at 60 % coverage', 'at most', 0.05, abstention?.errorRate, {
      note: covered,
    }),
    judge('expected calibration error', 'at most', 0.1, result?.gate.calibrationError),
    judge('accuracy ahead of TF-IDF + logistic regression', 'more than', 0, strongest?.difference, {
      note: strongest === undefined ? '' : `${strongest.name}: ${strongest.accuracy.value.toFixed(3)}`,
    }),
  ];
}

function viewOf(result: ExtractionResult | null, view: View): ExtractionView | undefined {
  return result?.views.find((entry) => entry.view === view);
}

function extractionGates(result: ExtractionResult | null): readonly Gate[] {
  const text = viewOf(result, 'textAlone');
  const invoice2data = viewOf(result, 'invoice2data');
  const scoreOf = (type: string, field: string): FieldScore | undefined =>
    text?.rows.find((row) => row.type === type && row.field === field)?.score;
  const f1 = (name: string, target: number, type: string, field: string): Gate => {
    const score = scoreOf(type, field);
    const isScarce = score !== undefined && score.truths < MIN_TRUTHS;
    return judge(name, 'at least', target, score?.f1, isScarce ? { kind: 'reported' } : {});
  };
  return [
    judge('invoices, text alone: six core fields, micro-F1', 'at least', 0.85, text?.invoiceCore.f1),
    judge(
      'invoices, text alone: net, tax, seller, buyer, micro-F1',
      'at least',
      0.75,
      text?.invoiceParties.f1,
    ),
    judge(
      'invoices with embedded XML: six core fields, micro-F1',
      'at least',
      0.98,
      viewOf(result, 'embedded')?.invoiceCore.f1,
    ),
    judge('invoices ahead of invoice2data, micro-F1', 'more than', 0, result?.aheadOfInvoice2data, {
      note:
        invoice2data === undefined
          ? (result?.invoice2dataProblem ?? 'needs --baselines')
          : `invoice2data: ${invoice2data.invoiceCore.f1.value.toFixed(3)}`,
    }),
    f1('papers: title, F1', 0.85, 'scientific-paper', 'title'),
    f1('papers: authors (whole set), F1', 0.75, 'scientific-paper', 'authors'),
    f1('résumés: name, F1', 0.9, 'resume', 'name'),
    f1('résumés: e-mail, F1', 0.98, 'resume', 'email'),
  ];
}

function speedGates(speed: Speed | null): readonly Gate[] {
  return [
    judge(
      'classify and extract, documents a second and core',
      'at least',
      12,
      speed?.documentsPerCoreSecond,
      {
        unit: '/s',
        note: 'by CPU time',
      },
    ),
    judge('chunks a document, most', 'at most', 4, speed?.chunks.most, { unit: '' }),
    judge('chunks a document, mean', 'at most', 2.5, speed?.chunks.mean, { unit: '' }),
    judge('resident memory of a classifier worker', 'at most', 560, speed?.peakMb, { unit: 'MB' }),
  ];
}

function aims(
  classification: ClassificationResult | null,
  extraction: ExtractionResult | null,
): readonly Gate[] {
  const at80 = classification?.abstention.find(({ wanted }) => wanted === 0.8);
  const kind = 'aim' as const;
  return [
    judge('accuracy, all types', 'at least', 0.9, classification?.all.accuracy, { kind }),
    judge('macro-F1, all types', 'at least', 0.85, classification?.all.macroF1, { kind }),
    judge('errors when abstaining at 80 % coverage', 'at most', 0.03, at80?.errorRate, {
      kind,
      note: at80 === undefined ? '' : `decided ${percent(at80.coverage.value)}`,
    }),
    judge(
      'invoices, text alone: six core fields, micro-F1',
      'at least',
      0.93,
      viewOf(extraction, 'textAlone')?.invoiceCore.f1,
      { kind },
    ),
  ];
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
