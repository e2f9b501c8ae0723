import type { LocalParser, PagePainter, ParserName, Picture } from '@docstream/cli';
import type { Config } from '@docstream/config';
import { DEFAULT_TENANT, documentIdOf, runIdFrom, type ParsedDocument } from '@docstream/contracts';
import { systemClock, type StageContext } from '@docstream/core';
import { applicationCode, createWorkerPool } from '@docstream/worker-pool';
import { randomBytes } from 'node:crypto';
import type { DrawInput } from './draw-worker.js';
import type { ParseInput } from './parse-worker.js';

const MEBIBYTE = 1_048_576;
const PICTURE_LIMIT_BYTES = 256 * MEBIBYTE;
/** As of the parser stage: of all pages together, in UTF-16 units. */
const MAX_CHARACTERS = 50_000_000;
const DRAW_DEADLINE_MS = 30_000;

const CODE = applicationCode(new URL(import.meta.url));

/** The parser in a worker process, as the parser service has it, and one more process that draws. */
export function createLocalParser(config: Config): LocalParser & { close(): Promise<void> } {
  const { timeoutMs, cpuMs, memoryMb, maxPages, outputMb, adapters } = config.parser;
  const open = new Set<{ close(): Promise<void> }>();

  async function parse(
    bytes: Uint8Array,
    name: ParserName = adapters[0] ?? 'pdfjs',
  ): Promise<ParsedDocument> {
    const pool = createWorkerPool<ParseInput, ParsedDocument>({
      function: { module: new URL('./parse-worker.js', import.meta.url), export: 'parsePdf' },
      size: 1,
      limits: { wallMs: timeoutMs, cpuMs, memoryMb, outputBytes: outputMb * MEBIBYTE },
      codes: { timeout: 'PARSE_TIMEOUT', memory: 'PARSE_OUT_OF_MEMORY', output: 'PARSE_OUTPUT_TOO_LARGE' },
      sandbox: { readable: CODE },
    });
    open.add(pool);
    try {
      const input = { bytes, limits: { maxPages, maxCharacters: MAX_CHARACTERS }, name };
      return (await pool.run(input, contextOf(bytes, timeoutMs))).value;
    } finally {
      open.delete(pool);
      await pool.close();
    }
  }

  function openPainter(bytes: Uint8Array): PagePainter {
    const pool = createWorkerPool<DrawInput, Picture>({
      function: { module: new URL('./draw-worker.js', import.meta.url), export: 'draw' },
      size: 1,
      warmUp: bytes,
      limits: { memoryMb, outputBytes: PICTURE_LIMIT_BYTES, startMs: DRAW_DEADLINE_MS },
      // The canvas is native code: this process reads images that the parser never decodes.
      sandbox: { readable: CODE, addons: true },
    });
    open.add(pool);
    const draw = async (input: DrawInput, deadlineMs: number): Promise<Picture> =>
      (await pool.run(input, contextOf(bytes, deadlineMs))).value;
    return {
      drawPage: (page) => draw({ page }, DRAW_DEADLINE_MS),
      drawSheet: (sheet, pixelsPerPoint) => draw({ sheet, pixelsPerPoint }, DRAW_DEADLINE_MS + timeoutMs),
      close: async () => {
        open.delete(pool);
        await pool.close();
      },
    };
  }

  return {
    parse,
    openPainter,
    close: async () => void (await Promise.all([...open].map((pool) => pool.close()))),
  };
}

function contextOf(bytes: Uint8Array, deadlineMs: number): StageContext {
  return {
    documentId: documentIdOf(DEFAULT_TENANT, bytes),
    run: runIdFrom(systemClock.nowMs(), randomBytes(10)),
    attempt: 1,
    deadlineMs,
  };
}
