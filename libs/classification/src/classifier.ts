import type { Classification, ParsedDocument } from '@docstream/contracts';
import { type ClassificationExplanation, FatalError, type TextEmbedder } from '@docstream/core';
import { chunkDocument } from './chunks.js';
import { classifyDocument, decideType, isJudgeable } from './classify.js';
import { explainDocument, explainLabels } from './explain.js';
import { parseHead } from './head.js';
import { describeLabels, likenessOf, parseLabels } from './labels.js';

/** What decides: the text of a head file, or that of a labels file. */
export type Basis = { readonly head: string } | { readonly labels: string };

export interface Classified {
  readonly classification: Classification;
  readonly chunks: number;
}

/** From a parsed document to its type, with the model and the head or labels that it was made with. */
export interface Classifier {
  readonly model: string;
  /** Name and version of the head, or of the labels. */
  readonly head: string;
  readonly types: readonly string[];
  readonly languages: readonly string[];
  classify(document: ParsedDocument): Promise<Classified>;
  /** The same decision with its reasons; as slow as `classify`. */
  explain(document: ParsedDocument): Promise<ClassificationExplanation>;
}

/**
 * Makes a classifier of a trained head, or of types described in words. Errors: FatalError CONFIGURATION_INVALID for a file
 * that cannot be used, or a head that was trained with another model.
 */
export async function createClassifier(basis: Basis, embedder: TextEmbedder): Promise<Classifier> {
  return 'head' in basis ? withHead(basis.head, embedder) : withLabels(basis.labels, embedder);
}

function withHead(text: string, embedder: TextEmbedder): Classifier {
  const head = parseHead(text);
  if (versionOf(embedder.name) !== versionOf(head.model)) {
    throw new FatalError(
      'CONFIGURATION_INVALID',
      `The head ${head.name} was trained with the model ${head.model}, not with ${embedder.name}; set DOCSTREAM_MODEL_DIR or DOCSTREAM_MODEL to that model, or train a head with this one by \`docstream train\` and name it in DOCSTREAM_HEAD_FILE.`,
    );
  }
  const embed = async (document: ParsedDocument) => {
    const chunks = isJudgeable(document, head.languages) ? chunkDocument(document) : [];
    return { chunks, embeddings: await embedder.embed(chunks) };
  };
  return {
    model: head.model,
    head: head.name,
    types: head.types,
    languages: head.languages,
    classify: async (document) => {
      const { chunks, embeddings } = await embed(document);
      return { classification: classifyDocument(document, embeddings, head), chunks: chunks.length };
    },
    explain: async (document) => {
      const { chunks, embeddings } = await embed(document);
      return explainDocument(document, chunks, embeddings, head);
    },
  };
}

async function withLabels(text: string, embedder: TextEmbedder): Promise<Classifier> {
  const { name, labels, languages, temperature, threshold } = parseLabels(text);
  const described = await describeLabels(labels, (texts) => embedder.embed(texts));
  const types = labels.map(({ type }) => type);
  const versions = { model: embedder.name, head: name };
  const decide = async (document: ParsedDocument) => {
    const chunks = isJudgeable(document, languages) ? chunkDocument(document) : [];
    const embeddings = await embedder.embed(chunks);
    const likeness = chunks.length === 0 ? [] : likenessOf(document, embeddings, described, temperature);
    const probabilities = likeness.map(({ probability }) => probability);
    return { chunks, likeness, classification: decideType(types, probabilities, threshold, versions) };
  };
  return {
    ...versions,
    types,
    languages,
    classify: async (document) => {
      const { chunks, classification } = await decide(document);
      return { classification, chunks: chunks.length };
    },
    explain: async (document) => {
      const { chunks, likeness, classification } = await decide(document);
      const likenesses = likeness.map((one, index) => ({ ...one, type: types[index] ?? '' }));
      return explainLabels(document, { classification, languages, threshold, chunks, likenesses });
    },
  };
}

/** The folder's name may differ, the model's bytes may not. */
const versionOf = (name: string): string => name.split('@').at(-1) ?? name;
