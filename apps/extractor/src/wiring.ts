import { readDefinitionLayers, type Config } from '@docstream/config';
import { SHIPPED_DEFINITIONS, readDefinitions, type DefinitionSet } from '@docstream/extraction';
import { createLogger } from '@docstream/observability';
import { runStageService } from '@docstream/stage-service';
import { applicationCode } from '@docstream/worker-pool';
import { createExtractorStage } from './stage.js';
import type { ExtractorSettings } from './worker.js';

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
      // Read here: the worker sees no folder of a user's.
      warmUp: { definitions: loadDefinitions(config) } satisfies ExtractorSettings,
      sandbox: { readable: applicationCode(new URL(import.meta.url)) },
    }),
  });
}

/** FatalError CONFIGURATION_INVALID, naming all that is wrong with them: better no start than fields that are missed. */
function loadDefinitions({ extraction, logging }: Config): DefinitionSet {
  const definitions = readDefinitions(
    readDefinitionLayers(SHIPPED_DEFINITIONS, extraction.definitionsFolder),
  );
  const logger = createLogger({ service: 'extractor', level: logging.level });
  for (const warning of definitions.warnings) logger.warn('a definition may be slow', { warning });
  return definitions;
}
