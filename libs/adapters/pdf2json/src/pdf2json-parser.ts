import PDFParser, { type Output, type Page, type Text } from 'pdf2json';
import {
  checkCharacters,
  checkPageCount,
  checkPdf,
  DocstreamError,
  hasPdfEnd,
  PoisonError,
  type PdfLimits,
  type PdfParser,
  type RawMetadata,
  type RawPage,
  type RawPdf,
  type RawRun,
} from '@docstream/core';

/** pdf2json's page unit in points; its texts lie this far off the base line, in the same unit [measured]. */
const UNIT = 16;
const SHIFT_X = 0.25;
const SHIFT_Y = 0.75;
/** Its font sizes are pixels of 1/96 inch. */
const PIXEL = 0.75;
const WARNINGS_OFF = 0;

function toRun(text: Text): RawRun | null {
  const content = text.R.map((run) => run.T).join('');
  const style = text.R[0];
  if (content === '' || style === undefined) return null;
  const [, pixels, bold] = style.TS;
  return {
    text: content,
    x: (text.x + SHIFT_X) * UNIT,
    y: (text.y + SHIFT_Y) * UNIT,
    angle: (((style.RA ?? 0) % 360) + 360) % 360,
    length: text.w,
    fontSize: pixels * PIXEL,
    bold: bold === 1,
  };
}

function toPage(page: Page, index: number): RawPage {
  const runs = page.Texts.map(toRun).filter((run) => run !== null);
  return {
    number: index + 1,
    width: page.Width * UNIT,
    height: page.Height * UNIT,
    rotation: 0,
    runs,
    // Images are not reported; what is filled or ruled is.
    hasImages: runs.length === 0 && page.Fills.length > 0,
  };
}

function toMetadata(meta: Readonly<Record<string, unknown>>): RawMetadata {
  const names = {
    title: 'Title',
    author: 'Author',
    subject: 'Subject',
    producer: 'Producer',
    creator: 'Creator',
    createdAt: 'CreationDate',
    modifiedAt: 'ModDate',
  };
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, key]) => {
      const value = meta[key];
      return typeof value === 'string' && value !== '' ? [[name, value]] : [];
    }),
  );
}

function toDocstreamError(thrown: unknown, bytes: Uint8Array): DocstreamError {
  if (thrown instanceof DocstreamError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  if (/password|encrypt/i.test(text)) {
    return new PoisonError('PDF_ENCRYPTED', 'The PDF opens with a password only.', { cause: thrown });
  }
  if (!hasPdfEnd(bytes)) {
    return new PoisonError('PDF_TRUNCATED', 'The PDF ends early: its end mark is missing.', {
      cause: thrown,
    });
  }
  return new PoisonError('PDF_MALFORMED', 'The PDF is damaged: its structure is broken.', { cause: thrown });
}

function load(bytes: Uint8Array): Promise<Output> {
  // It reads past a view into a shared buffer: it gets an ArrayBuffer of its own.
  const own = Buffer.from(new Uint8Array(bytes).buffer);
  const parser = new PDFParser(null, false);
  return new Promise<Output>((resolve, reject) => {
    parser.on('pdfParser_dataReady', resolve);
    parser.on('pdfParser_dataError', (error) => reject(error instanceof Error ? error : error.parserError));
    parser.parseBuffer(own, WARNINGS_OFF);
  }).finally(() => parser.destroy());
}

/**
 * pdf2json behind the port: the second parser. On some files it never answers, on others it throws past its caller: only
 * in a worker pool, whose limits end it. Tells no rotation, no attachments and no images.
 */
export function createPdf2jsonParser(): PdfParser {
  return {
    async parse(bytes: Uint8Array, limits: PdfLimits): Promise<RawPdf> {
      checkPdf(bytes);
      const output = await load(bytes).catch((thrown: unknown) => {
        throw toDocstreamError(thrown, bytes);
      });
      const pageCount = output.Pages.length;
      checkPageCount(pageCount, limits);
      const pages = output.Pages.map(toPage);
      const characters = pages
        .flatMap((page) => page.runs)
        .reduce((count, run) => count + run.text.length, 0);
      checkCharacters(characters, limits);
      return {
        parser: `pdf2json ${PDFParser.pkInfo.version}`,
        pages,
        metadata: toMetadata(output.Meta),
        attachments: [],
      };
    },
  };
}
