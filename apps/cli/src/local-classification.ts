import { createEmbedder } from '@docstream/adapter-transformers';
import { fetchHubModel } from '@docstream/adapter-transformers/hub';
import {
  createClassifier,
  renderFolderReport,
  serializeHead,
  trainOnSamples,
  TrainingRefusal,
  typeNameProblem,
  wilsonInterval,
  type Basis,
} from '@docstream/classification';
import type { DocumentExplainer, HeadTrainer, TrainedHead } from '@docstream/cli';
import type { Config } from '@docstream/config';
import { UNKNOWN_TYPE } from '@docstream/contracts';
import { FatalError, type Logger, type TextEmbedder } from '@docstream/core';
import { modelFolder } from '@docstream/platform';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

const SHIPPED_HEAD = new URL('../../../models/head/head.json', import.meta.url);

export interface LocalClassification {
  readonly trainer: HeadTrainer;
  readonly explainer: DocumentExplainer;
  close(): Promise<void>;
}

/** Training and explaining in this process; the model is fetched (if allowed) and loaded when it is first needed. */
export function openClassification(config: Config, logger: Logger): LocalClassification {
  let embedder: Promise<TextEmbedder> | undefined;
  const openModel = (): Promise<TextEmbedder> => (embedder ??= loadModel(config, logger));
  return {
    trainer: createTrainer(openModel),
    explainer: {
      explain: async (document) => {
        const classifier = await createClassifier(await readBasis(config), await openModel());
        return { ...(await classifier.explain(document)), languages: classifier.languages };
      },
    },
    close: async () => {
      if (embedder !== undefined) await (await embedder).close();
    },
  };
}

async function loadModel(config: Config, logger: Logger): Promise<TextEmbedder> {
  const modelDir = findModelDir(config);
  if (config.hubModel !== null) await fetchHubModel(config.hubModel, { logger });
  return createEmbedder({ modelDir, sha256: config.model.sha256 ?? null });
}

/** Of the settings or the running demo, else the one that an earlier demo fetched: nothing has to run for these commands. */
function findModelDir(config: Config): string {
  const given = config.findAddress('model');
  if (given !== undefined) return given;
  const fetched = modelFolder(config.cacheDir());
  return existsSync(fetched) ? fetched : config.requireAddresses('model').modelDir;
}

function createTrainer(openModel: () => Promise<TextEmbedder>): HeadTrainer {
  return {
    nameProblem: typeNameProblem,
    train: async (samples, { unreadable, onProgress, ...options }) => {
      const model = await openModel();
      try {
        const training = await trainOnSamples(samples, {
          ...options,
          model: model.name,
          embed: (texts) => model.embed(texts),
          onEmbedded: onProgress,
        });
        const { head, examples, validation, skipped, folds } = training;
        return {
          name: head.name,
          model: head.model,
          languages: head.languages,
          threshold: head.threshold,
          types: head.types
            .filter((type) => type !== UNKNOWN_TYPE)
            .map((type) => ({
              type,
              documents: examples.filter((example) => example.type === type).length,
            })),
          measured: validation === null ? null : measuredOf(validation, folds),
          leftOut: skipped,
          file: serializeHead(head, { documents: examples.length, generated: 0 }),
          report: renderFolderReport(training, unreadable),
        };
      } catch (error) {
        if (error instanceof TrainingRefusal) return { refused: error.message };
        throw error;
      }
    },
  };
}

function measuredOf(
  { forced, coverage, errorRate }: NonNullable<Awaited<ReturnType<typeof trainOnSamples>>['validation']>,
  folds: number,
): NonNullable<TrainedHead['measured']> {
  const { accuracy, macroF1, documents } = forced;
  const interval = wilsonInterval(accuracy, documents);
  return { accuracy, interval, macroF1, coverage, errorRate, folds };
}

/** As the classifier's workers find it. */
async function readBasis({ model: { headFile, labelsFile } }: Config): Promise<Basis> {
  const file = labelsFile ?? headFile ?? SHIPPED_HEAD;
  try {
    const text = await readFile(file, 'utf8');
    return labelsFile === undefined ? { head: text } : { labels: text };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FatalError(
      'CONFIGURATION_INVALID',
      `${labelsFile === undefined ? 'DOCSTREAM_HEAD_FILE' : 'DOCSTREAM_LABELS_FILE'} cannot be read: ${reason}`,
      { cause },
    );
  }
}
