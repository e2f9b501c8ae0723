import { readFile } from 'node:fs/promises';
import { createEmbedder } from '@docstream/adapter-transformers';
import {
  chunkDocument,
  classifyDocument,
  type Head,
  isJudgeable,
  parseHead,
} from '@docstream/classification';
import type { Classification } from '@docstream/contracts';
import { FatalError, unpackParsed, type StageContext, type TextEmbedder } from '@docstream/core';

/** What crosses into the classifier's worker process. */
export interface ClassifyInput {
  /** Gzipped JSON of a ParsedDocument: unpacked here, where it costs this document only. */
  readonly parsed: Uint8Array;
}

export interface ClassifyOutput {
  readonly classification: Classification;
  /** Milliseconds of the whole, embedding included. */
  readonly runMs: number;
  readonly chunks: number;
}

/** What the pool hands to each child before its first document. */
export interface ClassifierSettings {
  /** Folder of the embedding model. */
  readonly modelDir: string;
  /** A trained head; null: the shipped one. */
  readonly headFile: string | null;
}

interface Loaded {
  readonly embedder: TextEmbedder;
  readonly head: Head;
}

const SHIPPED_HEAD = new URL('../../../models/head/head.json', import.meta.url);

let loaded: Promise<Loaded> | undefined;

async function load({ modelDir, headFile }: ClassifierSettings): Promise<Loaded> {
  const head = parseHead(await readFile(headFile ?? SHIPPED_HEAD, 'utf8'));
  const embedder = await createEmbedder({ modelDir });
  if (versionOf(embedder.name) !== versionOf(head.model)) {
    throw new FatalError(
      'CONFIGURATION_INVALID',
      `The head ${head.name} was trained with the model ${head.model}, not with ${embedder.name}; set DOCSTREAM_MODEL_DIR to that model or train the head again.`,
    );
  }
  return { embedder, head };
}

/** The folder's name may differ, the model's bytes may not. */
const versionOf = (name: string): string => name.split('@').at(-1) ?? name;

/** Loads model and head and runs the model once. Errors: FatalError CONFIGURATION_INVALID. */
export async function warmUp(settings: ClassifierSettings): Promise<void> {
  loaded = load(settings);
  const { embedder } = await loaded;
  await embedder.embed(['warm']);
}

/** The classifier stage's `run`. */
export async function classify({ parsed }: ClassifyInput, _context: StageContext): Promise<ClassifyOutput> {
  if (loaded === undefined) throw new TypeError('classify was called before warmUp');
  const { embedder, head } = await loaded;
  const startedAt = performance.now();
  const document = await unpackParsed(parsed);
  const chunks = isJudgeable(document, head.languages) ? chunkDocument(document) : [];
  const embeddings = await embedder.embed(chunks);
  const classification = classifyDocument(document, embeddings, head);
  return { classification, runMs: Math.round(performance.now() - startedAt), chunks: chunks.length };
}
