import { runStageService } from '@docstream/stage-service';
import { createClassifierStage } from './stage.js';

/** The classifier: the model lives in worker processes (onnxruntime's run() would block the heartbeats). */
export function runClassifier(): Promise<void> {
  return runStageService({
    name: 'classifier',
    stage: createClassifierStage,
    pool: (config) => ({
      limits: { wallMs: config.work.timeoutMs, memoryMb: 2_048, outputBytes: 1_048_576 },
      env: { DOCSTREAM_MODEL_DIR: config.requireAddresses('model').modelDir },
    }),
  });
}
