import { softmax } from './statistics.js';
import { type Example, scoresOf, trainHead, type TrainOptions } from './train.js';

/** What a head that had not seen the document's group said about it. */
export interface Prediction {
  readonly example: Example;
  readonly fold: number;
  readonly types: readonly string[];
  readonly scores: readonly number[];
}

/**
 * Groups into folds, the same for the same examples: groups by type and size, dealt out like cards, so that each fold
 * sees each type. Documents of one group always share a fold.
 */
export function assignFolds(
  examples: readonly Pick<Example, 'type' | 'group' | 'generated'>[],
  folds: number,
): ReadonlyMap<string, number> {
  const groups = Map.groupBy(
    examples.filter(({ generated }) => !generated),
    ({ group }) => group,
  );
  const ordered = [...groups]
    .map(([group, members]) => ({ group, type: members[0]?.type ?? '', size: members.length }))
    .sort(
      (left, right) =>
        left.type.localeCompare(right.type) ||
        right.size - left.size ||
        left.group.localeCompare(right.group),
    );
  return new Map(ordered.map(({ group }, index) => [group, index % folds]));
}

/** Out-of-fold scores for every real example. Generated examples are in every training set and in no test set. */
export function crossValidate(
  examples: readonly Example[],
  folds: number,
  options: TrainOptions,
): readonly Prediction[] {
  const foldOf = assignFolds(examples, folds);
  const predictions: Prediction[] = [];
  for (let fold = 0; fold < folds; fold += 1) {
    const isTest = (example: Example): boolean => !example.generated && foldOf.get(example.group) === fold;
    const test = examples.filter(isTest);
    if (test.length === 0) continue;
    const head = trainHead(
      examples.filter((example) => !isTest(example)),
      options,
    );
    for (const example of test) {
      predictions.push({ example, fold, types: head.types, scores: scoresOf(head, example.features) });
    }
  }
  return predictions;
}

export interface Decision {
  readonly type: string;
  readonly confidence: number;
}

export function decide(
  { types, scores }: Pick<Prediction, 'types' | 'scores'>,
  temperature: number,
): Decision {
  const probabilities = softmax(scores, temperature);
  const confidence = Math.max(...probabilities);
  return { type: types[probabilities.indexOf(confidence)] ?? '', confidence };
}

export function isRight({ type, alsoAcceptable }: Example, decided: string): boolean {
  return decided === type || alsoAcceptable.includes(decided);
}

/** The temperature under which the predictions' own answers are likeliest; by golden-section search. */
export function fitTemperature(predictions: readonly Prediction[]): number {
  const loss = (logTemperature: number): number => {
    let sum = 0;
    for (const { example, types, scores } of predictions) {
      const probabilities = softmax(scores, Math.exp(logTemperature));
      const right = probabilities.reduce(
        (total, value, index) => (isRight(example, types[index] ?? '') ? total + value : total),
        0,
      );
      sum -= Math.log(Math.max(right, 1e-9));
    }
    return sum;
  };
  const golden = (Math.sqrt(5) - 1) / 2;
  let low = Math.log(0.1);
  let high = Math.log(10);
  for (let step = 0; step < 40; step += 1) {
    const left = high - golden * (high - low);
    const right = low + golden * (high - low);
    if (loss(left) < loss(right)) high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}

/**
 * The confidence below which abstaining is better, when an error costs `errorCost` times what a right answer is worth
 * and *unknown* costs nothing. The lowest of equally good thresholds, halfway to the next confidence.
 */
export function chooseThreshold(
  predictions: readonly Prediction[],
  temperature: number,
  errorCost: number,
): number {
  const decided = predictions
    .map((prediction) => {
      const { type, confidence } = decide(prediction, temperature);
      return { confidence, worth: isRight(prediction.example, type) ? 1 : -errorCost };
    })
    .sort((left, right) => right.confidence - left.confidence);
  let best = 0;
  let sum = 0;
  let threshold = decided[0]?.confidence ?? 0;
  for (const [index, { confidence, worth }] of decided.entries()) {
    sum += worth;
    if (sum >= best) {
      best = sum;
      threshold = (confidence + (decided[index + 1]?.confidence ?? 0)) / 2;
    }
  }
  return threshold;
}

export interface Quality {
  readonly documents: number;
  readonly accuracy: number;
  readonly macroF1: number;
  /** Expected calibration error over ten bins of confidence. */
  readonly calibrationError: number;
  readonly perType: readonly {
    readonly type: string;
    readonly documents: number;
    readonly precision: number;
    readonly recall: number;
    readonly f1: number;
  }[];
}

/** Measures decisions; a decision among the acceptable others counts as the document's own type. */
export function measure(
  decided: readonly { readonly example: Example; readonly decision: Decision }[],
): Quality {
  const labelled = decided.map(({ example, decision }) => ({
    wanted: example.type,
    given: isRight(example, decision.type) ? example.type : decision.type,
    confidence: decision.confidence,
  }));
  const right = (items: typeof labelled): number =>
    items.filter(({ wanted, given }) => wanted === given).length;
  const perType = [...new Set(labelled.map(({ wanted }) => wanted))].sort().map((type) => {
    const wanted = labelled.filter((item) => item.wanted === type);
    const given = labelled.filter((item) => item.given === type);
    const both = right(wanted);
    const precision = given.length === 0 ? 0 : both / given.length;
    const recall = both / wanted.length;
    const f1 = both === 0 ? 0 : (2 * precision * recall) / (precision + recall);
    return { type, documents: wanted.length, precision, recall, f1 };
  });
  let calibrationError = 0;
  for (let bin = 0; bin < 10; bin += 1) {
    const inBin = labelled.filter(({ confidence }) => Math.min(9, Math.floor(confidence * 10)) === bin);
    const confidence = inBin.reduce((sum, item) => sum + item.confidence, 0);
    calibrationError += Math.abs(right(inBin) - confidence) / Math.max(1, labelled.length);
  }
  return {
    documents: labelled.length,
    accuracy: right(labelled) / Math.max(1, labelled.length),
    macroF1: perType.reduce((sum, { f1 }) => sum + f1, 0) / Math.max(1, perType.length),
    calibrationError,
    perType,
  };
}
