import { FatalError } from '@docstream/core';
import { z } from 'zod';
import { type DocumentFeatures, FEATURES_VERSION } from './features.js';
import { deviation, mean } from './statistics.js';
import { hashText } from './words.js';

export const HEAD_FORMAT = 'docstream-head';

/** How raw features become the row that the weights are multiplied with. */
export interface Scaling {
  /** Factor of each group of features: the larger, the less it is regularised. */
  readonly gains: { readonly embedding: number; readonly lexical: number; readonly numbers: number };
  readonly embeddingLength: number;
  readonly buckets: number;
  readonly numbers: readonly { readonly name: string; readonly mean: number; readonly deviation: number }[];
}

/** A trained linear head: one row of weights and one bias a type. */
export interface Head {
  /** Name and version, e.g. `open-corpus-1@5f3a09c1`. */
  readonly name: string;
  /** Name of the embedding model that it was trained with. */
  readonly model: string;
  /** `unknown` among them stands for what is of none of the others. */
  readonly types: readonly string[];
  /** ISO 639-1 codes of the languages that it was trained on. */
  readonly languages: readonly string[];
  readonly scaling: Scaling;
  readonly temperature: number;
  /** Below this probability the type is unknown. */
  readonly threshold: number;
  /** types × row length, row by row. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** A sparse row: positions and values, position by position. */
export interface Row {
  readonly positions: Int32Array;
  readonly values: Float64Array;
}

/** Outliers are cut: one odd page must not decide. */
const MAX_DEVIATIONS = 3;
/** Half of what one phrase found counts (ln 2). */
const LEAST_PHRASES = 0.35;

export const rowLength = (scaling: Scaling): number =>
  scaling.embeddingLength + scaling.buckets + scaling.numbers.length;

/** Means and deviations of the numbers over the examples that have them. */
export function fitNumbers(examples: readonly DocumentFeatures[]): Scaling['numbers'] {
  const names = [...(examples[0]?.numbers.keys() ?? [])];
  return names.map((name) => {
    const values = examples.map(({ numbers }) => numbers.get(name) ?? Number.NaN).filter(Number.isFinite);
    return { name, mean: mean(values), deviation: Math.max(deviation(values), leastDeviation(name)) };
  });
}

/** A phrase that hardly occurs in the training must not weigh as much as a page full of them. */
const leastDeviation = (name: string): number => (/^(?:cue|heading):/.test(name) ? LEAST_PHRASES : 1e-3);

export function scaleFeatures(features: DocumentFeatures, scaling: Scaling): Row {
  const positions: number[] = [];
  const values: number[] = [];
  const add = (position: number, value: number): void => {
    if (value === 0) return;
    positions.push(position);
    values.push(value);
  };
  for (const [index, value] of features.embedding.entries()) add(index, value * scaling.gains.embedding);
  for (const [bucket, weight] of features.lexical) {
    add(scaling.embeddingLength + bucket, weight * scaling.gains.lexical);
  }
  const start = scaling.embeddingLength + scaling.buckets;
  for (const [index, number] of scaling.numbers.entries()) {
    const value = features.numbers.get(number.name);
    if (value === undefined || !Number.isFinite(value)) continue;
    const scaled = (value - number.mean) / number.deviation;
    add(start + index, Math.max(-MAX_DEVIATIONS, Math.min(MAX_DEVIATIONS, scaled)) * scaling.gains.numbers);
  }
  return { positions: Int32Array.from(positions), values: Float64Array.from(values) };
}

/** One score a type: the linear function before softmax. */
export function scoreRow(
  row: Row,
  weights: ArrayLike<number>,
  bias: ArrayLike<number>,
  length: number,
): number[] {
  return Array.from(bias, (start, type) => {
    let score = start;
    const offset = type * length;
    for (let index = 0; index < row.positions.length; index += 1) {
      score += (weights[offset + (row.positions[index] ?? 0)] ?? 0) * (row.values[index] ?? 0);
    }
    return score;
  });
}

const headFile = z.strictObject({
  format: z.literal(HEAD_FORMAT),
  version: z.literal(1),
  features: z.number().int(),
  name: z.string().min(1),
  model: z.string().min(1),
  types: z.array(z.string().min(1)).min(2),
  languages: z.array(z.string()).min(1),
  temperature: z.number().positive(),
  threshold: z.number().min(0).max(1),
  scaling: z.strictObject({
    gains: z.strictObject({ embedding: z.number(), lexical: z.number(), numbers: z.number() }),
    embeddingLength: z.number().int().positive(),
    buckets: z.number().int().positive(),
    numbers: z.array(
      z.strictObject({ name: z.string(), mean: z.number(), deviation: z.number().positive() }),
    ),
  }),
  trainedOn: z.record(z.string(), z.number()),
  weights: z.base64(),
  bias: z.base64(),
});

/** The head as the text of its file: JSON with the numbers as base64 of little-endian float32. */
export function serializeHead(head: Head, trainedOn: Readonly<Record<string, number>>): string {
  const { weights, bias, ...rest } = head;
  const file = {
    format: HEAD_FORMAT,
    version: 1,
    features: FEATURES_VERSION,
    ...rest,
    trainedOn,
    bias: encodeNumbers(bias),
    weights: encodeNumbers(weights),
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}

/** Reads a head file. Errors: FatalError CONFIGURATION_INVALID for another format, version or size. */
export function parseHead(text: string): Head {
  const refuse = (reason: string, cause?: unknown): FatalError =>
    new FatalError('CONFIGURATION_INVALID', `The head file cannot be used: ${reason}. Train it again.`, {
      cause,
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw refuse('it is no JSON', error);
  }
  const parsed = headFile.safeParse(json);
  if (!parsed.success) throw refuse(z.prettifyError(parsed.error), parsed.error);
  const { name, model, types, languages, temperature, threshold, scaling, features } = parsed.data;
  if (features !== FEATURES_VERSION) {
    throw refuse(`its features have version ${features}, this program computes version ${FEATURES_VERSION}`);
  }
  const weights = decodeNumbers(parsed.data.weights);
  const bias = decodeNumbers(parsed.data.bias);
  if (bias.length !== types.length || weights.length !== types.length * rowLength(scaling)) {
    throw refuse('its weights do not fit its types and features');
  }
  if (!weights.every(Number.isFinite) || !bias.every(Number.isFinite)) throw refuse('a weight is no number');
  return { name, model, types, languages, temperature, threshold, scaling, weights, bias };
}

/** A digest of all that decides: heads of the same version decide alike. */
export function headVersion({ weights, bias, ...rest }: Omit<Head, 'name'>): string {
  const text = JSON.stringify([rest, encodeNumbers(weights), encodeNumbers(bias)]);
  return hashText(text).toString(16).padStart(8, '0');
}

function encodeNumbers(numbers: Float32Array): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');
}

function decodeNumbers(text: string): Float32Array {
  // A copy: pooled buffers do not begin at multiples of four.
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new Float32Array(bytes.buffer, 0, Math.floor(bytes.byteLength / 4));
}
