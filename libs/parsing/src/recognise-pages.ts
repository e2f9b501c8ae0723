import { documentText, qualityOf, type Page, type ParsedDocument } from '@docstream/contracts';
import { classifyError, DocstreamError, type PageRecogniser, type RecognisedPage } from '@docstream/core';
import { assembleDocument } from './assemble-document.js';
import { detectLanguage } from './language.js';
import { certainWords, layBack, straighten } from './recognised-runs.js';

export interface RecognitionLimits {
  /** Time of all pages of a document together; pages that would begin later stay as they are. */
  readonly documentMs: number;
  /** What a page that failed is taken to have cost. */
  readonly pageMs: number;
}

/** Of a page's words: below it they are guesses, and a page that is taken for text hides that nothing was read. */
const MIN_CONFIDENCE = 0.5;

const round = (value: number): number => Math.round(value * 1_000) / 1_000;

/** Why a page stays without text. The ends of the service itself are no fault of the page: they are thrown on. */
function problemOf(thrown: unknown): string {
  const { failureClass, code } = classifyError(thrown);
  if (failureClass === 'lost' || failureClass === 'fatal') throw thrown;
  const reason = thrown instanceof DocstreamError ? ` ${thrown.message}` : '';
  return `No text was recognised in its image (${code}).${reason}`;
}

async function recogniseAll(
  pages: readonly Page[],
  bytes: Uint8Array,
  recogniser: PageRecogniser,
  limits: RecognitionLimits,
): Promise<ReadonlyMap<number, RecognisedPage | string>> {
  const found = new Map<number, RecognisedPage | string>();
  let spentMs = 0;
  for (const { number } of pages) {
    if (spentMs >= limits.documentMs) {
      const problem = `No text was recognised in its image: the pages before it took the ${limits.documentMs} ms of the document.`;
      found.set(number, problem);
      continue;
    }
    try {
      const recognised = await recogniser.recognise(bytes, number);
      spentMs += recognised.runMs;
      found.set(number, recognised);
    } catch (thrown) {
      spentMs += limits.pageMs;
      found.set(number, problemOf(thrown));
    }
  }
  return found;
}

/** Lines, blocks and reading order as of any other page. */
function assemblePages(
  pages: readonly Page[],
  found: ReadonlyMap<number, RecognisedPage | string>,
): ReadonlyMap<number, Page> {
  const recognised = pages.flatMap((page) => {
    const result = found.get(page.number);
    if (result === undefined || typeof result === 'string') return [];
    return [{ page, result, straight: straighten(page, result) }];
  });
  const raw = recognised.map(({ straight }) => straight.raw);
  const assembled = assembleDocument({ parser: '', pages: raw, metadata: {}, attachments: [] });
  const read = new Map<number, Page>();
  for (const [index, { page, result, straight }] of recognised.entries()) {
    const text = assembled.pages[index];
    const words = certainWords(result);
    const confidence = words.reduce((sum, word) => sum + word.confidence, 0) / words.length;
    if (text?.state !== 'text' || confidence < MIN_CONFIDENCE) {
      read.set(page.number, { ...page, problem: 'No readable text was recognised in its image.' });
      continue;
    }
    const ocr = { engine: result.engine, confidence: round(confidence) };
    read.set(page.number, { ...page, state: 'text', ...layBack(text, straight), ocr });
  }
  return read;
}

/**
 * Reads the pages that are an image only (OCR); the others stay as they are. A page that was read has `ocr`, one that
 * could not be read stays `image-only` and says why in `problem`. Never fails because of a page; errors of the classes
 * lost and fatal are thrown on. Safe to repeat.
 */
export async function recognisePages(
  document: ParsedDocument,
  bytes: Uint8Array,
  recogniser: PageRecogniser,
  limits: RecognitionLimits,
): Promise<ParsedDocument> {
  const wanted = document.pages.filter(({ state }) => state === 'image-only');
  if (wanted.length === 0) return document;
  const found = await recogniseAll(wanted, bytes, recogniser, limits);
  const read = assemblePages(wanted, found);
  const pages = document.pages.map((page): Page => {
    const result = found.get(page.number);
    return typeof result === 'string' ? { ...page, problem: result } : (read.get(page.number) ?? page);
  });
  const engine = pages.find(({ ocr }) => ocr !== undefined)?.ocr?.engine;
  if (engine === undefined) return { ...document, pages };
  const parser = `${document.parser}, ${engine}`;
  const quality = qualityOf(pages.map(({ state }) => state));
  const whole: ParsedDocument = { ...document, pages, parser, quality };
  const language = detectLanguage(documentText(whole));
  return language === undefined ? whole : { ...whole, language };
}
