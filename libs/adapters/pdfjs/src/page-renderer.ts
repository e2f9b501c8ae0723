import { DocstreamError, PoisonError, type PageRenderer } from '@docstream/core';
import { openToDraw } from './draw-page.js';

const POINTS_PER_INCH = 72;

/** By the weights of ITU-R BT.601. */
function toGrey(pixels: Uint8ClampedArray): Uint8Array {
  const grey = new Uint8Array(pixels.length / 4);
  for (let index = 0, at = 0; index < grey.length; index += 1, at += 4) {
    grey[index] =
      (299 * (pixels[at] ?? 0) + 587 * (pixels[at + 1] ?? 0) + 114 * (pixels[at + 2] ?? 0)) / 1000;
  }
  return grey;
}

/** Pages as grey images, drawn with pdfjs and a canvas of native code. */
export function createPdfjsRenderer(): PageRenderer {
  return {
    async render(bytes, number, { dpi, maxPixels }) {
      const pages = await openToDraw(bytes);
      try {
        const { canvas, pixelsPerPoint } = await pages.draw(number, {
          pixelsPerPoint: dpi / POINTS_PER_INCH,
          maxPixels,
        });
        const { width, height } = canvas;
        const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
        return { width, height, grey: toGrey(data), pointsPerPixel: 1 / pixelsPerPoint };
      } catch (thrown) {
        if (thrown instanceof DocstreamError) throw thrown;
        throw new PoisonError('PDF_MALFORMED', 'The page could not be drawn.', { cause: thrown });
      } finally {
        await pages.close();
      }
    },
  };
}
