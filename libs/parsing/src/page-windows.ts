import type { Page } from '@docstream/contracts';
import type { RawPage } from '@docstream/core';
import { joinHyphenated, Vocabulary } from './hyphenation.js';
import { layOutPage, orFailed } from './lay-out-page.js';
import { markRunningTitles } from './running-titles.js';

/** So many pages are in memory at a time, and see each other. */
export const WINDOW_PAGES = 64;

function* textsOf(pages: readonly Page[]): Iterable<string> {
  for (const page of pages) for (const block of page.blocks) for (const line of block.lines) yield line.text;
}

/**
 * Raw pages to pages. What takes more than one page to know is decided in windows: from the pages of a window and what
 * was carried over from those before it.
 */
export class PageWindows {
  private window: Page[] = [];
  /** Carried over. */
  private readonly vocabulary = new Vocabulary();

  /** The pages that are finished by it: none or a window of them. */
  add(raw: RawPage): readonly Page[] {
    this.window.push(layOutPage(raw));
    return this.window.length < WINDOW_PAGES ? [] : this.flush();
  }

  flush(): readonly Page[] {
    const pages = this.window;
    this.window = [];
    this.vocabulary.learn(textsOf(pages));
    return markRunningTitles(pages).map((page) =>
      orFailed(page, () => ({ ...page, blocks: joinHyphenated(page.blocks, this.vocabulary) })),
    );
  }
}
