import { pathToFileURL } from 'node:url';
import { fetchHubModel } from '@docstream/adapter-transformers/hub';
import { runStageService } from '@docstream/stage-service';
import { applicationCode } from '@docstream/worker-pool';
import { createClassifierStage } from './stage.js';
import type { ClassifierSettings } from './worker.js';

const HEADS = new URL('../../../models/head/', import.meta.url);

/** The classifier: the model lives in worker processes (onnxruntime's run() would block the heartbeats). */
export function runClassifier(): Promise<void> {
  return runStageService({
    name: 'classifier',
    stage: createClassifierStage,
    // Here: the sandboxed workers have no network.
    prepare: async ({ hubModel }, logger, signal) => {
      if (hubModel !== null) await fetchHubModel(hubModel, { logger, signal });
    },
    pool: (config) => {
      const { modelDir } = config.requireAddresses('model');
      const { headFile = null, labelsFile = null, sha256 = null } = config.model;
      const settings: ClassifierSettings = { modelDir, modelSha256: sha256, headFile, labelsFile };
      const basis = labelsFile ?? headFile;
      return {
        limits: {
          wallMs: config.work.timeoutMs,
          cpuMs: config.work.cpuMs,
          memoryMb: 2_048,
          outputBytes: 1_048_576,
        },
        warmUp: settings,
        sandbox: {
          readable: [
            ...applicationCode(new URL(import.meta.url)),
            pathToFileURL(`${modelDir}/`),
            basis === null ? HEADS : pathToFileURL(basis),
          ],
          // onnxruntime is native code.
          addons: true,
        },
      };
    },
  });
}
