import type { Config } from '@docstream/config';
import { applicationCode, type WorkerPoolOptions } from '@docstream/worker-pool';
import type { ParseInput, ParserSettings } from './worker.js';

const MEBIBYTE = 1_048_576;
/** Of all pages together; a 2,000-page book has about 6 million. */
const MAX_CHARACTERS = 50_000_000;

/** The budgets of one parse, what breaking each is called, and the sandbox that it runs in. */
export function parserPool({ parser }: Pick<Config, 'parser'>): Omit<WorkerPoolOptions, 'function' | 'size'> {
  return {
    limits: {
      wallMs: parser.timeoutMs,
      cpuMs: parser.cpuMs,
      memoryMb: parser.memoryMb,
      outputBytes: parser.outputMb * MEBIBYTE,
    },
    codes: {
      timeout: 'PARSE_TIMEOUT',
      memory: 'PARSE_OUT_OF_MEMORY',
      output: 'PARSE_OUTPUT_TOO_LARGE',
      // A library that throws from a callback does so for damaged files.
      stray: 'PDF_MALFORMED',
    },
    recycleAfter: parser.recycleAfter,
    warmUp: { parser: parser.adapters[0] ?? 'pdfjs' } satisfies ParserSettings,
    sandbox: { readable: applicationCode(new URL(import.meta.url)) },
  };
}

/** What the worker is given for those bytes. */
export function toParseInput({ parser }: Pick<Config, 'parser'>, bytes: Uint8Array): ParseInput {
  return {
    bytes,
    limits: { maxPages: parser.maxPages, maxCharacters: MAX_CHARACTERS },
    parsers: parser.adapters,
  };
}
