import { runStageService } from '@docstream/stage-service';
import { createClassifierStage } from './stage.js';
import type { ClassifierSettings } from './worker.js';

/** The classifier: the model lives in worker processes (onnxruntime's run() would block the heartbeats). */
export function runClassifier(): Promise<void> {
  return runStageService({
    name: 'classifier',
    stage: createClassifierStage,
    pool: (config) => ({
      limits: {
        wallMs: config.work.timeoutMs,
        cpuMs: config.work.cpuMs,
        memoryMb: 2_048,
        outputBytes: 1_048_576,
      },
      warmUp: {
        modelDir: config.requireAddresses('model').modelDir,
        headFile: config.model.headFile ?? null,
      } satisfies ClassifierSettings,
    }),
  });
}
