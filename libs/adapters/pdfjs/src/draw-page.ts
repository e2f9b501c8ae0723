import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PoisonError } from '@docstream/core';
import { getDocument, PasswordException, VerbosityLevel } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { PDFDocumentProxy } from 'pdfjs-dist/types/src/display/api.js';

/** As much of a canvas as is used here and by those who draw on it. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d'): CanvasContext;
  toBuffer(mediaType: 'image/png'): Uint8Array;
}

export interface CanvasContext {
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  globalAlpha: number;
  font: string;
  fillRect(x: number, y: number, width: number, height: number): void;
  strokeRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
  setLineDash(lengths: number[]): void;
  scale(x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
  drawImage(image: object, x: number, y: number, width: number, height: number): void;
}

/** The optional dependency of pdfjs-dist that it draws on; loads native code. */
export interface CanvasModule {
  createCanvas(width: number, height: number): Canvas;
  readonly GlobalFonts: { registerFromPath(path: string, family: string): unknown };
}

export interface DrawnPage {
  readonly canvas: Canvas;
  /** At most the scale that was asked for. */
  readonly pixelsPerPoint: number;
}

export interface RenderOptions {
  readonly pixelsPerPoint: number;
  /** A page that would have more is drawn at a smaller scale. */
  readonly maxPixels: number;
}

export interface DrawablePages {
  readonly pageCount: number;
  /** A page, from 1, as a reader sees it: rotated, on white, with its annotations and the values of its form fields. */
  draw(number: number, options: RenderOptions): Promise<DrawnPage>;
  close(): Promise<void>;
}

/** Family name of the sans-serif font that is always there, registered by `loadCanvas`. */
export const CANVAS_FONT = 'Docstream Sans';
/** An image of more pixels is left out: A4 at 600 dpi has 35 million. In colour, 64 million take more than 1 GiB. */
const MAX_IMAGE_PIXELS = 40_000_000;
/** Skia draws no further. */
const MAX_SIDE_PIXELS = 16_384;

const requireHere = createRequire(import.meta.url);
const packageJson = requireHere.resolve('pdfjs-dist/package.json');
const packageFolder = dirname(packageJson);

/** The canvas that pdfjs-dist draws on. Fails where npm could not install it: it is optional and made for few platforms. */
export function loadCanvas(): CanvasModule {
  const canvas = createRequire(packageJson)('@napi-rs/canvas') as CanvasModule;
  canvas.GlobalFonts.registerFromPath(
    join(packageFolder, 'standard_fonts/LiberationSans-Regular.ttf'),
    CANVAS_FONT,
  );
  return canvas;
}

/** The scale that is asked for, or the largest at which the page keeps within the bounds; 0 for a page without area. */
export function boundedScale(
  width: number,
  height: number,
  { pixelsPerPoint, maxPixels }: RenderOptions,
): number {
  if (!(width > 0 && height > 0 && Number.isFinite(width * height))) return 0;
  return Math.min(
    pixelsPerPoint,
    Math.sqrt(maxPixels / (width * height)),
    MAX_SIDE_PIXELS / Math.max(width, height),
  );
}

async function drawPage(
  document: PDFDocumentProxy,
  canvasModule: CanvasModule,
  number: number,
  options: RenderOptions,
): Promise<DrawnPage> {
  const page = await document.getPage(number);
  try {
    const unscaled = page.getViewport({ scale: 1 });
    const scale = boundedScale(unscaled.width, unscaled.height, options);
    const [width, height] = [Math.floor(unscaled.width * scale), Math.floor(unscaled.height * scale)];
    if (width < 1 || height < 1) throw new PoisonError('PDF_MALFORMED', 'The page has no area to be drawn.');
    const canvas = canvasModule.createCanvas(width, height);
    await page.render({
      canvas,
      viewport: page.getViewport({ scale }),
      background: '#ffffff',
    }).promise;
    return { canvas, pixelsPerPoint: scale };
  } finally {
    page.cleanup();
  }
}

/**
 * Opens a PDF to draw its pages. May take very long or all memory on hostile input, and runs native code on it: only
 * in a worker pool of its own. Errors: PoisonError PDF_ENCRYPTED, PDF_MALFORMED; an Error where there is no canvas.
 */
export async function openToDraw(bytes: Uint8Array): Promise<DrawablePages> {
  const canvasModule = loadCanvas();
  const task = getDocument({
    // pdfjs takes the buffer over; the caller keeps its own.
    data: new Uint8Array(bytes),
    verbosity: VerbosityLevel.ERRORS,
    standardFontDataUrl: join(packageFolder, 'standard_fonts/'),
    cMapUrl: join(packageFolder, 'cmaps/'),
    cMapPacked: true,
    iccUrl: join(packageFolder, 'iccs/'),
    wasmUrl: join(packageFolder, 'wasm/'),
    useSystemFonts: false,
    useWorkerFetch: false,
    disableFontFace: true,
    enableXfa: false,
    maxImageSize: MAX_IMAGE_PIXELS,
    canvasMaxAreaInBytes: 4 * MAX_IMAGE_PIXELS,
  });
  try {
    const document = await task.promise;
    return {
      pageCount: document.numPages,
      draw: (number, options) => drawPage(document, canvasModule, number, options),
      close: () => task.destroy(),
    };
  } catch (thrown) {
    await task.destroy();
    if (thrown instanceof PasswordException) {
      throw new PoisonError('PDF_ENCRYPTED', 'The PDF opens with a password only.', { cause: thrown });
    }
    throw new PoisonError('PDF_MALFORMED', 'The PDF is damaged: it can’t be opened.', { cause: thrown });
  }
}
