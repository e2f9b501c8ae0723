import type { ParsedDocument } from '@docstream/contracts';
import { FatalError } from '@docstream/core';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { meanEmbedding } from './features.js';
import { SENTENCE_WORDS } from './language-words.js';
import { softmax } from './statistics.js';
import { typeNameProblem } from './type-names.js';
import { headingText, leadingText } from './text-features.js';
import { hashText, wordsOf } from './words.js';

/** Of cosines; like the gains fitted on the types of the open corpus, described in a sentence each (docs/classification.md). */
const DEFAULT_TEMPERATURE = 0.067;
const DEFAULT_THRESHOLD = 0.6;
/** All words of a description in the text, or two of them in the heading, are as good as so much more likeness. */
const TEXT_GAIN = 0.3;
const HEADING_GAIN = 0.3;
const HEADING_WORDS = 2;
const LEADING_WORDS = 600;
/** Shorter words are rarely telling. */
const MIN_LETTERS = 4;
const MAX_CHARACTERS = 1_000_000;

export interface Label {
  readonly type: string;
  /** In words, as a person would; several may be in several languages. */
  readonly descriptions: readonly string[];
}

/** Types described in words, as a labels file says. */
export interface Labels {
  /** `labels@` and a digest of what the file says. */
  readonly name: string;
  readonly labels: readonly Label[];
  /** ISO 639-1; documents in others are unknown. */
  readonly languages: readonly string[];
  readonly temperature: number;
  readonly threshold: number;
}

const description = z.string().trim().min(3).max(2_000);
const labelsFile = z.strictObject({
  types: z
    .record(
      z.string(),
      z.union([description.transform((text) => [text]), z.array(description).min(1).max(50)]),
    )
    .superRefine((types, context) => {
      for (const type of Object.keys(types)) {
        const problem = typeNameProblem(type);
        if (problem !== null) context.addIssue({ code: 'custom', path: [type], message: problem });
      }
    })
    .refine((types) => Object.keys(types).length >= 2, { error: 'describe two types or more' }),
  languages: z
    .array(z.string().regex(/^[a-z]{2}$/, 'a language is two letters of ISO 639-1'))
    .min(1)
    .default(['en']),
  temperature: z.number().positive().max(10).default(DEFAULT_TEMPERATURE),
  threshold: z.number().min(0).max(1).default(DEFAULT_THRESHOLD),
});

/** Reads a labels file (YAML). Errors: FatalError CONFIGURATION_INVALID that names what is wrong. */
export function parseLabels(text: string): Labels {
  const refuse = (reason: string, cause: unknown): FatalError =>
    new FatalError('CONFIGURATION_INVALID', `The labels file cannot be used: ${reason}`, { cause });
  let yaml: unknown;
  try {
    if (text.length > MAX_CHARACTERS) throw new RangeError('it is longer than a megabyte');
    yaml = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    if (error instanceof YAMLParseError || error instanceof RangeError || error instanceof ReferenceError)
      throw refuse(error.message, error);
    throw error;
  }
  const parsed = labelsFile.safeParse(yaml);
  if (!parsed.success) throw refuse(z.prettifyError(parsed.error), parsed.error);
  const { types, ...settings } = parsed.data;
  const labels = Object.entries(types).map(([type, descriptions]) => ({ type, descriptions }));
  const digest = hashText(JSON.stringify(parsed.data)).toString(16).padStart(8, '0');
  return { name: `labels@${digest}`, labels, ...settings };
}

/** A description with what it is compared by. */
interface Described {
  readonly vector: Float32Array;
  /** Its telling words, folded, and what each weighs: less when other labels have it, too. */
  readonly words: ReadonlyMap<string, number>;
}

export type DescribedLabels = readonly (readonly Described[])[];

/** What the labels are compared with documents by. */
export async function describeLabels(
  labels: readonly Label[],
  embed: (texts: readonly string[]) => Promise<readonly Float32Array[]>,
): Promise<DescribedLabels> {
  const telling = labels.map(({ descriptions }) => descriptions.map(tellingWords));
  const labelsWith = (word: string): number =>
    telling.filter((described) => described.some((words) => words.has(word))).length;
  const described: (readonly Described[])[] = [];
  for (const [index, { descriptions }] of labels.entries()) {
    const vectors = await embed(descriptions);
    described.push(
      vectors.map((vector, which) => ({
        vector,
        words: new Map([...(telling[index]?.[which] ?? [])].map((word) => [word, 1 / labelsWith(word)])),
      })),
    );
  }
  return described;
}

function tellingWords(text: string): ReadonlySet<string> {
  return new Set(wordsOf(text).filter((word) => word.length >= MIN_LETTERS && !SENTENCE_WORDS.has(word)));
}

/** How near a label is to a document. */
export interface Likeness {
  readonly probability: number;
  /** What the found words of its nearest description add to the logarithm of its odds. */
  readonly byWords: number;
  readonly found: readonly string[];
}

/** Label by label: by the likeness of meaning, and by the words of the description that the document has. */
export function likenessOf(
  document: ParsedDocument,
  embeddings: readonly Float32Array[],
  labels: DescribedLabels,
  temperature: number,
): readonly Likeness[] {
  const first = embeddings[0] ?? new Float32Array();
  const mean = meanEmbedding(embeddings);
  const heading = new Set(wordsOf(headingText(document)));
  const text = new Set(wordsOf(leadingText(document)).slice(0, LEADING_WORDS));
  const nearest = labels.map((descriptions) =>
    descriptions
      .map(({ vector, words }) => {
        const weightIn = (place: ReadonlySet<string>): number =>
          [...words].reduce((sum, [word, weight]) => (place.has(word) ? sum + weight : sum), 0);
        const whole = [...words.values()].reduce((sum, weight) => sum + weight, 0);
        const byWords =
          TEXT_GAIN * (weightIn(text) / Math.max(1, whole)) +
          HEADING_GAIN * Math.min(1, weightIn(heading) / HEADING_WORDS);
        const byMeaning = (dot(mean, vector) + dot(first, vector)) / 2;
        const found = [...words.keys()].filter((word) => text.has(word) || heading.has(word));
        return { score: byMeaning + byWords, byWords, found };
      })
      .reduce((best, one) => (one.score > best.score ? one : best)),
  );
  const probabilities = softmax(
    nearest.map(({ score }) => score),
    temperature,
  );
  return nearest.map(({ byWords, found }, index) => ({
    probability: probabilities[index] ?? 0,
    byWords: byWords / temperature,
    found,
  }));
}

function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (const [index, value] of left.entries()) sum += value * (right[index] ?? 0);
  return sum;
}
