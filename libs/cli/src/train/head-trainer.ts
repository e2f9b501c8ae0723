import type { ParsedDocument } from '@docstream/contracts';

/** A PDF's text as an example of a type. */
export interface TrainingSample {
  /** Path, for people. */
  readonly id: string;
  readonly type: string;
  readonly document: ParsedDocument;
}

export interface LeftOut {
  readonly id: string;
  readonly reason: string;
}

export interface TrainedHead {
  /** Name and version. */
  readonly name: string;
  readonly model: string;
  readonly languages: readonly string[];
  readonly threshold: number;
  readonly types: readonly { readonly type: string; readonly documents: number }[];
  /** Null: too few documents to measure anything. */
  readonly measured: {
    readonly accuracy: number;
    readonly interval: readonly [low: number, high: number];
    readonly macroF1: number;
    readonly coverage: number;
    readonly errorRate: number;
    readonly folds: number;
  } | null;
  /** Samples that could not teach. */
  readonly leftOut: readonly LeftOut[];
  /** The head's file. */
  readonly file: string;
  /** Markdown. */
  readonly report: string;
}

export interface TrainingOptions {
  /** Without version. */
  readonly name: string;
  /** ISO 639-1; unset: as the documents are. */
  readonly languages?: readonly string[];
  /** For the report. */
  readonly unreadable: readonly LeftOut[];
  readonly onProgress: (done: number, of: number) => void;
}

/** Trains a head for the classifier; needs the embedding model and no service. */
export interface HeadTrainer {
  /** What forbids a type of this name; null when nothing does. */
  nameProblem(type: string): string | null;
  /** The same samples give the same head. With fewer than two types or two samples of one: the refusal's reason. */
  train(
    samples: readonly TrainingSample[],
    options: TrainingOptions,
  ): Promise<TrainedHead | { readonly refused: string }>;
}
