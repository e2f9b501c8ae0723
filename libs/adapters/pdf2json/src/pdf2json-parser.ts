import PDFParser, { type Output, type Page, type Text } from 'pdf2json';
import {
  checkCharacters,
  checkPageCount,
  checkPdf,
  DocstreamError,
  hasPdfEnd,
  PoisonError,
  type OpenPdf,
  type PdfLimits,
  type PdfParser,
  type RawMetadata,
  type RawPage,
  type RawRun,
} from '@docstream/core';
import { fieldsOf } from './fields.js';
import { mayHaveImages } from './images.js';
import { rulesOf } from './rules.js';

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

function toPage(page: Page, index: number, mayShowImages: boolean): RawPage {
  const runs = page.Texts.map(toRun).filter((run) => run !== null);
  const rules = rulesOf(page, UNIT);
  const fields = fieldsOf(page, UNIT);
  return {
    number: index + 1,
    width: page.Width * UNIT,
    height: page.Height * UNIT,
    rotation: 0,
    runs,
    // Images are not reported: where the file has some, a page without text is taken for a scan.
    hasImages: mayShowImages || page.Fills.length > 0,
    ...(rules.length === 0 ? {} : { rules }),
    ...(fields.length === 0 ? {} : { fields }),
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
    keywords: 'Keywords',
    pdfVersion: 'PDFFormatVersion',
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

/** What it throws past its caller, from a callback of its own, is this document's failure too. */
function load(bytes: Uint8Array): Promise<Output> {
  // It reads past a view into a shared buffer: it gets an ArrayBuffer of its own.
  const own = Buffer.from(new Uint8Array(bytes).buffer);
  const parser = new PDFParser(null, false);
  let escaped: (error: unknown) => void = () => undefined;
  return new Promise<Output>((resolve, reject) => {
    escaped = reject;
    process.once('uncaughtException', escaped);
    process.once('unhandledRejection', escaped);
    parser.on('pdfParser_dataReady', resolve);
    parser.on('pdfParser_dataError', (error) => reject(error instanceof Error ? error : error.parserError));
    parser.parseBuffer(own, WARNINGS_OFF);
  }).finally(() => {
    process.off('uncaughtException', escaped);
    process.off('unhandledRejection', escaped);
    parser.destroy();
  });
}

/**
 * pdf2json behind the port: the second parser. On some files it never answers: only in a worker pool, whose limits end
 * it. Reads the whole document at once. Tells no rotation, no links, no outline, no attachments, and no images but that
 * the file has some.
 */
export function createPdf2jsonParser(): PdfParser {
  return {
    async open(bytes: Uint8Array, limits: PdfLimits): Promise<OpenPdf> {
      checkPdf(bytes);
      const output = await load(bytes).catch((thrown: unknown) => {
        throw toDocstreamError(thrown, bytes);
      });
      checkPageCount(output.Pages.length, limits);
      return {
        parser: `pdf2json ${PDFParser.pkInfo.version}`,
        pageCount: output.Pages.length,
        async *pages() {
          let characters = 0;
          const mayShowImages = mayHaveImages(bytes);
          for (const [index, read] of output.Pages.entries()) {
            const page = toPage(read, index, mayShowImages);
            for (const run of page.runs) characters += run.text.length;
            checkCharacters(characters, limits);
            yield page;
          }
        },
        rest: () => Promise.resolve({ metadata: toMetadata(output.Meta), attachments: [] }),
        close: () => Promise.resolve(),
      };
    },
  };
}
