import { CANVAS_FONT, loadCanvas, openToDraw, type DrawablePages } from '@docstream/adapter-pdfjs';
import { paintSheet, type Picture, type Sheet } from '@docstream/cli';

/** What crosses into the process that draws: one page, or a whole sheet. */
export type DrawInput =
  { readonly page: number } | { readonly sheet: Sheet; readonly pixelsPerPoint: number };

const PAGE_OPTIONS = { pixelsPerPoint: 1.5, maxPixels: 4_000_000 };

let pages: DrawablePages | null = null;

/** Opens the PDF that all calls are about. */
export async function warmUp(bytes: Uint8Array): Promise<void> {
  pages = await openToDraw(bytes);
}

/** Runs in a worker pool of one document. */
export async function draw(input: DrawInput): Promise<Picture> {
  if (pages === null) throw new Error('There is no PDF to be drawn.');
  if (!('page' in input)) return drawSheet(pages, input.sheet, input.pixelsPerPoint);
  const { canvas } = await pages.draw(input.page, PAGE_OPTIONS);
  return { png: canvas.toBuffer('image/png') };
}

async function drawSheet(open: DrawablePages, sheet: Sheet, pixelsPerPoint: number): Promise<Picture> {
  const { createCanvas } = loadCanvas();
  const canvas = createCanvas(
    Math.ceil(sheet.width * pixelsPerPoint),
    Math.ceil(sheet.height * pixelsPerPoint),
  );
  const context = canvas.getContext('2d');
  context.scale(pixelsPerPoint, pixelsPerPoint);
  const whitePages: number[] = [];
  await paintSheet(context, sheet, CANVAS_FONT, async (page) => {
    try {
      return (await open.draw(page, { ...PAGE_OPTIONS, pixelsPerPoint })).canvas;
    } catch {
      whitePages.push(page);
      return null;
    }
  });
  return { png: canvas.toBuffer('image/png'), whitePages };
}
