import { describe, expect, it } from '@jest/globals';
import {
  assignFolds,
  chooseThreshold,
  crossValidate,
  decide,
  fitTemperature,
  isRight,
  measure,
} from './evaluate.js';
import { generateTexts } from './generated-texts/generate-texts.js';
import { seededRandom } from './statistics.js';
import { DEFAULT_TRAINING, type Example, probabilitiesOf, trainHead } from './train.js';
import { renderReport, summarise } from './training-report.js';

/** Three types that differ in one direction of the embedding and one number, with noise. */
function toyExamples(perType: number): Example[] {
  const random = seededRandom(7);
  return ['a', 'b', 'c'].flatMap((type, which) =>
    Array.from({ length: perType }, (_, index) => ({
      id: `${type}${index}`,
      type,
      alsoAcceptable: [],
      group: `${type}${Math.floor(index / 2)}`,
      generated: false,
      features: {
        embedding: Float32Array.from({ length: 6 }, (_unused, at) => (at === which ? 1 : 0) + random() * 0.4),
        lexical: new Map([[Math.floor(random() * 50), 1]]),
        numbers: new Map([['size', which * 2 + random()]]),
      },
    })),
  );
}

describe('trainHead', () => {
  it('learns types that can be told apart', () => {
    const examples = toyExamples(10);
    const head = trainHead(examples);
    for (const { features, type } of examples) {
      const probabilities = probabilitiesOf(head, features, 1);
      expect(head.types[probabilities.indexOf(Math.max(...probabilities))]).toBe(type);
    }
  });

  it('gives the same weights for the same examples', () => {
    expect(trainHead(toyExamples(6)).weights).toEqual(trainHead(toyExamples(6)).weights);
  });

  it('refuses examples of one type', () => {
    const examples = toyExamples(3).filter(({ type }) => type === 'a');
    expect(() => trainHead(examples)).toThrow(RangeError);
  });

  it('ignores a number that an example does not have', () => {
    const examples = toyExamples(6);
    const head = trainHead(examples);
    const [first] = examples;
    const features = { ...(first as Example).features, numbers: new Map([['size', Number.NaN]]) };
    expect(probabilitiesOf(head, features, 1).every(Number.isFinite)).toBe(true);
  });

  it('leans towards the other acceptable types as softly as told', () => {
    const examples = toyExamples(8).map((example) =>
      example.type === 'a' ? { ...example, alsoAcceptable: ['b'] } : example,
    );
    const [first] = examples;
    const share = (softness: number): number => {
      const head = trainHead(examples, { ...DEFAULT_TRAINING, softness });
      return probabilitiesOf(head, (first as Example).features, 1)[1] ?? 0;
    };
    expect(share(0.4)).toBeGreaterThan(share(0));
  });
});

describe('crossValidate', () => {
  const generated = { ...(toyExamples(1)[0] as Example), id: 'made', group: 'made', generated: true };

  it('never splits a group and predicts each real example once', () => {
    const examples = [...toyExamples(10), generated];
    const folds = assignFolds(examples, 3);
    const predictions = crossValidate(examples, 3, DEFAULT_TRAINING);
    expect(predictions.map(({ example }) => example.id).sort()).toEqual(
      toyExamples(10)
        .map(({ id }) => id)
        .sort(),
    );
    for (const { example, fold } of predictions) expect(folds.get(example.group)).toBe(fold);
    expect(folds.has('made')).toBe(false);
  });

  it('sums up to a calibrated result and a report that names the errors', () => {
    const wronglyLabelled = { ...(toyExamples(10)[0] as Example), id: 'odd one', group: 'odd', type: 'c' };
    const validation = summarise(crossValidate([...toyExamples(10), wronglyLabelled], 3, DEFAULT_TRAINING));
    expect(validation.forced.accuracy).toBeCloseTo(30 / 31, 5);
    expect(validation.interval[0]).toBeLessThanOrEqual(validation.forced.accuracy);
    const report = renderReport(validation, {
      head: 'toy@1',
      model: 'none@1',
      languages: ['en'],
      generated: 0,
      folds: 3,
      foreign: { documents: 0, abstained: 0 },
      textless: { documents: 0, abstained: 0 },
      wronglyKept: 0,
    });
    expect(report).toContain('| odd one | a |');
  });
});

describe('measures', () => {
  const [example] = toyExamples(1) as [Example];
  const prediction = (scores: readonly number[], type: string) => ({
    example: { ...example, type },
    fold: 0,
    types: ['a', 'b'],
    scores,
  });

  it('flattens scores that are surer than right', () => {
    const overSure = [prediction([9, 0], 'a'), prediction([9, 0], 'a'), prediction([9, 0], 'b')];
    expect(fitTemperature(overSure)).toBeGreaterThan(3);
  });

  it('puts the threshold between the errors and the right answers', () => {
    const predictions = [prediction([4, 0], 'a'), prediction([3, 0], 'a'), prediction([0.2, 0], 'b')];
    const threshold = chooseThreshold(predictions, 1, 1);
    expect(threshold).toBeGreaterThan(decide(prediction([0.2, 0], 'b'), 1).confidence);
    expect(threshold).toBeLessThan(decide(prediction([3, 0], 'a'), 1).confidence);
  });

  it('counts an acceptable other type as right', () => {
    const acceptable = { ...example, alsoAcceptable: ['b'] };
    expect(isRight(acceptable, 'b')).toBe(true);
    const { accuracy, macroF1 } = measure([{ example: acceptable, decision: { type: 'b', confidence: 1 } }]);
    expect([accuracy, macroF1]).toEqual([1, 1]);
  });

  it('measures how far confidence and accuracy are apart', () => {
    const decisions = ['a', 'b'].map((type) => ({ example, decision: { type, confidence: 0.9 } }));
    expect(measure(decisions).calibrationError).toBeCloseTo(0.4, 5);
  });
});

describe('generateTexts', () => {
  it('fills every slot, repeatably, in three languages', () => {
    const texts = generateTexts(2);
    expect(texts).toEqual(generateTexts(2));
    expect(new Set(texts.map(({ language }) => language))).toEqual(new Set(['en', 'de', 'fr']));
    const lines = texts.flatMap(({ document }) => document.pages.flatMap((page) => page.blocks));
    expect(lines.every((block) => block.lines.every(({ text }) => !/[{}]/.test(text)))).toBe(true);
  });
});
