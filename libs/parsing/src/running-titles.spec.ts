import { describe, expect, it } from '@jest/globals';
import type { Block, Page } from '@docstream/contracts';
import { markRunningTitles } from './running-titles.js';

const block = (text: string, top: number, left = 50): Block => {
  const box = [left, top, left + 100, top + 10] as const;
  const words = text.split(' ').map((word) => ({ text: word, box }));
  return { box, lines: [{ text, box, words, fontSize: 10, bold: false }] };
};
const page = (number: number, ...blocks: readonly Block[]): Page => ({
  number,
  width: 600,
  height: 800,
  rotation: 0,
  state: 'text',
  blocks,
});
const rolesOf = (pages: readonly Page[]) => pages.map((each) => each.blocks.map((part) => part.role ?? '-'));

describe('running titles', () => {
  it('are what most pages around have at the same place, page numbers among them', () => {
    const pages = Array.from({ length: 5 }, (_, n) =>
      page(
        n + 1,
        block('Annual report', 40),
        block(`Chapter text of page ${n} of its own`, 300),
        block(`Page ${n + 1}`, 770),
      ),
    );
    expect(rolesOf(markRunningTitles(pages))).toEqual(pages.map(() => ['header', '-', 'footer']));
  });

  it('may alternate between left and right pages', () => {
    const pages = Array.from({ length: 6 }, (_, n) =>
      page(
        n + 1,
        n % 2 === 0 ? block('The author', 40) : block('The title', 40, 400),
        block(`text ${'ab'.repeat(n)}`, 300),
      ),
    );
    expect(rolesOf(markRunningTitles(pages))).toEqual(pages.map(() => ['header', '-']));
  });

  it('are not what stands in the middle, at another height, or on one page only', () => {
    const same = [page(1, block('Same', 400)), page(2, block('Same', 400)), page(3, block('Same', 400))];
    const moved = [page(1, block('Note', 20)), page(2, block('Note', 60)), page(3, block('Note', 90))];
    const single = [page(1, block('Title', 40))];
    expect([same, moved, single].map((pages) => rolesOf(markRunningTitles(pages)).flat())).toEqual([
      ['-', '-', '-'],
      ['-', '-', '-'],
      ['-'],
    ]);
  });
});
