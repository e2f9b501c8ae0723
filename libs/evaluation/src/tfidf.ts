import { assignFolds, fitRegression, type Row, scoreRow, wordsOf } from '@docstream/classification';

/** What the baseline sees of a document. */
export interface LabelledText {
  readonly id: string;
  readonly type: string;
  readonly group: string;
  readonly text: string;
  /** Teaches, but is not judged. */
  readonly isGenerated: boolean;
}

const MAX_VOCABULARY = 20_000;
const MIN_DOCUMENTS = 2;
const MAX_WORDS = 20_000;
const INVERSE_REGULARISATION = 10;
const MAX_ITERATIONS = 100;

/** Words and pairs of neighbours with how often they occur. */
function termsOf(text: string): Map<string, number> {
  const words = wordsOf(text).slice(0, MAX_WORDS);
  const counts = new Map<string, number>();
  for (const [index, word] of words.entries()) {
    const next = words[index + 1];
    for (const term of next === undefined ? [word] : [word, `${word} ${next}`])
      counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  return counts;
}

interface Weighting {
  readonly positions: ReadonlyMap<string, number>;
  /** Inverse document frequency by position. */
  readonly idf: readonly number[];
}

/** The terms of at least two documents, the most frequent first, with ln((1 + n) / (1 + df)) + 1. */
function fitWeighting(documents: readonly ReadonlyMap<string, number>[]): Weighting {
  const frequencies = new Map<string, number>();
  for (const terms of documents)
    for (const term of terms.keys()) frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
  const kept = [...frequencies]
    .filter(([, frequency]) => frequency >= MIN_DOCUMENTS)
    .sort(([left, one], [right, other]) => other - one || (left < right ? -1 : 1))
    .slice(0, MAX_VOCABULARY);
  return {
    positions: new Map(kept.map(([term], index) => [term, index])),
    idf: kept.map(([, frequency]) => Math.log((1 + documents.length) / (1 + frequency)) + 1),
  };
}

/** Sublinear term frequency times idf, of unit length. */
function weigh(terms: ReadonlyMap<string, number>, { positions, idf }: Weighting): Row {
  const entries = [...terms].flatMap(([term, count]) => {
    const position = positions.get(term);
    return position === undefined ? [] : [[position, (1 + Math.log(count)) * (idf[position] ?? 0)] as const];
  });
  const length = Math.sqrt(entries.reduce((sum, [, value]) => sum + value * value, 0)) || 1;
  return {
    positions: Int32Array.from(entries, ([position]) => position),
    values: Float64Array.from(entries, ([, value]) => value / length),
  };
}

/** A TF-IDF and multinomial logistic regression classifier, as textbooks and scikit-learn have it (C = 10). */
export function trainTfidf(texts: readonly Pick<LabelledText, 'text' | 'type'>[]): (text: string) => string {
  const documents = texts.map(({ text }) => termsOf(text));
  const weighting = fitWeighting(documents);
  const types = [...new Set(texts.map(({ type }) => type))].sort();
  const rowLength = weighting.idf.length;
  const { weights, bias } = fitRegression(
    documents.map((terms, index) => ({
      row: weigh(terms, weighting),
      target: types.map((type) => (type === texts[index]?.type ? 1 : 0)),
      weight: 1,
    })),
    {
      types: types.length,
      rowLength,
      regularisation: 1 / (INVERSE_REGULARISATION * texts.length),
      maxIterations: MAX_ITERATIONS,
    },
  );
  return (text) => {
    const scores = scoreRow(weigh(termsOf(text), weighting), weights, bias, rowLength);
    return types[scores.indexOf(Math.max(...scores))] ?? '';
  };
}

/** Out-of-fold types by document, in the same folds as `validateClassification`; each must be in both sets of texts. */
export function validateTfidf(
  texts: readonly LabelledText[],
  folds: number,
  onFold: (fold: number) => void = () => undefined,
): ReadonlyMap<string, string> {
  const foldOf = assignFolds(
    texts.map(({ isGenerated, ...text }) => ({ ...text, generated: isGenerated })),
    folds,
  );
  const decided = new Map<string, string>();
  for (let fold = 0; fold < folds; fold += 1) {
    const isTest = ({ isGenerated, group }: LabelledText): boolean =>
      !isGenerated && foldOf.get(group) === fold;
    const test = texts.filter(isTest);
    if (test.length === 0) continue;
    onFold(fold);
    const classify = trainTfidf(texts.filter((text) => !isTest(text)));
    for (const { id, text } of test) decided.set(id, classify(text));
  }
  return decided;
}
