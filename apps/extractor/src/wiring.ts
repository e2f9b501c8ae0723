import { runStageService } from '@docstream/stage-service';
import { applicationCode } from '@docstream/worker-pool';
import { createExtractorStage } from './stage.js';

const OUTPUT_LIMIT_BYTES = 16 * 1_048_576;

/** The extractor: text is hostile input to regular expressions too, hence a worker process that can be killed. */
export function runExtractor(): Promise<void> {
  return runStageService({
    name: 'extractor',
    stage: createExtractorStage,
    pool: (config) => ({
      limits: {
        wallMs: config.work.timeoutMs,
        cpuMs: config.work.cpuMs,
        memoryMb: 1_024,
        outputBytes: OUTPUT_LIMIT_BYTES,
      },
      sandbox: { readable: applicationCode(new URL(import.meta.url)) },
    }),
  });
}
