import { pageText, qualityOf, type Page, type ParsedDocument } from '@docstream/contracts';
import type { RawPage, RawPdf, RawRest } from '@docstream/core';
import { readAttachments } from './attachments.js';
import { detectLanguage, LANGUAGE_SAMPLE } from './language.js';
import { toMetadata, toOutline } from './metadata.js';
import { PageWindows } from './page-windows.js';

/** A ParsedDocument without its pages. */
export type DocumentFrame = Omit<ParsedDocument, 'version' | 'pages'>;

/**
 * Makes a document of what a parser sees, page by page: raw pages in, finished pages out, some later, when their
 * neighbours are known. Keeps a window of pages and no more. Pure; never fails on odd input.
 */
export class DocumentAssembler {
  private readonly windows = new PageWindows();
  private readonly states: Pick<Page, 'state' | 'problem'>[] = [];
  private sample = '';

  add(raw: RawPage): readonly Page[] {
    return this.note(this.windows.add(raw));
  }

  /** The pages that were still waiting. */
  flush(): readonly Page[] {
    return this.note(this.windows.flush());
  }

  get allPagesFailed(): boolean {
    return this.states.length > 0 && this.states.every(({ state }) => state === 'failed');
  }

  /** After `flush`. */
  frame(parser: string, rest: RawRest): DocumentFrame {
    const outline = toOutline(rest.outline ?? []);
    const language = detectLanguage(this.sample);
    const leftOut = rest.attachmentsLeftOut;
    return {
      metadata: toMetadata(rest.metadata),
      ...readAttachments(rest.attachments),
      ...(leftOut === undefined ? {} : { attachmentsLeftOut: leftOut }),
      ...(outline.length === 0 ? {} : { outline }),
      quality: qualityOf(this.states),
      parser,
      ...(language === undefined ? {} : { language }),
    };
  }

  private note(pages: readonly Page[]): readonly Page[] {
    for (const page of pages) {
      if (this.sample.length < LANGUAGE_SAMPLE) this.sample += `${pageText(page)}\n\f`;
      this.states.push({
        state: page.state,
        ...(page.problem === undefined ? {} : { problem: page.problem }),
      });
    }
    return pages;
  }
}

/** What a parser saw of the whole document, as a document. */
export function assembleDocument(raw: RawPdf): ParsedDocument {
  const assembler = new DocumentAssembler();
  const pages = raw.pages.flatMap((page) => assembler.add(page));
  pages.push(...assembler.flush());
  return { version: 1, pages, ...assembler.frame(raw.parser, raw) };
}
