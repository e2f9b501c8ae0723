import { UNKNOWN_TYPE, type ParsedDocument } from '@docstream/contracts';
import { chunkDocument } from './chunks.js';
import { hasEnoughText } from './classify.js';
import { crossValidate } from './evaluate.js';
import { documentFeatures } from './features.js';
import { generateTexts } from './generated-texts/generate-texts.js';
import { type Head, headVersion } from './head.js';
import { isForeign, languageOf } from './language.js';
import { DEFAULT_TRAINING, type Example, probabilitiesOf, trainHead } from './train.js';
import { type CrossValidation, summarise } from './training-report.js';

/** Fewer documents of a type teach nothing that another document of it would share. */
export const MIN_PER_TYPE = 2;
/** Fewer are not cross-validated: a fold would leave a type with a single document. */
const MIN_TO_VALIDATE = 3;
const MAX_FOLDS = 10;
/** Documents that weigh as much as the belief that the scores are right as they are. */
const PRIOR_DOCUMENTS = 20;
/** Where nothing can be measured, an answer needs more than half of the probability. */
const UNMEASURED_THRESHOLD = 0.6;
const LEAST_THRESHOLD = 0.5;

/** Of what kind a document is that is of none of the types, generated texts show whose kind is not one of them. */
const VARIANTS = 1;
/** A kind of generated texts that a first head takes for one of the types so surely may be one of them. */
const OWN_KIND = 0.8;

/** Training cannot go on; the message says what to add. */
export class TrainingRefusal extends Error {
  override readonly name = 'TrainingRefusal';
}

/** A document that a user gives as an example of a type. */
export interface Sample {
  /** Path, for people. */
  readonly id: string;
  readonly type: string;
  readonly document: ParsedDocument;
}

export interface Skipped {
  readonly id: string;
  readonly reason: string;
}

export interface FolderTraining {
  readonly head: Head;
  readonly examples: readonly Example[];
  /** Generated texts that stand for everything else; none in other languages than theirs. */
  readonly background: number;
  readonly skipped: readonly Skipped[];
  /** Null: too few documents to measure anything. */
  readonly validation: CrossValidation | null;
  readonly folds: number;
}

export interface FolderTrainingOptions {
  /** Name of the head without its version. */
  readonly name: string;
  readonly model: string;
  readonly embed: (texts: readonly string[]) => Promise<readonly Float32Array[]>;
  /** ISO 639-1; unset: those of which there are two documents. */
  readonly languages?: readonly string[];
  readonly onEmbedded?: (done: number, of: number) => void;
}

/**
 * Trains a head on a few documents of each type: the same documents give the same head. Errors: TrainingRefusal for fewer
 * than two types or two documents of a type, and where no language can be told.
 */
export async function trainOnSamples(
  samples: readonly Sample[],
  options: FolderTrainingOptions,
): Promise<FolderTraining> {
  const skipped: Skipped[] = [];
  const readable = samples.filter(({ id, document }) => {
    if (hasEnoughText(document)) return true;
    skipped.push({ id, reason: 'it has too little text to learn from' });
    return false;
  });
  requireTypes(samples, readable);
  const languages = options.languages ?? languagesOf(readable);
  if (languages.length === 0)
    throw new TrainingRefusal('the language of the documents is not evident: name it with --languages');
  const chosen = readable.filter(({ id, document }) => {
    if (!isForeign(document, languages)) return true;
    skipped.push({ id, reason: `it is not in ${languages.join(', ')}: name its language with --languages` });
    return false;
  });
  requireTypes(samples, chosen);

  const examples: Example[] = [];
  for (const { id, type, document } of chosen) {
    const features = documentFeatures(document, await options.embed(chunkDocument(document)));
    examples.push({ id, type, group: id, alsoAcceptable: [], generated: false, features });
    options.onEmbedded?.(examples.length, chosen.length);
  }
  const background = await backgroundOf(examples, languages, options.embed);
  const all = [...examples, ...background];
  const trained = trainHead(all, DEFAULT_TRAINING);
  const types = [...new Set(examples.map(({ type }) => type))];
  const isEnough = types.every((type) => countOf(examples, type) >= MIN_TO_VALIDATE);
  const folds = Math.min(MAX_FOLDS, examples.length);
  const validation = isEnough ? summarise(crossValidate(all, folds, DEFAULT_TRAINING)) : null;
  const unnamed = {
    ...trained,
    model: options.model,
    languages,
    ...calibrationOf(validation, examples.length),
  };
  const head = { ...unnamed, name: `${options.name}@${headVersion(unnamed)}` };
  return { head, examples, background: background.length, skipped, validation, folds };
}

/** Generated texts as examples of *unknown*: those of the languages whose kind the types do not cover. */
async function backgroundOf(
  examples: readonly Example[],
  languages: readonly string[],
  embed: FolderTrainingOptions['embed'],
): Promise<readonly Example[]> {
  const first = trainHead(examples, DEFAULT_TRAINING);
  const texts = generateTexts(VARIANTS).filter(({ language }) => languages.includes(language));
  const background: Example[] = [];
  for (const members of Map.groupBy(texts, ({ type }) => type).values()) {
    const made: Example[] = [];
    let sureness = 0;
    for (const { id, group, document } of members) {
      const embeddings = await embed(chunkDocument(document));
      const features = documentFeatures(document, embeddings, { hasLayout: false });
      made.push({ id, group, type: UNKNOWN_TYPE, alsoAcceptable: [], generated: true, features });
      sureness += Math.max(...probabilitiesOf(first, features, 1)) / members.length;
    }
    if (sureness < OWN_KIND) background.push(...made);
  }
  return background;
}

/** With few documents, all of them right, the fit would be sure of everything: it is drawn towards what is not fitted. */
function calibrationOf(
  validation: CrossValidation | null,
  documents: number,
): Pick<Head, 'temperature' | 'threshold'> {
  if (validation === null) return { temperature: 1, threshold: UNMEASURED_THRESHOLD };
  const trust = documents / (documents + PRIOR_DOCUMENTS);
  return {
    temperature: Math.exp(Math.log(validation.temperature) * trust),
    threshold: Math.max(LEAST_THRESHOLD, validation.threshold),
  };
}

function requireTypes(given: readonly Sample[], usable: readonly Sample[]): void {
  const types = [...new Set(given.map(({ type }) => type))].sort();
  if (types.length < 2)
    throw new TrainingRefusal(
      `there ${types.length === 1 ? `is one type only (${types.join()})` : 'is no type'}: make a subfolder for each of two types or more`,
    );
  const poor = types.filter((type) => countOf(usable, type) < MIN_PER_TYPE);
  if (poor.length > 0)
    throw new TrainingRefusal(
      `too few usable documents of ${poor.map((type) => `${type} (${countOf(usable, type)})`).join(', ')}: each type needs ${MIN_PER_TYPE} or more`,
    );
}

function countOf(items: readonly { readonly type: string }[], type: string): number {
  return items.filter((item) => item.type === type).length;
}

function languagesOf(samples: readonly Sample[]): readonly string[] {
  const found = samples.map(({ document }) => languageOf(document)).filter((language) => language !== null);
  return [...new Set(found)]
    .filter((language) => found.filter((other) => other === language).length >= 2)
    .sort();
}
