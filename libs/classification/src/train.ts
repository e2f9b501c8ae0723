import { type DocumentFeatures, LEXICAL_BUCKETS } from './features.js';
import { fitNumbers, type Head, rowLength, type Scaling, scaleFeatures, scoreRow } from './head.js';
import { fitRegression } from './logistic-regression.js';
import { softmax } from './statistics.js';

export interface Example {
  readonly id: string;
  readonly features: DocumentFeatures;
  readonly type: string;
  /** Other types that are no error. */
  readonly alsoAcceptable: readonly string[];
  /** Same template or issuer: never on both sides of a split. */
  readonly group: string;
  /** Generated texts teach, but are never evaluated on. */
  readonly generated: boolean;
}

export interface TrainOptions {
  readonly gains: Scaling['gains'];
  readonly regularisation: number;
  readonly maxIterations: number;
  /** Weight of all variants of one template; a real document alone in its group weighs 1. */
  readonly generatedWeight: number;
  /** 0: each type weighs as much as its examples together; 1: all types weigh the same. */
  readonly balance: number;
  /** Share of the target that goes to the types that are no error either. */
  readonly softness: number;
}

/** Found by cross-validation on the open corpus. */
export const DEFAULT_TRAINING: TrainOptions = {
  gains: { embedding: 2, lexical: 1.5, numbers: 0.5 },
  regularisation: 0.002,
  maxIterations: 150,
  generatedWeight: 0.3,
  balance: 1,
  softness: 0.3,
};

/** The part of a head that training decides. */
export type TrainedHead = Pick<Head, 'types' | 'scaling' | 'weights' | 'bias'>;

/** Trains the linear part on the examples given; deterministic. At least two types. */
export function trainHead(
  examples: readonly Example[],
  options: TrainOptions = DEFAULT_TRAINING,
): TrainedHead {
  const types = [...new Set(examples.map((example) => example.type))].sort();
  const first = examples[0];
  if (first === undefined || types.length < 2)
    throw new RangeError('training needs examples of two types or more');
  const scaling: Scaling = {
    gains: options.gains,
    embeddingLength: first.features.embedding.length,
    buckets: LEXICAL_BUCKETS,
    numbers: fitNumbers(examples.filter(({ generated }) => !generated).map(({ features }) => features)),
  };
  const weights = exampleWeights(examples, options);
  const { weights: fitted, bias } = fitRegression(
    examples.map((example, index) => ({
      row: scaleFeatures(example.features, scaling),
      target: targetOf(example, types, options.softness),
      weight: weights[index] ?? 0,
    })),
    {
      types: types.length,
      rowLength: rowLength(scaling),
      regularisation: options.regularisation,
      maxIterations: options.maxIterations,
    },
  );
  return { types, scaling, weights: Float32Array.from(fitted), bias: Float32Array.from(bias) };
}

/** Probabilities of a head's types for one document. */
export function probabilitiesOf(
  head: Pick<Head, 'scaling' | 'weights' | 'bias'>,
  features: DocumentFeatures,
  temperature: number,
): number[] {
  return softmax(scoresOf(head, features), temperature);
}

export function scoresOf(
  head: Pick<Head, 'scaling' | 'weights' | 'bias'>,
  features: DocumentFeatures,
): number[] {
  return scoreRow(scaleFeatures(features, head.scaling), head.weights, head.bias, rowLength(head.scaling));
}

function targetOf(example: Example, types: readonly string[], softness: number): number[] {
  const others = example.alsoAcceptable.filter((type) => types.includes(type) && type !== example.type);
  const share = others.length === 0 ? 0 : softness / others.length;
  return types.map((type) => {
    if (type === example.type) return others.length === 0 ? 1 : 1 - softness;
    return others.includes(type) ? share : 0;
  });
}

/** A real group weighs the root of its size, a generated one `generatedWeight`; then types are balanced. */
function exampleWeights(examples: readonly Example[], { balance, generatedWeight }: TrainOptions): number[] {
  const groupSizes = countBy(examples, ({ group }) => group);
  const raw = examples.map(({ generated, group }) => {
    const size = groupSizes.get(group) ?? 1;
    return generated ? generatedWeight / size : 1 / Math.sqrt(size);
  });
  const typeTotals = new Map<string, number>();
  for (const [index, { type }] of examples.entries()) {
    typeTotals.set(type, (typeTotals.get(type) ?? 0) + (raw[index] ?? 0));
  }
  return examples.map(({ type }, index) => (raw[index] ?? 0) / (typeTotals.get(type) ?? 1) ** balance);
}

function countBy<Item>(items: readonly Item[], key: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}
