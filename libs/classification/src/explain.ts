import { type ParsedDocument, UNKNOWN_TYPE } from '@docstream/contracts';
import type { ChunkContribution, ClassificationExplanation, Contribution } from '@docstream/core';
import { classifyDocument, hasEnoughText, rankTypes } from './classify.js';
import { documentFeatures, sumOf } from './features.js';
import { type Head, rowLength, scaleFeatures, scoreRow } from './head.js';
import type { Likeness } from './labels.js';
import { judgeLanguage } from './language.js';
import { softmax } from './statistics.js';
import { bucketOf, cuePhrases, lexicalTerms } from './text-features.js';

const BEGINNING_CHARACTERS = 80;
const FOUND_PHRASES = 4;

/** Why `classifyDocument` decides as it does: the head is linear, so the shares of the features are exact. */
export function explainDocument(
  document: ParsedDocument,
  chunks: readonly string[],
  embeddings: readonly Float32Array[],
  head: Head,
  listed = 12,
): ClassificationExplanation {
  const classification = classifyDocument(document, embeddings, head);
  const facts = {
    classification,
    hasEnoughText: hasEnoughText(document),
    language: judgeLanguage(document, head.languages),
    threshold: head.threshold,
  };
  const isKept = classification.type === UNKNOWN_TYPE && classification.runnerUp === null;
  const features = documentFeatures(document, embeddings);
  const row = scaleFeatures(features, head.scaling);
  const length = rowLength(head.scaling);
  const probabilities = softmax(scoreRow(row, head.weights, head.bias, length), head.temperature);
  const ranked = rankTypes(head.types, probabilities);
  const [likeliest, rival] = ranked;
  if (isKept || likeliest === undefined || rival === undefined)
    return { ...facts, ranked: [], between: null, contributions: [], chunks: [], bias: 0, rest: 0 };

  const weightAt = (position: number): number =>
    ((head.weights[likeliest.index * length + position] ?? 0) -
      (head.weights[rival.index * length + position] ?? 0)) /
    head.temperature;
  const terms = Map.groupBy(lexicalTerms(document).keys(), (term) => bucketOf(term, head.scaling.buckets));
  const phrases = cuePhrases(document);
  const contributions: Contribution[] = [];
  for (const [index, position] of row.positions.entries()) {
    if (position < head.scaling.embeddingLength) continue;
    const weight = (row.values[index] ?? 0) * weightAt(position);
    const bucket = position - head.scaling.embeddingLength;
    const number = head.scaling.numbers[bucket - head.scaling.buckets];
    if (number === undefined)
      contributions.push({ kind: 'word', name: termsText(terms.get(bucket)), weight });
    else contributions.push({ ...describeNumber(number.name, phrases), weight });
  }
  contributions.sort((left, right) => Math.abs(right.weight) - Math.abs(left.weight));
  return {
    ...facts,
    ranked: ranked.map(({ type, probability }) => ({ type, probability })),
    between: { likeliest: likeliest.type, rival: rival.type },
    contributions: contributions.slice(0, listed),
    chunks: chunkContributions(chunks, embeddings, (index) => head.scaling.gains.embedding * weightAt(index)),
    bias: ((head.bias[likeliest.index] ?? 0) - (head.bias[rival.index] ?? 0)) / head.temperature,
    rest: contributions.slice(listed).reduce((sum, { weight }) => sum + weight, 0),
  };
}

/** Where types are described in words: how near each is, by which of the words, and which chunks were read. */
export function explainLabels(
  document: ParsedDocument,
  decided: Pick<ClassificationExplanation, 'classification' | 'threshold'> & {
    readonly likenesses: readonly (Likeness & { readonly type: string })[];
    readonly chunks: readonly string[];
    readonly languages: readonly string[];
  },
): ClassificationExplanation {
  const { classification, threshold, chunks, languages } = decided;
  const nearest = decided.likenesses.toSorted((left, right) => right.probability - left.probability);
  const [likeliest, rival] = nearest;
  const isJudged = likeliest !== undefined && rival !== undefined;
  return {
    classification,
    hasEnoughText: hasEnoughText(document),
    language: judgeLanguage(document, languages),
    threshold,
    ranked: nearest.map(({ type, probability }) => ({ type, probability })),
    between: isJudged ? { likeliest: likeliest.type, rival: rival.type } : null,
    contributions: isJudged ? [byWords(likeliest, 1), byWords(rival, -1)] : [],
    chunks: chunks.map((chunk) => ({ beginning: chunk.slice(0, BEGINNING_CHARACTERS), weight: null })),
    bias: 0,
    rest: isJudged ? meaningOf(likeliest) - meaningOf(rival) : 0,
  };
}

/** What is not by words is by the meaning of the text. */
const meaningOf = ({ probability, byWords: words }: Likeness): number => Math.log(probability) - words;

function byWords(
  { type, byWords: weight, found }: Likeness & { readonly type: string },
  sign: 1 | -1,
): Contribution {
  return { kind: 'phrases', name: `label:${type}`, weight: sign * weight, found };
}

/** Words that share a bucket cannot be told apart: both are named. */
const termsText = (terms: readonly string[] | undefined): string => (terms ?? []).slice(0, 3).join(' | ');

function describeNumber(
  name: string,
  phrases: ReturnType<typeof cuePhrases>,
): Pick<Contribution, 'kind' | 'name' | 'found'> {
  const [prefix, rest = ''] = name.split(':');
  if (prefix === 'layout') return { kind: 'layout', name: rest };
  if (prefix !== 'cue' && prefix !== 'heading') return { kind: 'count', name };
  const found = phrases.get(rest)?.[prefix === 'cue' ? 'text' : 'heading'] ?? [];
  return { kind: 'phrases', name, found: found.slice(0, FOUND_PHRASES) };
}

/** The pooled vector is a sum over the chunks (and the first one again), so each chunk's share is exact. */
function chunkContributions(
  chunks: readonly string[],
  embeddings: readonly Float32Array[],
  weightAt: (index: number) => number,
): readonly ChunkContribution[] {
  const length = Math.hypot(...sumOf(embeddings)) || 1;
  return embeddings.map((embedding, chunk) => {
    let weight = 0;
    for (const [index, value] of embedding.entries()) {
      weight += (value / length) * weightAt(index);
      if (chunk === 0) weight += value * weightAt(embedding.length + index);
    }
    return { beginning: (chunks[chunk] ?? '').slice(0, BEGINNING_CHARACTERS), weight };
  });
}
