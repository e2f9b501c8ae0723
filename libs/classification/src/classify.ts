import { type Classification, linesOf, type ParsedDocument, UNKNOWN_TYPE } from '@docstream/contracts';
import { documentFeatures } from './features.js';
import type { Head } from './head.js';
import { isForeign } from './language.js';
import { probabilitiesOf } from './train.js';
import { wordsOf } from './words.js';

/** Fewer words or letters than this say nothing about the kind of document. */
const MIN_WORDS = 12;
const MIN_LETTERS = 60;

/** False when the document has too little text or is in another language: then it need not be embedded either. */
export function isJudgeable(document: ParsedDocument, languages: readonly string[]): boolean {
  return hasEnoughText(document) && !isForeign(document, languages);
}

/** True from twelve words and sixty letters on. */
export function hasEnoughText(document: ParsedDocument): boolean {
  let words = 0;
  let letters = 0;
  for (const page of document.pages) {
    for (const line of linesOf(page)) {
      const found = wordsOf(line.text);
      words += found.length;
      letters += found.reduce((sum, word) => sum + word.length, 0);
      if (words >= MIN_WORDS && letters >= MIN_LETTERS) return true;
    }
  }
  return false;
}

/**
 * Decides the document's type; `embeddings` are those of its chunks (`chunkDocument`) by the model named in the head.
 * `unknown` with confidence 0 for too little text or a language that the head was not trained on; `unknown` with the best
 * type's confidence, and that type as runner-up, below the head's threshold.
 */
export function classifyDocument(
  document: ParsedDocument,
  embeddings: readonly Float32Array[],
  head: Head,
): Classification {
  const versions = { model: head.model, head: head.name };
  const abstention = { type: UNKNOWN_TYPE, confidence: 0, margin: 0, runnerUp: null, ...versions };
  if (embeddings.length === 0 || !hasEnoughText(document) || isForeign(document, head.languages))
    return abstention;

  const probabilities = probabilitiesOf(head, documentFeatures(document, embeddings), head.temperature);
  const ranked = head.types
    .map((type, index) => ({ type, probability: probabilities[index] ?? 0 }))
    .sort((left, right) => right.probability - left.probability);
  const [best, second] = ranked;
  if (best === undefined || second === undefined) return abstention;
  const measured = {
    confidence: best.probability,
    margin: best.probability - second.probability,
    ...versions,
  };
  return best.probability < head.threshold
    ? { ...measured, type: UNKNOWN_TYPE, runnerUp: best.type }
    : { ...measured, type: best.type, runnerUp: second.type };
}
