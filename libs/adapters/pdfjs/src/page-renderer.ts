import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PoisonError, type PageImage, type PageRenderer, type RenderLimits } from '@docstream/core';
import {
  AnnotationMode,
  getDocument,
  PasswordException,
  VerbosityLevel,
} from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Canvas } from '@napi-rs/canvas';
import type { PDFPageProxy } from 'pdfjs-dist/types/src/display/api.js';

const POINTS_PER_INCH = 72;
/** Of a side: what Skia and Tesseract both take. */
const MAX_SIDE = 16_384;
/** An image of more pixels is left out: A4 at 600 dpi has 35 million. In colour, 64 million take more than 1 GiB. */
const MAX_IMAGE_PIXELS = 40_000_000;

const packageFolder = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));

function open(bytes: Uint8Array) {
  return getDocument({
    // pdfjs takes the buffer over; the caller keeps its own.
    data: new Uint8Array(bytes),
    verbosity: VerbosityLevel.ERRORS,
    standardFontDataUrl: join(packageFolder, 'standard_fonts/'),
    cMapUrl: join(packageFolder, 'cmaps/'),
    cMapPacked: true,
    wasmUrl: join(packageFolder, 'wasm/'),
    iccUrl: join(packageFolder, 'iccs/'),
    useSystemFonts: false,
    useWorkerFetch: false,
    disableFontFace: true,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    enableXfa: false,
    maxImageSize: MAX_IMAGE_PIXELS,
  });
}

/** Pixels a point: as many as are wanted, fewer where the page is so large that its image would be. */
export function scaleFor(width: number, height: number, { dpi, maxPixels }: RenderLimits): number {
  return Math.min(
    dpi / POINTS_PER_INCH,
    Math.sqrt(maxPixels / (width * height)),
    MAX_SIDE / Math.max(width, height),
  );
}

/** By the weights of ITU-R BT.601, on white. */
function toGrey(pixels: Uint8ClampedArray): Uint8Array {
  const grey = new Uint8Array(pixels.length / 4);
  for (let index = 0, at = 0; index < grey.length; index += 1, at += 4) {
    grey[index] =
      (299 * (pixels[at] ?? 0) + 587 * (pixels[at + 1] ?? 0) + 114 * (pixels[at + 2] ?? 0)) / 1000;
  }
  return grey;
}

type CreateCanvas = (width: number, height: number) => Canvas;

async function draw(
  page: PDFPageProxy,
  limits: RenderLimits,
  createCanvas: CreateCanvas,
): Promise<PageImage> {
  const shown = page.getViewport({ scale: 1 });
  const scale = scaleFor(shown.width, shown.height, limits);
  const width = Math.max(1, Math.floor(shown.width * scale));
  const height = Math.max(1, Math.floor(shown.height * scale));
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  await page.render({
    canvas: null,
    canvasContext: context,
    viewport: page.getViewport({ scale }),
    annotationMode: AnnotationMode.ENABLE,
  }).promise;
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, grey: toGrey(data), pointsPerPixel: 1 / scale };
}

/**
 * Draws pages with pdfjs and a canvas of native code (Skia), which is loaded here. Reads local fonts and decoders of its
 * package only.
 */
export async function createPdfjsRenderer(): Promise<PageRenderer> {
  const { createCanvas } = await import('@napi-rs/canvas');
  return {
    async render(bytes, number, limits) {
      const task = open(bytes);
      try {
        const document = await task.promise;
        return await draw(await document.getPage(number), limits, createCanvas);
      } catch (thrown) {
        if (thrown instanceof PasswordException) {
          throw new PoisonError('PDF_ENCRYPTED', 'The PDF opens with a password only.', { cause: thrown });
        }
        throw new PoisonError('PDF_MALFORMED', 'The page could not be drawn.', { cause: thrown });
      } finally {
        await task.destroy();
      }
    },
  };
}
