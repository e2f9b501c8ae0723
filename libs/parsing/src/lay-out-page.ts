import type { Page } from '@docstream/contracts';
import type { RawPage } from '@docstream/core';
import { WORDS } from './fragments.js';
import { toPage } from './to-page.js';

/** No sheet of paper has more; a page that claims to would take the time and memory of a whole document. */
const MOST_WORDS = 200_000;

function isCrowded({ runs }: RawPage): boolean {
  let words = 0;
  for (const { text } of runs) {
    const word = new RegExp(WORDS);
    while (words <= MOST_WORDS && word.test(text)) words += 1;
  }
  return words > MOST_WORDS;
}

type Sheet = Pick<Page, 'number' | 'width' | 'height' | 'rotation'>;

/** A page as made, or, where that throws, a failed one: what is odd on one page does not lose the document. */
export function orFailed({ number, width, height, rotation }: Sheet, make: () => Page): Page {
  try {
    return make();
  } catch (thrown) {
    const name = thrown instanceof Error ? thrown.name : typeof thrown;
    const problem = `Its text could not be put in order (${name}).`;
    return toPage({ number, width, height, rotation, runs: [], hasImages: false, problem });
  }
}

/** A raw page as a finished one; failed, and saying why, where its text is too much or can't be laid out. Never throws. */
export const layOutPage = (raw: RawPage): Page =>
  orFailed(raw, () => {
    if (!isCrowded(raw)) return toPage(raw);
    const most = MOST_WORDS.toLocaleString('en');
    return toPage({ ...raw, problem: raw.problem ?? `It has more than ${most} words, and was not read.` });
  });
