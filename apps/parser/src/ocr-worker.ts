import {
  FatalError,
  packRecognised,
  type PageRenderer,
  type StageContext,
  type TextRecogniser,
} from '@docstream/core';

/** Of a page's image, whatever size the page claims to have: A4 at 300 dpi has 8.7 million. */
const MAX_PIXELS = 16_000_000;

/** What crosses into the process that recognises text, with each page. */
export interface OcrInput {
  readonly bytes: Uint8Array;
  /** From 1. */
  readonly page: number;
}

export interface OcrSettings {
  readonly languages: readonly string[];
  readonly dpi: number;
  readonly pageMs: number;
}

interface Session {
  readonly settings: OcrSettings;
  readonly renderer: PageRenderer;
  readonly recogniser: TextRecogniser;
}

let session: Session | undefined;

/** Awaited by the worker pool before the first page. FatalError CONFIGURATION_INVALID when a package is missing. */
export async function warmUp(settings: OcrSettings): Promise<void> {
  const [renderer, recogniser] = await Promise.all([loadRenderer(), loadRecogniser(settings)]).catch(
    (thrown: unknown) => {
      throw isMissing(thrown) ? missingPackages(thrown) : thrown;
    },
  );
  session = { settings, renderer, recogniser };
}

async function loadRenderer(): Promise<PageRenderer> {
  return (await import('@docstream/adapter-pdfjs')).createPdfjsRenderer();
}

async function loadRecogniser(settings: OcrSettings): Promise<TextRecogniser> {
  return (await import('@docstream/adapter-tesseract')).createTesseractRecogniser(settings);
}

const isMissing = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_MODULE_NOT_FOUND';

/** What only this needs is an optional dependency. */
const missingPackages = (cause: unknown): FatalError =>
  new FatalError(
    'CONFIGURATION_INVALID',
    'DOCSTREAM_OCR=tesseract needs the optional packages tesseract.js and @napi-rs/canvas: install with --include=optional',
    { cause },
  );

/** One page, to a packed RecognisedPage: drawn, then read, both within the page's time. A drawing that hangs is left to the worker pool. */
export async function recognisePage({ bytes, page }: OcrInput, _context: StageContext): Promise<Uint8Array> {
  if (session === undefined) throw new Error('The process that recognises text was not warmed up.');
  const { settings, renderer, recogniser } = session;
  const beganMs = performance.now();
  const image = await renderer.render(bytes, page, { dpi: settings.dpi, maxPixels: MAX_PIXELS });
  const leftMs = Math.max(1, settings.pageMs - Math.round(performance.now() - beganMs));
  const lines = await recogniser.recognise(image, leftMs);
  return packRecognised({ engine: recogniser.engine, lines, pointsPerPixel: image.pointsPerPixel });
}

/** For callers that are no worker process, which ends by itself. */
export async function close(): Promise<void> {
  await session?.recogniser.close();
  session = undefined;
}
