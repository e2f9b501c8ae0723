import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import {
  DocstreamError,
  PoisonError,
  type PageImage,
  type RecognisedLine,
  type TextRecogniser,
} from '@docstream/core';
import { createWorker, OEM, PSM, type Worker } from 'tesseract.js';
import { languageFile } from './language-files.js';
import { isReadable, lettersOf, toLines } from './recognised-lines.js';
import { turnImage, turnLinesBack, type Turn } from './turned-image.js';

export interface TesseractOptions {
  /** As Tesseract calls them (`eng`, `deu`, …), the likeliest first. Each needs its package @tesseract.js-data/…. */
  readonly languages: readonly string[];
}

const START_MS = 30_000;
const POINTS_PER_INCH = 72;
/** Black and white told apart by the surroundings (Sauvola): a photo of paper has shadows. As good on scans. */
const LOCAL_THRESHOLD = '2';
/** Pixels; nothing that could be read is smaller, and Tesseract fails on a few. */
const MIN_SIDE = 16;
/** Quarters clockwise, the likeliest first. */
const TURNS: readonly Turn[] = [0, 1, 3, 2];

const { version } = createRequire(import.meta.url)('tesseract.js/package.json') as {
  readonly version: string;
};

/** Rejects after that time. What tesseract.js began goes on: its thread must be ended. */
async function withinMs<T>(work: Promise<T>, ms: number, late: () => DocstreamError): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Starts a thread with all languages. tesseract.js takes one folder for all of them, but npm has one for each: the first
 * comes from its folder, the others are put beside it in the thread's memory, and the list of what is loaded, which the
 * library keeps by reference, says so.
 */
async function startThread(languages: readonly string[]): Promise<Worker> {
  const [first = 'eng', ...others] = languages;
  const loaded = [first];
  const started = createWorker(loaded, OEM.LSTM_ONLY, {
    langPath: languageFile(first).folder,
    cacheMethod: 'none',
    // Without it the library throws from an event, which nobody can catch.
    errorHandler: () => undefined,
  });
  const late = () => new DocstreamError('WORKER_CRASHED', 'Tesseract did not start in time.');
  const worker = await withinMs(started, START_MS, late);
  if (others.length > 0) {
    for (const language of others) {
      const trained = await promisify(gunzip)(await readFile(languageFile(language).path));
      await worker.FS('writeFile', [`./${language}.traineddata`, new Uint8Array(trained)]);
    }
    loaded.push(...others);
    await worker.reinitialize(languages.join('+'), OEM.LSTM_ONLY);
  }
  await worker.setParameters({ tessedit_pageseg_mode: PSM.AUTO, thresholding_method: LOCAL_THRESHOLD });
  return worker;
}

/** Portable grey map: the simplest format that Tesseract reads, and nothing has to be packed. */
function toGreyMap({ width, height, grey }: PageImage): Buffer {
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`, 'latin1'), grey]);
}

const tooLate = (timeoutMs: number): PoisonError =>
  new PoisonError('WORK_TIMEOUT', `The text of its image took longer than ${timeoutMs} ms.`);

/**
 * Tesseract as WebAssembly in a thread; reads its language data from npm packages and fetches nothing. An image that
 * takes too long costs the thread, the next one starts another. One image at a time; one that lies on its side is turned.
 * Errors of this function: FatalError CONFIGURATION_INVALID when the data of a language is missing.
 */
export async function createTesseractRecogniser({ languages }: TesseractOptions): Promise<TextRecogniser> {
  for (const language of languages) languageFile(language);
  let thread: Worker | null = await startThread(languages);

  const end = async (): Promise<void> => {
    const ended = thread;
    thread = null;
    await ended?.terminate();
  };

  const read = async (image: PageImage, timeoutMs: number): Promise<RecognisedLine[]> => {
    thread ??= await startThread(languages);
    const dpi = Math.round(POINTS_PER_INCH / image.pointsPerPixel);
    try {
      await thread.setParameters({ user_defined_dpi: String(dpi) });
      const work = thread.recognize(toGreyMap(image), {}, { text: false, blocks: true });
      const { data } = await withinMs(work, timeoutMs, () => tooLate(timeoutMs));
      return toLines(data.blocks ?? []);
    } catch (thrown) {
      // Too late, or broken from within: either way it is of no more use.
      await end();
      if (thrown instanceof Error) throw thrown;
      throw new DocstreamError('WORKER_CRASHED', 'Tesseract failed.', { cause: thrown });
    }
  };

  /** Where the text stands is tried out only when it can hardly be read as it is. */
  const readTurned = async (image: PageImage, endMs: number): Promise<RecognisedLine[]> => {
    let best: RecognisedLine[] = [];
    if (Math.min(image.width, image.height) < MIN_SIDE) return best;
    for (const turn of TURNS) {
      const leftMs = Math.max(1, Math.round(endMs - performance.now()));
      const lines = await read(turnImage(image, turn), leftMs).catch((thrown: unknown) => {
        // The time is up, but something was read.
        if (best.length > 0) return null;
        throw thrown;
      });
      if (lines === null) break;
      if (lettersOf(lines) > lettersOf(best)) best = turnLinesBack(lines, turn, image);
      if (turn === 0 && isReadable(lines)) break;
    }
    return best;
  };

  return {
    engine: `tesseract.js ${version} (${languages.join(', ')})`,
    recognise: (image, timeoutMs) => readTurned(image, performance.now() + timeoutMs),
    close: end,
  };
}
