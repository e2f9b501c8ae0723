import {
  assignFolds,
  chooseThreshold,
  classifyDocument,
  crossValidate,
  decide,
  DEFAULT_TRAINING,
  ERROR_COST,
  type Example,
  fitTemperature,
  type Head,
  isJudgeable,
  trainHead,
} from '@docstream/classification';
import { type Classification, type ParsedDocument, UNKNOWN_TYPE } from '@docstream/contracts';
import { thresholdFor } from './decisions.js';

/** A document with what training and the stage function need of it. */
export interface Candidate {
  readonly example: Example;
  readonly languages: readonly string[];
  readonly document: ParsedDocument;
  /** Of its chunks; none for a document without text. */
  readonly embeddings: readonly Float32Array[];
}

export interface ValidationOptions {
  readonly folds: number;
  /** Folds inside a training set: temperature and thresholds are fitted on their predictions. */
  readonly innerFolds: number;
  readonly model: string;
  /** Coverages for which thresholds are chosen. */
  readonly coverages: readonly number[];
  /** Types whose documents the thresholds are chosen on. */
  readonly types: ReadonlySet<string>;
  readonly onFold?: (fold: number) => void;
}

/** What the head of a fold, which saw nothing of the document's group, says about it. */
export interface Verdict {
  readonly id: string;
  readonly fold: number;
  /** The fold's head was trained on one of the document's languages. */
  readonly isInTrainedLanguage: boolean;
  readonly classification: Classification;
  /** The likeliest type; `unknown` where the rules kept the document from the head. */
  readonly likeliest: string;
  /** Whether it lies above the threshold chosen for each of the coverages, in their order. */
  readonly isCovered: readonly boolean[];
}

/** A language is learnt from so many documents of so many groups in the training folds. */
export const LANGUAGE_MIN = { documents: 10, groups: 5 } as const;

/** The languages that a training set has enough documents and groups of. */
export function trainedLanguages(
  training: readonly Pick<Candidate, 'example' | 'languages'>[],
): readonly string[] {
  const real = training.filter(({ example }) => !example.generated);
  return [...new Set(real.flatMap(({ languages }) => languages))].sort().filter((language) => {
    const own = real.filter(({ languages }) => languages.includes(language));
    const groups = new Set(own.map(({ example }) => example.group));
    return own.length >= LANGUAGE_MIN.documents && groups.size >= LANGUAGE_MIN.groups;
  });
}

const sharesOne = (left: readonly string[], right: readonly string[]): boolean =>
  left.some((value) => right.includes(value));

/**
 * Trains a head a fold as `docstream train` does, temperature and thresholds included, on the other folds alone, and lets
 * the stage function decide about the fold's documents. Groups are never split; generated texts teach and are not judged.
 * Errors: RangeError when a training set is too small.
 */
export function validateClassification(
  candidates: readonly Candidate[],
  options: ValidationOptions,
): readonly Verdict[] {
  const real = candidates.filter(({ example }) => !example.generated);
  const foldOf = assignFolds(
    real.map(({ example }) => example),
    options.folds,
  );
  const verdicts: Verdict[] = [];
  for (let fold = 0; fold < options.folds; fold += 1) {
    const isTest = ({ example }: Candidate): boolean =>
      !example.generated && foldOf.get(example.group) === fold;
    const test = candidates.filter(isTest);
    if (test.length === 0) continue;
    options.onFold?.(fold);
    const { head, thresholds } = trainFold(
      candidates.filter((candidate) => !isTest(candidate)),
      options,
    );
    for (const { example, languages, document, embeddings } of test) {
      const classification = classifyDocument(document, embeddings, head);
      const { type, runnerUp, confidence } = classification;
      const likeliest = type === UNKNOWN_TYPE ? (runnerUp ?? UNKNOWN_TYPE) : type;
      verdicts.push({
        id: example.id,
        fold,
        isInTrainedLanguage: sharesOne(languages, head.languages),
        classification,
        likeliest,
        isCovered: thresholds.map((threshold) => likeliest !== UNKNOWN_TYPE && confidence >= threshold),
      });
    }
  }
  return verdicts;
}

/** The documents of a training set that a head is trained on: those in its languages that the rules let through. */
export function trainingExamples(
  training: readonly Candidate[],
  languages: readonly string[],
): readonly Example[] {
  return training
    .filter(
      (candidate) =>
        sharesOne(candidate.languages, languages) &&
        (candidate.example.generated || isJudgeable(candidate.document, languages)),
    )
    .map(({ example }) => example);
}

function trainFold(
  training: readonly Candidate[],
  { innerFolds, model, coverages, types }: ValidationOptions,
): { readonly head: Head; readonly thresholds: readonly number[] } {
  const languages = trainedLanguages(training.filter(({ embeddings }) => embeddings.length > 0));
  const examples = trainingExamples(training, languages);
  if (new Set(examples.map(({ type }) => type)).size < 2)
    throw new RangeError(
      `too few documents to cross-validate: no two types in a language with ${LANGUAGE_MIN.documents} training documents of ${LANGUAGE_MIN.groups} groups`,
    );
  const inner = crossValidate(examples, innerFolds, DEFAULT_TRAINING);
  const temperature = fitTemperature(inner);
  const confidences = inner
    .filter(({ example }) => types.has(example.type))
    .map((prediction) => decide(prediction, temperature).confidence);
  return {
    head: {
      ...trainHead(examples, DEFAULT_TRAINING),
      name: 'cross-validation',
      model,
      languages,
      temperature,
      threshold: chooseThreshold(inner, temperature, ERROR_COST),
    },
    thresholds: coverages.map((coverage) => thresholdFor(confidences, coverage)),
  };
}
