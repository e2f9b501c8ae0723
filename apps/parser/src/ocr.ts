import type { Config } from '@docstream/config';
import type { ParsedDocument } from '@docstream/contracts';
import {
  DocumentPacker,
  unpackParsed,
  type PackedDocument,
  type PageRecogniser,
  type RecognisedPage,
  type StageContext,
} from '@docstream/core';
import { recognisePages } from '@docstream/parsing';
import type { Refinement } from '@docstream/stage-service';
import { applicationCode, createWorkerPool, type ReadyWorkerPool } from '@docstream/worker-pool';
import type { OcrInput, OcrSettings } from './ocr-worker.js';
import type { ParseInput } from './worker.js';

type OcrPool = ReadyWorkerPool<OcrInput, Omit<RecognisedPage, 'runMs'>>;

const OUTPUT_LIMIT_BYTES = 16 * 1_048_576;
/** What a page may take beyond its time before its process is killed: the drawing can't be stopped otherwise. */
const GRACE_MS = 5_000;
const RECYCLE_AFTER = 200;
function createOcrPool({ ocr, work }: Config): OcrPool {
  const warmUp: OcrSettings = { languages: ocr.languages, dpi: ocr.dpi, pageMs: ocr.pageMs };
  return createWorkerPool({
    function: { module: new URL('./ocr-worker.js', import.meta.url), export: 'recognisePage' },
    size: work.workers,
    warmUp,
    limits: {
      wallMs: ocr.pageMs + GRACE_MS,
      memoryMb: ocr.memoryMb,
      outputBytes: OUTPUT_LIMIT_BYTES,
    },
    recycleAfter: RECYCLE_AFTER,
    // Tesseract runs in a thread, the canvas is native code: the parser's own sandbox has neither.
    sandbox: { readable: applicationCode(new URL(import.meta.url)), addons: true, threads: true },
  });
}

/**
 * The parser's second step: pages that are an image only are read one by one in processes of their own, where native code
 * and threads are allowed and a page costs nobody but itself. Undefined when it is switched off.
 */
export function createOcr(config: Config): Refinement<ParseInput, PackedDocument> | undefined {
  const { engine, pageMs, documentMs } = config.ocr;
  if (engine === 'none') return undefined;
  const pool = createOcrPool(config);
  return {
    deadlineMs: documentMs + pageMs,
    ready: () => pool.ready(),
    refine: async (packed, { bytes }, context) => {
      // Pages that are an image only make a document one or the other.
      if (packed.quality !== 'image-only' && packed.quality !== 'partial') return packed;
      const recogniser = pooled(pool, { ...context, deadlineMs: pageMs + GRACE_MS });
      const limits = { documentMs, pageMs };
      return repack(await recognisePages(await unpackParsed(packed.parsed), bytes, recogniser, limits));
    },
    close: () => pool.close(),
  };
}

function pooled(pool: OcrPool, context: StageContext): PageRecogniser {
  return {
    recognise: async (bytes, page) => {
      const { value, runMs } = await pool.run({ bytes, page }, context);
      return { ...value, runMs };
    },
  };
}

async function repack({ version: _, pages, ...frame }: ParsedDocument): Promise<PackedDocument> {
  const packer = new DocumentPacker();
  for (const page of pages) await packer.add(page);
  return packer.finish(frame);
}
