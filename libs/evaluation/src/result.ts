import type { Estimate } from './bootstrap.js';
import type { CalibrationBin, confusionOf, CurvePoint, TypeScore } from './decisions.js';
import type { FieldResult, FieldScore } from './field-scores.js';
import type { Gate } from './gates.js';

/**
 * How fields are measured: on the text alone with the right type given; on the text alone with the type that the fold's
 * head decided; with what an electronic invoice inside says; by invoice2data on the same files.
 */
export const VIEWS = ['textAlone', 'endToEnd', 'embedded', 'invoice2data'] as const;
export type View = (typeof VIEWS)[number];

/** Why a document counts for the accuracy, or apart: in no language of the fold's head, or without text. */
export type Scope = 'judged' | 'foreign' | 'textless';

/** One document's part of a result: what comparisons and lists of errors are made from. */
export interface DocumentRecord {
  readonly path: string;
  readonly type: string;
  readonly group: string;
  readonly languages: readonly string[];
  readonly classification?: {
    readonly scope: Scope;
    /** `unknown` included. */
    readonly emitted: string;
    readonly likeliest: string;
    readonly confidence: number;
    readonly isRight: boolean;
  };
  readonly fields?: Readonly<Partial<Record<View, readonly FieldResult[]>>>;
}

export interface Section {
  readonly documents: number;
  readonly types: number;
  readonly accuracy: Estimate;
  /** With *unknown* below the threshold, which counts as wrong. */
  readonly emittedAccuracy: Estimate;
  readonly macroF1: Estimate;
  readonly calibrationError: Estimate;
}

/** What abstaining with a threshold that was chosen inside the training folds gives. */
export interface Abstention {
  /** The coverage that the threshold was chosen for. */
  readonly wanted: number;
  readonly coverage: Estimate;
  readonly errorRate: Estimate;
}

export interface BaselineScore {
  readonly name: string;
  readonly accuracy: Estimate;
  /** Ours minus the baseline's, of the same documents. */
  readonly difference: Estimate;
}

export interface ClassificationResult {
  /** Types with at least six groups. */
  readonly gateTypes: readonly string[];
  readonly gate: Section;
  readonly all: Section;
  readonly types: readonly TypeScore[];
  readonly confusion: ReturnType<typeof confusionOf>;
  readonly curve: readonly CurvePoint[];
  readonly bins: readonly CalibrationBin[];
  readonly abstention: readonly Abstention[];
  /** Documents in languages that the fold's head was not trained on, and how many of them are *unknown*. */
  readonly foreign: {
    readonly unknown: Estimate;
    readonly byLanguage: readonly {
      readonly language: string;
      readonly documents: number;
      readonly unknown: number;
    }[];
  };
  readonly textless: { readonly documents: number; readonly unknown: number };
  readonly baselines: readonly BaselineScore[];
}

export interface FieldRow {
  readonly type: string;
  readonly field: string;
  readonly score: FieldScore;
}

export interface ExtractionView {
  readonly view: View;
  readonly documents: number;
  readonly rows: readonly FieldRow[];
  /** All fields of a type together. */
  readonly types: readonly { readonly type: string; readonly score: FieldScore }[];
  /** Number, issue date, total, currency, IBAN and VAT id of invoices. */
  readonly invoiceCore: FieldScore;
  /** Net, tax, seller and buyer of invoices. */
  readonly invoiceParties: FieldScore;
  /** Of the values with a confidence, those of asserted fields; null without any. */
  readonly calibration: {
    readonly values: number;
    /** Expected calibration error, ten bins. */
    readonly error: Estimate;
    readonly bins: readonly CalibrationBin[];
  } | null;
}

export interface ExtractionResult {
  readonly views: readonly ExtractionView[];
  /** Core fields of invoices in the languages of the shipped head, text alone, type given. */
  readonly trainedLanguages: { readonly languages: readonly string[]; readonly invoiceCore: FieldScore };
  /** Single names of authors instead of whole sets. */
  readonly authorNames: Pick<FieldScore, 'precision' | 'recall' | 'f1'>;
  /** Ours minus invoice2data's micro-F1 of the core fields, over the same invoices; null when it was not run. */
  readonly aheadOfInvoice2data: Estimate | null;
  /** Why invoice2data was not run. */
  readonly invoice2dataProblem?: string;
}

export interface Speed {
  readonly documents: number;
  /** Classify and extract together, by CPU time. */
  readonly documentsPerCoreSecond: number;
  /** The same by the clock, on whatever else the machine was doing. */
  readonly documentsPerSecond: number;
  readonly classifyCpuMs: number;
  readonly extractCpuMs: number;
  readonly chunks: { readonly mean: number; readonly most: number };
  /** Resident memory of a process that does nothing but classify, after its work; and its peak. */
  readonly residentMb: number;
  readonly peakMb: number;
}

export interface EvaluationFacts {
  readonly corpus: string;
  readonly documents: number;
  readonly parser: string;
  readonly model: string | null;
  readonly extractor: string | null;
  /** Digest of the code that was measured. */
  readonly code: string;
  readonly folds: number;
  readonly innerFolds: number;
}

/** Everything that was measured; plain data, also the format of `--json` and of saved results. */
export interface EvaluationResult {
  readonly format: 'docstream-evaluation';
  readonly version: 1;
  readonly facts: EvaluationFacts;
  readonly gates: readonly Gate[];
  readonly classification: ClassificationResult | null;
  readonly extraction: ExtractionResult | null;
  readonly speed: Speed | null;
  readonly documents: readonly DocumentRecord[];
}
