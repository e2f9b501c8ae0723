import { runStageService } from '@docstream/stage-service';
import { createOcr } from './ocr.js';
import { parserPool } from './pool.js';
import { createParserStage } from './stage.js';

/** The parser: its stage in sandboxed processes that are killed when a PDF takes too long or too much. */
export function runParser(): Promise<void> {
  return runStageService({
    name: 'parser',
    stage: createParserStage,
    refine: createOcr,
    pool: parserPool,
  });
}
