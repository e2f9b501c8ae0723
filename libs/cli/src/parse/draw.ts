import type { Page, ParsedDocument } from '@docstream/contracts';
import type { Terminal } from '../terminal.js';
import { writeTo } from './destination.js';
import type { LocalParser, PagePainter, Picture } from './local-parser.js';
import { sheetOf, type Sheet } from './sheet.js';
import { svgOf } from './svg.js';

/** Of one drawing. */
export const MAX_DRAWN_PAGES = 50;

const BEST_PIXELS_PER_POINT = 2;
/** Below it words can't be read. */
const WORST_PIXELS_PER_POINT = 0.75;
const MAX_PIXELS = 40 * 1_048_576;
const MAX_SIDE_PIXELS = 32_000;

export interface Drawing {
  readonly parser: LocalParser;
  /** For progress and warnings. */
  readonly terminal: Terminal;
  readonly document: ParsedDocument;
  readonly pages: readonly Page[];
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Prints the drawing as SVG, page by page. A page of which there is no picture stays white, and that is said. */
export async function drawSvg(drawing: Drawing, to: Terminal): Promise<void> {
  const { terminal, document, pages, name } = drawing;
  const sheet = sheetOf(pages, document.pages.length);
  const missing = new Map<string, number[]>();
  await withPainter(drawing, async (painter) => {
    const pictureOf = async (page: number): Promise<Picture | null> => {
      if (pages.length > 1) terminal.progress(`drawing page ${page} …`);
      try {
        return await painter.drawPage(page);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        missing.set(reason, [...(missing.get(reason) ?? []), page]);
        return null;
      }
    };
    for await (const piece of svgOf(sheet, `${name} as the parser sees it`, pictureOf)) to.print(piece);
  });
  for (const [reason, numbers] of missing)
    terminal.warn(`page ${numbers.join(', ')}: boxes on white, for there is no picture: ${reason}`);
}

/** Writes the drawing to a PNG file. Null, or why it can't be, with what to do. */
export async function drawPng(drawing: Drawing, path: string, cwd: string): Promise<string | null> {
  const { terminal, document, pages } = drawing;
  const sheet = sheetOf(pages, document.pages.length);
  const pixelsPerPoint = scaleOf(sheet);
  if (pixelsPerPoint < WORST_PIXELS_PER_POINT)
    return 'the pages are too many or too large for one PNG: choose fewer with --page, or use --svg';
  terminal.progress(`drawing ${pages.length} of ${document.pages.length} pages …`);
  const { png, whitePages = [] } = await withPainter(drawing, (painter) =>
    painter.drawSheet(sheet, pixelsPerPoint),
  );
  await writeTo(path, cwd, async (_, writeBytes) => writeBytes(png));
  if (whitePages.length > 0)
    terminal.warn(`page ${whitePages.join(', ')}: boxes on white, for it can’t be drawn`);
  return null;
}

function scaleOf({ width, height }: Sheet): number {
  return Math.min(
    BEST_PIXELS_PER_POINT,
    Math.sqrt(MAX_PIXELS / (width * height)),
    MAX_SIDE_PIXELS / Math.max(width, height),
  );
}

async function withPainter<T>(
  { parser, bytes }: Drawing,
  work: (painter: PagePainter) => Promise<T>,
): Promise<T> {
  const painter = parser.openPainter(bytes);
  try {
    return await work(painter);
  } finally {
    await painter.close();
  }
}
