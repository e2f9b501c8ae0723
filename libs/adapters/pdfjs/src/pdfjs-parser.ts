import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  AnnotationMode,
  getDocument,
  InvalidPDFException,
  PasswordException,
  version,
  VerbosityLevel,
} from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist/types/src/display/api.js';
import {
  checkCharacters,
  checkPageCount,
  checkPdf,
  DocstreamError,
  hasPdfEnd,
  PoisonError,
  type PdfLimits,
  type PdfParser,
  type RawAttachment,
  type RawMetadata,
  type RawPage,
  type RawPdf,
} from '@docstream/core';
import { toMatrix, IDENTITY } from './matrix.js';
import { readOperators, type FontFacts, type Operators } from './operator-text.js';

const MAX_ATTACHMENTS = 100;
/** A page without text that draws this many paths shows something: text turned into outlines, a drawing. */
const DRAWN_PATHS = 40;

const packageFolder = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));

function mentionsImages(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('/Image', 0, 'latin1');
}

/** Opens with images dropped undecoded: only text is asked for. */
function open(bytes: Uint8Array, stopAtErrors: boolean) {
  return getDocument({
    // pdfjs takes the buffer over; the caller keeps its own.
    data: new Uint8Array(bytes),
    verbosity: VerbosityLevel.ERRORS,
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
    stopAtErrors,
  });
}

function toDocstreamError(thrown: unknown, bytes: Uint8Array): DocstreamError {
  if (thrown instanceof DocstreamError) return thrown;
  if (thrown instanceof PasswordException) {
    return new PoisonError('PDF_ENCRYPTED', 'The PDF opens with a password only.', { cause: thrown });
  }
  if (!hasPdfEnd(bytes)) {
    return new PoisonError('PDF_TRUNCATED', 'The PDF ends early: its end mark is missing.', {
      cause: thrown,
    });
  }
  const reason = thrown instanceof InvalidPDFException ? 'its structure is broken' : 'it can’t be opened';
  return new PoisonError('PDF_MALFORMED', `The PDF is damaged: ${reason}.`, { cause: thrown });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object';
}

/** Letters are half as wide as high, on average. */
function type3SizeScale(widths: unknown, widthScale: number): number {
  const known = isRecord(widths) ? Object.values(widths).filter((width) => Number(width) > 0) : [];
  const mean = known.reduce((sum: number, width) => sum + Number(width), 0) / known.length;
  return known.length === 0 || widthScale === 0 ? 1 : 2 * mean * Math.abs(widthScale);
}

function fontFacts(page: PDFPageProxy, name: string): FontFacts {
  const font: unknown = page.commonObjs.has(name) ? page.commonObjs.get(name) : undefined;
  if (!isRecord(font)) return { bold: false, vertical: false, widthScale: 0.001, sizeScale: 1 };
  const fontName = typeof font['name'] === 'string' ? font['name'] : '';
  const matrix = toMatrix(font['fontMatrix']);
  const isType3 = font['isType3Font'] === true && matrix !== null;
  return {
    bold:
      font['bold'] === true ||
      font['black'] === true ||
      /bold|black|heavy|demi|[-.,+]b$|cmbx|-medi$/i.test(fontName),
    vertical: font['vertical'] === true,
    widthScale: isType3 ? matrix[0] : 0.001,
    sizeScale: isType3 ? type3SizeScale(font['widths'], matrix[0]) : 1,
  };
}

async function readPage(document: PDFDocumentProxy, number: number) {
  const page = await document.getPage(number);
  try {
    const viewport = page.getViewport({ scale: 1 });
    const operators: Operators = await page.getOperatorList({ annotationMode: AnnotationMode.ENABLE });
    const fonts = new Map<string, FontFacts>();
    const { runs, pathCount } = readOperators(operators, toMatrix(viewport.transform) ?? IDENTITY, (name) => {
      const known = fonts.get(name) ?? fontFacts(page, name);
      fonts.set(name, known);
      return known;
    });
    const size = {
      number,
      width: viewport.width,
      height: viewport.height,
      rotation: ((viewport.rotation % 360) + 360) % 360,
    };
    return { ...size, runs, isDrawn: pathCount >= DRAWN_PATHS, hasContent: operators.fnArray.length > 0 };
  } finally {
    page.cleanup();
  }
}

/**
 * Which of these pages show an image. Told without decoding it: pdfjs drops what is larger than `maxImageSize`; when it
 * is to stop at errors, it gives the page up instead, and the list of its operators stays empty.
 */
async function pagesWithImages(bytes: Uint8Array, numbers: readonly number[]): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  const task = open(bytes, true);
  try {
    const document = await task.promise;
    for (const number of numbers) {
      const page = await document.getPage(number);
      const hasImage = await page.getOperatorList().then(
        ({ fnArray }) => fnArray.length === 0,
        () => true,
      );
      if (hasImage) found.add(number);
      page.cleanup();
    }
    return found;
  } catch {
    // Too damaged to be opened strictly: a file with images and a page without text is taken for a scan.
    return mentionsImages(bytes) ? new Set(numbers) : found;
  } finally {
    await task.destroy();
  }
}

async function readMetadata(document: PDFDocumentProxy): Promise<{ metadata: RawMetadata; isXfa: boolean }> {
  const result = await document.getMetadata().catch(() => null);
  const info: unknown = result?.info;
  if (!isRecord(info)) return { metadata: {}, isXfa: false };
  const text = (key: string): string | undefined => {
    const value = info[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const entries = {
    title: text('Title'),
    author: text('Author'),
    subject: text('Subject'),
    producer: text('Producer'),
    creator: text('Creator'),
    createdAt: text('CreationDate'),
    modifiedAt: text('ModDate'),
  };
  const metadata: RawMetadata = Object.fromEntries(
    Object.entries(entries).filter(([, value]) => value !== undefined),
  );
  return { metadata, isXfa: info['IsXFAPresent'] === true };
}

async function readAttachments(document: PDFDocumentProxy): Promise<RawAttachment[]> {
  const listed: unknown = await document.getAttachments().catch(() => null);
  if (!(listed instanceof Map)) return [];
  const attachments: RawAttachment[] = [];
  for (const [key, value] of listed as Map<unknown, unknown>) {
    if (attachments.length >= MAX_ATTACHMENTS) break;
    const name = isRecord(value) && typeof value['filename'] === 'string' ? value['filename'] : String(key);
    const content: unknown = await document.getAttachmentContent(String(key)).catch(() => null);
    attachments.push({ name, bytes: content instanceof Uint8Array ? content.length : 0 });
  }
  return attachments;
}

const isPlaceholder = (pages: readonly RawPage[]): boolean =>
  pages.length === 1 &&
  /please wait|veuillez patienter|bitte warten/i.test((pages[0]?.runs ?? []).map((run) => run.text).join(''));

/** pdfjs-dist behind the port: the default parser. Reads local fonts and character maps of its package only. */
export function createPdfjsParser(): PdfParser {
  return {
    async parse(bytes: Uint8Array, limits: PdfLimits): Promise<RawPdf> {
      checkPdf(bytes);
      const task = open(bytes, false);
      try {
        const document = await task.promise;
        const pageCount = document.numPages;
        if (pageCount < 0) {
          throw new PoisonError('PDF_MALFORMED', 'The PDF is damaged: it claims a negative number of pages.');
        }
        checkPageCount(pageCount, limits);
        const pages: RawPage[] = [];
        const drawn = new Set<number>();
        const textless: number[] = [];
        let characters = 0;
        for (let number = 1; number <= pageCount; number += 1) {
          try {
            const { isDrawn, hasContent, ...page } = await readPage(document, number);
            if (isDrawn) drawn.add(number);
            if (hasContent && !page.runs.some((run) => run.text.trim() !== '')) textless.push(number);
            for (const run of page.runs) characters += run.text.length;
            pages.push({ ...page, hasImages: false });
          } catch (thrown) {
            const problem = thrown instanceof Error ? thrown.name : 'unknown';
            pages.push({
              number,
              width: 0,
              height: 0,
              rotation: 0,
              runs: [],
              hasImages: false,
              problem: `The page could not be read (${problem}).`,
            });
          }
          checkCharacters(characters, limits);
        }
        const { metadata, isXfa } = await readMetadata(document);
        if (isXfa && isPlaceholder(pages)) {
          throw new PoisonError(
            'PDF_MALFORMED',
            'The PDF is a dynamic XFA form without a static page: print it to PDF and send that.',
          );
        }
        const attachments = await readAttachments(document);
        const withImages = textless.length > 0 ? await pagesWithImages(bytes, textless) : new Set<number>();
        return {
          parser: `pdfjs-dist ${version}`,
          pages: pages.map((page) =>
            withImages.has(page.number) || (drawn.has(page.number) && textless.includes(page.number))
              ? { ...page, hasImages: true }
              : page,
          ),
          metadata,
          attachments,
        };
      } catch (thrown) {
        throw toDocstreamError(thrown, bytes);
      } finally {
        await task.destroy();
      }
    },
  };
}
