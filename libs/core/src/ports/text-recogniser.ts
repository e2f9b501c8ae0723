import type { Box } from '@docstream/contracts';
import type { Timed } from './worker.js';

/** A page as an image. Plain data. */
export interface PageImage {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** Row by row, one byte a pixel, 0 is black. */
  readonly grey: Uint8Array;
  readonly pointsPerPixel: number;
}

export interface RenderLimits {
  /** Wanted; a page too large for `maxPixels` gets fewer. */
  readonly dpi: number;
  readonly maxPixels: number;
}

/**
 * Draws one page (from 1) of a PDF as it is shown, rotation applied. The bytes are not changed. Decodes the images of
 * strangers in native code: run it in a worker pool of its own.
 * Errors: PoisonError PDF_ENCRYPTED, PDF_MALFORMED.
 */
export interface PageRenderer {
  render(bytes: Uint8Array, page: number, limits: RenderLimits): Promise<PageImage>;
}

/** A word found in an image. Pixels, origin at the top left. */
export interface RecognisedWord {
  readonly text: string;
  readonly box: Box;
  /** 0 to 1, by the engine's own measure. */
  readonly confidence: number;
}

export interface RecognisedLine {
  /** Left to right. */
  readonly words: readonly RecognisedWord[];
  /** Where the base line begins and ends, in pixels; not quite level in a scan. */
  readonly baseline: readonly [x0: number, y0: number, x1: number, y1: number];
  /** Height of the font in pixels, estimated. */
  readonly fontSize: number;
}

/**
 * Finds the text in an image (OCR). Takes seconds a page. Errors: PoisonError WORK_TIMEOUT when that takes longer than
 * `timeoutMs`; the next image is read all the same.
 */
export interface TextRecogniser {
  /** Engine with version and languages, e.g. `tesseract.js 7.0.0 (eng)`. */
  readonly engine: string;
  recognise(image: PageImage, timeoutMs: number): Promise<readonly RecognisedLine[]>;
  close(): Promise<void>;
}

/** What was found on one page. Plain data. */
export interface RecognisedPage {
  readonly engine: string;
  readonly lines: readonly RecognisedLine[];
  readonly pointsPerPixel: number;
}

/**
 * Renderer and recogniser together, wherever they run: a page (from 1) to a packed RecognisedPage. Any error means that this
 * page was not read.
 */
export interface PageRecogniser {
  recognise(bytes: Uint8Array, page: number): Promise<Timed<Uint8Array>>;
}
