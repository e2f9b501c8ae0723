import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { getDocument, VerbosityLevel } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { repairPageCounts } from './page-counts.js';

const packageFolder = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));

/**
 * Opens with images dropped undecoded: only text is asked for. Reads local fonts and character maps of its package only.
 * Reads on past errors and says so: every call of what it gives back has to be made while listening.
 */
export function openTask(bytes: Uint8Array) {
  return getDocument({
    // pdfjs takes the buffer over; the caller keeps its own.
    data: new Uint8Array(repairPageCounts(bytes)),
    verbosity: VerbosityLevel.INFOS,
    standardFontDataUrl: join(packageFolder, 'standard_fonts/'),
    cMapUrl: join(packageFolder, 'cmaps/'),
    cMapPacked: true,
    useSystemFonts: false,
    useWasm: false,
    useWorkerFetch: false,
    disableFontFace: true,
    fontExtraProperties: true,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    enableXfa: false,
    maxImageSize: 1,
    stopAtErrors: false,
  });
}
