import { version } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { PDFDocumentProxy } from 'pdfjs-dist/types/src/display/api.js';
import {
  checkCharacters,
  checkPageCount,
  checkPdf,
  PoisonError,
  type OpenPdf,
  type PdfLimits,
  type PdfParser,
  type RawPage,
  type RawRest,
} from '@docstream/core';
import { readAttachments, type AttachedFile } from './attachments.js';
import { toDocstreamError } from './failures.js';
import { isXfa, readMetadata } from './metadata.js';
import { listen, newNotices } from './notices.js';
import { openTask } from './open-task.js';
import { readOutline } from './outline.js';
import { PageContents } from './page-contents.js';
import { PageNumbers } from './page-numbers.js';
import { readPage } from './page-reader.js';

/** Pages after which pdfjs drops what it keeps for the next ones: fonts, objects of the file. */
const CLEANUP_EVERY = 64;

const textOf = (page: Pick<RawPage, 'runs'>): string => page.runs.map((run) => run.text).join('');

function charactersOf({ runs, fields = [] }: RawPage): number {
  return (
    runs.reduce((count, run) => count + run.text.length, 0) +
    fields.reduce((count, field) => count + field.name.length + (field.value?.length ?? 0), 0)
  );
}

function failedPage(number: number, thrown: unknown): RawPage {
  const problem = thrown instanceof Error ? thrown.name : 'unknown';
  return {
    number,
    width: 0,
    height: 0,
    rotation: 0,
    runs: [],
    hasImages: false,
    problem: `The page could not be read (${problem}).`,
  };
}

class PdfjsDocument implements OpenPdf {
  readonly parser = `pdfjs-dist ${version}`;
  readonly pageCount: number;
  private readonly numbers: PageNumbers;
  private readonly contents: PageContents;
  private readonly files: AttachedFile[] = [];

  constructor(
    private readonly document: PDFDocumentProxy,
    bytes: Uint8Array,
    private readonly limits: PdfLimits,
  ) {
    this.pageCount = document.numPages;
    this.numbers = new PageNumbers(document);
    this.contents = new PageContents(bytes);
  }

  async *pages(): AsyncGenerator<RawPage, void> {
    let characters = 0;
    for (let number = 1; number <= this.pageCount; number += 1) {
      const page = await this.readPage(number);
      characters += charactersOf(page);
      checkCharacters(characters, this.limits);
      await this.refuseDynamicForm(page);
      yield page;
      if (number % CLEANUP_EVERY === 0) await this.cleanUp();
    }
  }

  async rest(): Promise<RawRest> {
    return listen(async () => {
      const outline = await readOutline(this.document, this.numbers);
      return {
        metadata: await readMetadata(this.document),
        ...(await readAttachments(this.document, this.files)),
        ...(outline.length === 0 ? {} : { outline }),
      };
    });
  }

  async close(): Promise<void> {
    await listen(() => this.document.loadingTask.destroy());
  }

  private async cleanUp(): Promise<void> {
    // Refused while a page is still being read: the next time will do.
    await listen(() => this.document.cleanup()).catch(() => undefined);
  }

  private async readPage(number: number): Promise<RawPage> {
    try {
      const notices = newNotices();
      const { page, files } = await listen(
        () => readPage(this.document, number, this.numbers, this.contents, notices),
        notices,
      );
      this.files.push(...files);
      return page;
    } catch (thrown) {
      return failedPage(number, thrown);
    }
  }

  private async refuseDynamicForm(page: RawPage): Promise<void> {
    const isPlaceholder = /please wait|veuillez patienter|bitte warten/i.test(textOf(page));
    if (this.pageCount > 1 || !isPlaceholder || !(await listen(() => isXfa(this.document)))) return;
    throw new PoisonError(
      'PDF_MALFORMED',
      'The PDF is a dynamic XFA form without a static page: print it to PDF and send that.',
      { facts: { dynamicForm: true } },
    );
  }
}

/** pdfjs-dist behind the port: the default parser. */
export function createPdfjsParser(): PdfParser {
  return {
    async open(bytes: Uint8Array, limits: PdfLimits): Promise<OpenPdf> {
      checkPdf(bytes);
      const task = listen(() => openTask(bytes));
      try {
        const document = await listen(() => task.promise);
        if (document.numPages < 0) {
          throw new PoisonError('PDF_MALFORMED', 'The PDF is damaged: it claims a negative number of pages.');
        }
        checkPageCount(document.numPages, limits);
        return new PdfjsDocument(document, bytes, limits);
      } catch (thrown) {
        await listen(() => task.destroy());
        throw toDocstreamError(thrown, bytes);
      }
    },
  };
}
