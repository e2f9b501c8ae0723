import { pageText, qualityOf, type Page } from '@docstream/contracts';
import {
  DocumentPacker,
  readPacked,
  unpackRecognised,
  type PackedDocument,
  type RecognisedPage,
} from '@docstream/core';
import { detectLanguage, LANGUAGE_SAMPLE } from './language.js';
import { PageWindows } from './page-windows.js';
import { certainWords, layBack, straighten, type StraightPage } from './recognised-runs.js';
import type { Recognition } from './recognise-pages.js';

/** Of a page's words: below it they are guesses, and a page that is taken for text hides that nothing was read. */
const MIN_CONFIDENCE = 0.5;

/** A page whose words wait for their lines and blocks. */
interface Waiting {
  readonly page: Page;
  readonly straight: Omit<StraightPage, 'raw'>;
  readonly engine: string;
  readonly confidence: number;
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000;

/** Lines, blocks and reading order as of any other page, a window of recognised pages at a time. */
class RecognisedPages {
  /** Finished pages as JSON, which is a fraction of their size. */
  readonly finished = new Map<number, string>();
  engine: string | null = null;
  private readonly windows = new PageWindows();
  private waiting: Waiting[] = [];

  add(page: Page, recognised: RecognisedPage): void {
    const { raw, ...straight } = straighten(page, recognised);
    const words = certainWords(recognised);
    const confidence = words.reduce((sum, word) => sum + word.confidence, 0) / words.length;
    this.waiting.push({ page, straight, engine: recognised.engine, confidence });
    this.finish(this.windows.add(raw));
  }

  flush(): void {
    this.finish(this.windows.flush());
  }

  private finish(assembled: readonly Page[]): void {
    for (const [index, text] of assembled.entries()) {
      const waiting = this.waiting[index];
      if (waiting !== undefined)
        this.finished.set(waiting.page.number, JSON.stringify(this.join(waiting, text)));
    }
    this.waiting = this.waiting.slice(assembled.length);
  }

  private join({ page, straight, engine, confidence }: Waiting, text: Page): Page {
    // Without a certain word there is no confidence, either.
    if (text.state !== 'text' || !(confidence >= MIN_CONFIDENCE)) {
      return { ...page, problem: 'No readable text was recognised in its image.' };
    }
    this.engine ??= engine;
    const ocr = { engine, confidence: round(confidence) };
    return { ...page, state: 'text', ...layBack(text, straight), ocr };
  }
}

async function assemblePages(
  parsed: Uint8Array,
  found: ReadonlyMap<number, Recognition>,
): Promise<RecognisedPages> {
  const pages = new RecognisedPages();
  await readPacked(parsed, async (json, number) => {
    const recognition = found.get(number);
    if (recognition === undefined) return;
    const page = JSON.parse(json) as Page;
    if (page.state !== 'image-only') return;
    if ('recognised' in recognition) pages.add(page, await unpackRecognised(recognition.recognised));
    else pages.finished.set(number, JSON.stringify({ ...page, problem: recognition.problem }));
  });
  pages.flush();
  return pages;
}

/**
 * A packed document with what was recognised on its image-only pages, packed again page by page; the others stay as they are. A
 * page that was read has `ocr`, one that could not be read stays `image-only` and says why in `problem`. Memory follows the
 * largest page and what was recognised. Errors: UNDECODABLE, PARSE_OUTPUT_TOO_LARGE.
 */
export async function joinRecognised(
  parsed: Uint8Array,
  recognitions: readonly Recognition[],
): Promise<PackedDocument> {
  const found = new Map(recognitions.map((recognition) => [recognition.page, recognition]));
  const { finished, engine } = await assemblePages(parsed, found);
  const packer = new DocumentPacker();
  const states: Pick<Page, 'state' | 'problem'>[] = [];
  let sample = '';
  try {
    const frame = await readPacked(parsed, async (json, number) => {
      const page = JSON.parse(finished.get(number) ?? json) as Page;
      states.push({ state: page.state, ...(page.problem === undefined ? {} : { problem: page.problem }) });
      if (sample.length < LANGUAGE_SAMPLE) sample += `${pageText(page)}\n\f`;
      await packer.add(page);
    });
    if (engine === null) return await packer.finish(frame);
    const language = detectLanguage(sample) ?? frame.language;
    return await packer.finish({
      ...frame,
      quality: qualityOf(states),
      parser: `${frame.parser}, ${engine}`,
      ...(language === undefined ? {} : { language }),
    });
  } finally {
    packer.close();
  }
}
