import { describe, expect, it } from '@jest/globals';
import { assignFolds, generateTexts, documentFeatures } from '@docstream/classification';
import {
  type Candidate,
  trainedLanguages,
  trainingExamples,
  validateClassification,
} from './cross-validation.js';
import { validateTfidf } from './tfidf.js';

const TYPES = ['invoice', 'resume', 'letter', 'scientific-paper'];
/** Two groups a template, of two documents each. */
const TEXTS = generateTexts(4)
  .filter(({ type, language }) => TYPES.includes(type) && language !== 'fr')
  .map((text, index) => ({ ...text, group: `${text.group}/${Math.floor((index % 4) / 2)}` }));

/** Generated texts played as real ones; embeddings that say the type faintly. */
const candidates: readonly Candidate[] = TEXTS.map(({ id, type, group, language, document }, index) => {
  const embeddings = [Float32Array.from([type.length / 10, (index % 7) / 7, 1])];
  return {
    example: {
      id,
      type,
      alsoAcceptable: [],
      group,
      generated: false,
      features: documentFeatures(document, embeddings),
    },
    languages: [language],
    document,
    embeddings,
  };
});
const options = {
  folds: 4,
  innerFolds: 2,
  model: 'm',
  coverages: [0.6, 1],
  types: new Set(TYPES),
};

describe('cross-validation', () => {
  const verdicts = validateClassification(candidates, options);

  it('judges every document once, all of a group in one fold', () => {
    expect(verdicts.map(({ id }) => id).sort()).toEqual(TEXTS.map(({ id }) => id).sort());
    const groupOf = new Map(TEXTS.map(({ id, group }) => [id, group]));
    const foldsByGroup = Map.groupBy(verdicts, ({ id }) => groupOf.get(id));
    for (const members of foldsByGroup.values())
      expect(new Set(members.map(({ fold }) => fold)).size).toBe(1);
  });

  it('uses the folds of the training', () => {
    const folds = assignFolds(
      candidates.map(({ example }) => example),
      options.folds,
    );
    const groupOf = new Map(TEXTS.map(({ id, group }) => [id, group]));
    expect(verdicts.every(({ id, fold }) => folds.get(groupOf.get(id) ?? '') === fold)).toBe(true);
  });

  it('recognises most of what resembles its training set', () => {
    const typeOf = new Map(TEXTS.map(({ id, type }) => [id, type]));
    const right = verdicts.filter(({ id, likeliest }) => typeOf.get(id) === likeliest);
    expect(right.length / verdicts.length).toBeGreaterThan(0.7);
  });

  it('covers more at the lower threshold', () => {
    const covered = [0, 1].map((index) => verdicts.filter(({ isCovered }) => isCovered[index]).length);
    expect(covered[0]).toBeLessThanOrEqual(covered[1] ?? 0);
    expect(covered[0]).toBeGreaterThan(0);
  });

  it('is repeatable', () => {
    expect(validateClassification(candidates, options)).toEqual(verdicts);
  });
});

describe('a language', () => {
  const english = candidates.filter(({ languages }) => languages.includes('en'));

  it('is learnt from ten documents of five groups, not from fewer of either', () => {
    const named = (count: number, groups: number): Candidate[] =>
      Array.from({ length: count }, (_, index) => {
        const [first] = english;
        if (first === undefined) throw new Error('there is no English text');
        return { ...first, example: { ...first.example, group: String(index % groups) } };
      });
    expect(trainedLanguages(named(10, 5))).toEqual(['en']);
    expect(trainedLanguages(named(9, 5))).toEqual([]);
    expect(trainedLanguages(named(30, 4))).toEqual([]);
  });

  it('is not learnt from generated texts', () => {
    const generated = english.map((candidate) => ({
      ...candidate,
      example: { ...candidate.example, generated: true },
    }));
    expect(trainedLanguages(generated)).toEqual([]);
  });

  it('that is not learnt is not trained on either, and its documents are apart', () => {
    const fewGerman = [
      ...english,
      ...candidates.filter(({ languages }) => languages.includes('de')).slice(0, 3),
    ];
    expect(trainingExamples(fewGerman, trainedLanguages(fewGerman)).length).toBe(english.length);
    const verdicts = validateClassification(fewGerman, options);
    const apart = verdicts.filter(({ isInTrainedLanguage }) => !isInTrainedLanguage);
    expect(apart.map(({ id }) => id).sort()).toEqual(
      fewGerman
        .slice(-3)
        .map(({ example }) => example.id)
        .sort(),
    );
    expect(apart.map(({ classification }) => classification.type)).toEqual(['unknown', 'unknown', 'unknown']);
  });
});

describe('the TF-IDF baseline', () => {
  const texts = TEXTS.map(({ id, type, group, document }) => ({
    id,
    type,
    group,
    isGenerated: false,
    text: document.pages
      .flatMap(({ blocks }) => blocks.flatMap(({ lines }) => lines.map(({ text }) => text)))
      .join('\n'),
  }));

  it('gives every document a type in the same folds', () => {
    const decided = validateTfidf(texts, 4);
    expect([...decided.keys()].sort()).toEqual(texts.map(({ id }) => id).sort());
    const right = texts.filter(({ id, type }) => decided.get(id) === type);
    expect(right.length / texts.length).toBeGreaterThan(0.5);
  });

  it('cannot know the type of a group alone in its type', () => {
    const alone = texts.map((text, index) => (index === 0 ? { ...text, type: 'rare', group: 'rare' } : text));
    expect(validateTfidf(alone, 4).get(alone[0]?.id ?? '')).not.toBe('rare');
  });
});
