import type { Classification, ParsedDocument } from '@docstream/contracts';

/** Adds so much to ln(p(likeliest) / p(rival)): above 0 it speaks for the likeliest type. */
export interface Reason {
  readonly kind: 'word' | 'phrases' | 'count' | 'layout';
  readonly name: string;
  readonly weight: number;
  /** Of phrases: those that were found. */
  readonly found?: readonly string[];
}

/** Why the classifier decides as it does about a document. */
export interface Explained {
  readonly classification: Classification;
  readonly hasEnoughText: boolean;
  readonly language: {
    readonly isForeign: boolean;
    readonly because: 'words' | 'script' | 'parser' | 'unclear';
    readonly strongest: string | null;
    readonly ownShare: number;
    readonly foreignShare: number;
  };
  readonly threshold: number;
  /** The likeliest first; empty when the document was kept from the head. */
  readonly ranked: readonly { readonly type: string; readonly probability: number }[];
  readonly between: { readonly likeliest: string; readonly rival: string } | null;
  readonly contributions: readonly Reason[];
  /** Chunks that were read; weight null where types are described in words. */
  readonly chunks: readonly { readonly beginning: string; readonly weight: number | null }[];
  readonly bias: number;
  /** What the contributions that are not listed add. */
  readonly rest: number;
}

/** The classifier as it is configured here, in this process. */
export interface DocumentExplainer {
  /** Fails with FatalError CONFIGURATION_INVALID where model, head or labels cannot be used. */
  explain(document: ParsedDocument): Promise<Explained & { readonly languages: readonly string[] }>;
}
