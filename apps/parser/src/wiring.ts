import { runStageService } from '@docstream/stage-service';
import { createParserStage } from './stage.js';
import type { ParserSettings } from './worker.js';

const OUTPUT_LIMIT_BYTES = 512 * 1_048_576;

/** The parser: its stage in worker processes that are killed when a PDF takes too long or too much. */
export function runParser(): Promise<void> {
  return runStageService({
    name: 'parser',
    stage: createParserStage,
    pool: ({ parser }) => ({
      limits: {
        wallMs: parser.timeoutMs,
        cpuMs: parser.cpuMs,
        memoryMb: parser.memoryMb,
        outputBytes: OUTPUT_LIMIT_BYTES,
      },
      codes: { timeout: 'PARSE_TIMEOUT', memory: 'PARSE_OUT_OF_MEMORY', output: 'PARSE_OUTPUT_TOO_LARGE' },
      recycleAfter: parser.recycleAfter,
      warmUp: { parser: parser.adapters[0] ?? 'pdfjs' } satisfies ParserSettings,
    }),
  });
}
