import type { Config } from '@docstream/config';
import { classifyError, type PackedDocument, type PageRecogniser, type StageContext } from '@docstream/core';
import { recognisePages } from '@docstream/parsing';
import type { Refinement } from '@docstream/stage-service';
import { applicationCode, createWorkerPool, type ReadyWorkerPool } from '@docstream/worker-pool';
import type { JoinInput } from './ocr-join.js';
import type { OcrInput, OcrSettings } from './ocr-worker.js';
import { parserPool } from './pool.js';
import type { ParseInput } from './worker.js';

type OcrPool = ReadyWorkerPool<OcrInput, Uint8Array>;
type JoinPool = ReadyWorkerPool<JoinInput, PackedDocument>;

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
    // The page keeps its image, and the document its time for the pages after it.
    retriesTimeouts: false,
    recycleAfter: RECYCLE_AFTER,
    // Tesseract runs in a thread, the canvas is native code: the parser's own sandbox has neither.
    sandbox: { readable: applicationCode(new URL(import.meta.url)), addons: true, threads: true },
  });
}

/** With the parser's budgets and sandbox: what it unpacks is what a parser's process packed. */
function createJoinPool(config: Config): JoinPool {
  const { limits, codes = {}, sandbox } = parserPool(config);
  return createWorkerPool({
    function: { module: new URL('./ocr-join.js', import.meta.url), export: 'joinPages' },
    size: 1,
    startsWhenAsked: true,
    limits,
    codes,
    ...(sandbox === undefined ? {} : { sandbox }),
  });
}

/**
 * The parser's second step: pages that are an image only are read one by one in processes of their own, where native code
 * and threads are allowed and a page costs nobody but itself; another joins them with the document. The service holds bytes
 * only. Undefined when it is switched off.
 */
export function createOcr(config: Config): Refinement<ParseInput, PackedDocument> | undefined {
  const { engine, pageMs, documentMs } = config.ocr;
  if (engine === 'none') return undefined;
  const pages = createOcrPool(config);
  const documents = createJoinPool(config);
  const joinMs = config.parser.timeoutMs;
  return {
    deadlineMs: documentMs + pageMs + GRACE_MS + joinMs,
    ready: () => pages.ready(),
    refine: async (packed, { bytes }, context) => {
      if (packed.imageOnlyPages.length === 0) return packed;
      const recogniser = pooled(pages, { ...context, deadlineMs: pageMs + GRACE_MS });
      const now = (): number => performance.now();
      const recognitions = await recognisePages(
        packed.imageOnlyPages,
        bytes,
        recogniser,
        { documentMs },
        now,
      );
      return join(
        documents,
        packed,
        { parsed: packed.parsed, recognitions },
        { ...context, deadlineMs: joinMs },
      );
    },
    close: async () => void (await Promise.all([pages.close(), documents.close()])),
  };
}

function pooled(pool: OcrPool, context: StageContext): PageRecogniser {
  return { recognise: (bytes, page) => pool.run({ bytes, page }, context) };
}

/** A document too large to be joined stays as it was parsed, its images unread: OCR makes no dead letter. */
async function join(
  pool: JoinPool,
  packed: PackedDocument,
  input: JoinInput,
  context: StageContext,
): Promise<PackedDocument> {
  try {
    return (await pool.run(input, context)).value;
  } catch (thrown) {
    if (classifyError(thrown).failureClass !== 'poison') throw thrown;
    return packed;
  }
}
