import type { ParsedDocument } from '@docstream/contracts';
import { layoutFeatures } from './layout-features.js';
import { contentFeatures, cueFeatures, lexicalFeatures } from './text-features.js';

/** Rises whenever the same document would give other numbers: a head of another version is refused. */
export const FEATURES_VERSION = 2;
export const LEXICAL_BUCKETS = 4096;

/** What the head sees of a document, before scaling. */
export interface DocumentFeatures {
  /** Mean of the chunks' embeddings, then the first chunk's: twice the model's dimensions. */
  readonly embedding: Float32Array;
  /** Hashed words: bucket → weight. */
  readonly lexical: ReadonlyMap<number, number>;
  /** Cues, counts and layout by name; NaN where it is not known (the layout of a generated text). */
  readonly numbers: ReadonlyMap<string, number>;
}

/** A generated text is shorter and poorer than a real one of its type. */
const LENGTH_DEPENDENT: ReadonlySet<string> = new Set(['length', 'vocabulary']);

export interface FeatureOptions {
  /** False for generated texts, which have no pages worth looking at. */
  readonly hasLayout: boolean;
}

/** The features of a document; `embeddings` are those of its chunks, in their order, at least one. */
export function documentFeatures(
  document: ParsedDocument,
  embeddings: readonly Float32Array[],
  { hasLayout }: FeatureOptions = { hasLayout: true },
): DocumentFeatures {
  const layout = layoutFeatures(document);
  const numbers = new Map([...cueFeatures(document), ...contentFeatures(document)]);
  for (const [name, value] of layout) numbers.set(`layout:${name}`, value);
  if (!hasLayout) {
    for (const name of numbers.keys()) {
      if (name.startsWith('layout:') || LENGTH_DEPENDENT.has(name)) numbers.set(name, Number.NaN);
    }
  }
  return {
    embedding: poolEmbeddings(embeddings),
    lexical: lexicalFeatures(document, LEXICAL_BUCKETS),
    numbers,
  };
}

function poolEmbeddings(embeddings: readonly Float32Array[]): Float32Array {
  const first = embeddings[0] ?? new Float32Array();
  const pooled = new Float32Array(first.length * 2);
  pooled.set(meanEmbedding(embeddings));
  pooled.set(first, first.length);
  return pooled;
}

/** Sum of the vectors, of unit length. */
export function meanEmbedding(embeddings: readonly Float32Array[]): Float32Array {
  const sum = sumOf(embeddings);
  const length = Math.hypot(...sum) || 1;
  return sum.map((value) => value / length);
}

export function sumOf(embeddings: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(embeddings[0]?.length ?? 0);
  for (const embedding of embeddings) {
    for (const [index, value] of embedding.entries()) sum[index] = (sum[index] ?? 0) + value;
  }
  return sum;
}
