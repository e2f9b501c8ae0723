import { readFile } from 'node:fs/promises';
import { createEmbedder } from '@docstream/adapter-transformers';
import { createClassifier, type Classifier } from '@docstream/classification';
import type { Classification } from '@docstream/contracts';
import { FatalError, unpackParsed, type StageContext } from '@docstream/core';

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
  /** Checksum that the model must have; null: any. */
  readonly modelSha256: string | null;
  /** A trained head; null: the shipped one. */
  readonly headFile: string | null;
  /** Types described in words instead of a head; null: a head. */
  readonly labelsFile: string | null;
}

const SHIPPED_HEAD = new URL('../../../models/head/head.json', import.meta.url);

let loaded: Promise<Classifier> | undefined;

async function load({
  modelDir,
  modelSha256,
  headFile,
  labelsFile,
}: ClassifierSettings): Promise<Classifier> {
  const text = await readSetting(
    labelsFile === null ? 'DOCSTREAM_HEAD_FILE' : 'DOCSTREAM_LABELS_FILE',
    labelsFile ?? headFile ?? SHIPPED_HEAD,
  );
  const embedder = await createEmbedder({ modelDir, sha256: modelSha256 });
  const classifier = await createClassifier(
    labelsFile === null ? { head: text } : { labels: text },
    embedder,
  );
  // What comes first would otherwise cost the first document.
  await embedder.embed(['warm']);
  return classifier;
}

async function readSetting(variable: string, file: string | URL): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FatalError('CONFIGURATION_INVALID', `${variable} cannot be read: ${reason}`, { cause });
  }
}

/** Loads model and head and runs the model once. Errors: FatalError CONFIGURATION_INVALID. */
export async function warmUp(settings: ClassifierSettings): Promise<void> {
  loaded = load(settings);
  await loaded;
}

/** The classifier stage's `run`. */
export async function classify({ parsed }: ClassifyInput, _context: StageContext): Promise<ClassifyOutput> {
  if (loaded === undefined) throw new TypeError('classify was called before warmUp');
  const classifier = await loaded;
  const startedAt = performance.now();
  const { classification, chunks } = await classifier.classify(await unpackParsed(parsed));
  return { classification, chunks, runMs: Math.round(performance.now() - startedAt) };
}
