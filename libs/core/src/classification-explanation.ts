import type { Classification } from '@docstream/contracts';

/** In which language a document is, as the classifier sees it. */
export interface LanguageDecision {
  readonly isForeign: boolean;
  /** What decided; `unclear`: too few words to tell, which counts as not foreign. */
  readonly because: 'words' | 'script' | 'parser' | 'unclear';
  /** The strongest language by its words; null where none is evident. */
  readonly strongest: string | null;
  /** Shares of all words: of the trained language with most, and of another one with most. */
  readonly ownShare: number;
  readonly foreignShare: number;
}

/** What a feature adds to ln(p(likeliest) / p(rival)): above 0 it speaks for the likeliest type. */
export interface Contribution {
  readonly kind: 'word' | 'phrases' | 'count' | 'layout';
  /** The word or pair of words (`^`: in the heading), or the name of the feature. */
  readonly name: string;
  readonly weight: number;
  /** Of phrases: those that were found, at most four. */
  readonly found?: readonly string[];
}

export interface ChunkContribution {
  /** How it begins, for people. */
  readonly beginning: string;
  /** As of a feature; null where only the likeness of the whole counts. */
  readonly weight: number | null;
}

/** Why the classifier decides as it does about a document. Plain data. */
export interface ClassificationExplanation {
  readonly classification: Classification;
  readonly hasEnoughText: boolean;
  readonly language: LanguageDecision;
  readonly threshold: number;
  /** All types, the likeliest first, `unknown` for none of them; empty when the document was kept from the head. */
  readonly ranked: readonly { readonly type: string; readonly probability: number }[];
  /** Between which two types the contributions decide; null when the document was kept from the head. */
  readonly between: { readonly likeliest: string; readonly rival: string } | null;
  /** The heaviest first; with chunks, `bias` and `rest` (of labels: the meaning) they add up to ln(p(likeliest) / p(rival)). */
  readonly contributions: readonly Contribution[];
  readonly chunks: readonly ChunkContribution[];
  readonly bias: number;
  /** What the contributions that are not listed add together. */
  readonly rest: number;
}
