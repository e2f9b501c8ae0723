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
 * type's confidence, and that type as runner-up, below the head's threshold or where it is likelier to be of none.
 */
export function classifyDocument(
  document: ParsedDocument,
  embeddings: readonly Float32Array[],
  head: Head,
): Classification {
  const versions = { model: head.model, head: head.name };
  if (embeddings.length === 0 || !isJudgeable(document, head.languages))
    return decideType(head.types, [], head.threshold, versions);
  const features = documentFeatures(document, embeddings);
  const probabilities = probabilitiesOf(head, features, head.temperature);
  return decideType(head.types, probabilities, head.threshold, versions);
}

/**
 * The likeliest type; *unknown* with that type as runner-up when it is below the threshold, or less likely than to be of
 * none; without probabilities *unknown* with confidence 0.
 */
export function decideType(
  types: readonly string[],
  probabilities: readonly number[],
  threshold: number,
  versions: Pick<Classification, 'model' | 'head'>,
): Classification {
  const ranked = rankTypes(types, probabilities);
  const none = ranked.find(({ type }) => type === UNKNOWN_TYPE)?.probability ?? 0;
  const [best, second] = ranked.filter(({ type }) => type !== UNKNOWN_TYPE);
  if (best === undefined || second === undefined)
    return { type: UNKNOWN_TYPE, confidence: 0, margin: 0, runnerUp: null, ...versions };
  const { type, probability: confidence } = best;
  return confidence < threshold || confidence < none
    ? { type: UNKNOWN_TYPE, confidence, margin: confidence - second.probability, runnerUp: type, ...versions }
    : {
        type,
        confidence,
        margin: confidence - Math.max(second.probability, none),
        runnerUp: second.type,
        ...versions,
      };
}

export interface RankedType {
  readonly type: string;
  readonly index: number;
  readonly probability: number;
}

/** The likeliest first. */
export function rankTypes(types: readonly string[], probabilities: readonly number[]): readonly RankedType[] {
  return probabilities
    .map((probability, index) => ({ type: types[index] ?? UNKNOWN_TYPE, index, probability }))
    .sort((left, right) => right.probability - left.probability);
}
