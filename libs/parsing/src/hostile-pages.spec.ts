import { describe, expect, it } from '@jest/globals';
import { linesOf, type Page } from '@docstream/contracts';
import type { RawPage, RawRun } from '@docstream/core';
import { assembleDocument } from './assemble-document.js';

const run = (text: string, x: number, y: number, more: Partial<RawRun> = {}): RawRun => ({
  text,
  x,
  y,
  angle: 0,
  length: text.length * 4,
  fontSize: 8,
  bold: false,
  ...more,
});
const many = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index));

const rawOf = (runs: readonly RawRun[], more: Partial<RawPage> = {}): RawPage => ({
  number: 1,
  width: 10_000_000,
  height: 10_000_000,
  rotation: 0,
  runs,
  hasImages: false,
  ...more,
});
const assemble = (...pages: readonly RawPage[]) =>
  assembleDocument({ parser: 'none 1', pages, metadata: {}, attachments: [] });
const wordsOf = (page: Page | undefined): number =>
  page === undefined ? 0 : linesOf(page).reduce((count, line) => count + line.words.length, 0);

/** Four times as much may take ten times as long, never sixteen: that is the square. */
const TIMES = 4;
const GROWTH = 10;
/** Less is lost among the noise of the machine, in milliseconds of processor time. */
const LEAST_MS = 60;

function costOf(raw: RawPage): { readonly cost: number; readonly words: number; readonly state?: string } {
  const before = process.cpuUsage();
  const [page] = assemble(raw).pages;
  const { user, system } = process.cpuUsage(before);
  return { cost: (user + system) / 1000, words: wordsOf(page), ...(page && { state: page.state }) };
}

interface Shape {
  readonly name: string;
  readonly count: number;
  readonly runs: (count: number) => readonly RawRun[];
  readonly rules?: NonNullable<RawPage['rules']>;
}

const table = (count: number): RawRun[] => [
  ...['Item', 'Text', 'Price', 'Sum'].map((text, column) => run(text, 20 + column * 140, 20)),
  ...many(count, (n) =>
    run(['1', 'Thing', '2.50', '7.50'][n % 4] ?? '', 20 + (n % 4) * 140, 32 + (n >> 2) * 12),
  ),
];

const SHAPES: readonly Shape[] = [
  {
    name: 'words in one row',
    count: 10_000,
    runs: (count) => many(count, (n) => run('a', n * 3, 400, { fontSize: 1 })),
  },
  { name: 'words in one run', count: 10_000, runs: (count) => [run('a '.repeat(count), 10, 400)] },
  {
    name: 'lines of two staggered columns',
    count: 2_500,
    runs: (count) =>
      many(count, (n) =>
        run(`some words here ${n} of it`, n % 2 ? 20 : 320, 20 + (n >> 1) * 10 + (n % 2) * 5),
      ),
  },
  {
    name: 'lines of two columns with lines across both',
    count: 750,
    runs: (count) =>
      many(count, (n) =>
        n % 30 === 29
          ? run(`a line that crosses all of the page ${n}`, 20, 20 + (n >> 1) * 10, { length: 560 })
          : run(`some words here ${n} of it that go on`, n % 2 ? 20 : 320, 20 + (n >> 1) * 10, {
              length: 250,
            }),
      ),
  },
  {
    name: 'lines of one block',
    count: 2_500,
    runs: (count) => many(count, (n) => run(`one line of it ${n}`, 20, 20 + n * (10 + (n % 7) / 100))),
  },
  {
    name: 'small print beside the pieces of a row',
    count: 10_000,
    runs: (count) => [
      ...many(count / 2, (n) => run('A', n * 20, 400, { fontSize: 12, length: 5 })),
      ...many(count / 2, (n) => run('b', n * 20 + 15, 405, { fontSize: 4, length: 2 })),
    ],
  },
  {
    name: 'small print beside pieces on one place',
    count: 10_000,
    runs: (count) => [
      run('Q', 0, 400, { fontSize: 100 }),
      ...many(count / 2, (n) => run(`A${n}`, 10 + (n % 7) / 1000, 400, { fontSize: 3 + (n % 5), length: 5 })),
      ...many(count / 2, (n) => run(`b${n}`, 15, 430, { fontSize: 4, length: 2 })),
    ],
  },
  {
    name: 'words from left to right in a line from right to left',
    count: 10_000,
    runs: (count) => [
      run('\u05d0'.repeat(count * 5), count * 30, 400),
      ...many(count, (n) => run(`w${n % 97}`, n * 30, 400, { length: 10 })),
    ],
  },
  {
    name: 'narrow columns',
    count: 5_000,
    runs: (count) =>
      many(count, (n) =>
        run('ab', (n % (count / 5)) * 5, 50 + Math.floor(n / (count / 5)) * 12, { fontSize: 2, length: 2 }),
      ),
  },
  {
    name: 'rows under lines that part nothing',
    count: 1_500,
    runs: (count) => many(count, (n) => run(`text ${n}`, 20 + (n % 5) * 110, 20 + Math.floor(n / 5) * 10)),
    rules: many(790, (n) => ({ x0: 0, x1: 612, y0: 26 + n * 25, y1: 26 + n * 25 })),
  },
  {
    name: 'dots behind a divided word',
    count: 40_000,
    runs: (count) => [
      run('some infor-', 50, 100),
      run('9', 50, 200),
      run(`mation${'.'.repeat(count)}x`, 50, 300, { length: 300 }),
    ],
  },
  {
    name: 'words of a head that overlap',
    count: 175,
    runs: (count) => [
      ...many(count, (n) => run('HH', n * 10, n % 2 ? 103 : 100, { fontSize: 2, length: 12 })),
      ...many(2 * count, (n) => run('1.5', (n >> 1) * 10 + 2, n % 2 ? 107 : 111, { fontSize: 2, length: 3 })),
    ],
  },
  {
    name: 'long words in rows',
    count: 1_000,
    runs: (count) =>
      many(count, (n) =>
        run(`${n % 4 ? 'y' : '1,'}${'x'.repeat(2000)}`, 20 + (n % 4) * 140, 20 + (n >> 2) * 12, {
          length: 100,
        }),
      ),
  },
  {
    name: 'long words in a row below a head',
    count: 1_400,
    runs: (count) => [
      ...table(4).map((each) => ({ ...each, x: each.x * 100 })),
      ...many(count, (n) => run(n % 2 ? 'x'.repeat(500) : '1.5', 20 + n * 10, 44, { length: 7 })),
    ],
  },
  { name: 'cells of a table', count: 350, runs: table },
];

describe('hostile pages', () => {
  it.each(SHAPES)('take no more than their share: $name', ({ count, runs, rules = [] }) => {
    const small = rawOf(runs(count), { rules });
    const large = rawOf(runs(TIMES * count), { rules });
    // Once before, so that nothing is compiled while it counts.
    costOf(small);
    const one = costOf(small);
    const four = costOf(large);
    expect([one.state, four.state]).toEqual(['text', 'text']);
    expect(four.words).toBeGreaterThanOrEqual(one.words);
    expect(four.cost).toBeLessThan(GROWTH * Math.max(one.cost, LEAST_MS));
  });

  it('are read whole though they have 150,000 words in a row', () => {
    const [page] = assemble(rawOf([run('a '.repeat(150_000), 10, 400)])).pages;
    expect(page?.state).toBe('text');
    expect(wordsOf(page)).toBe(150_000);
  });

  it('fail and say so with more words than a page can have, beside pages that are read', () => {
    const crowded = rawOf([run('a '.repeat(200_001), 10, 400)]);
    const document = assemble(crowded, rawOf([run('Text', 10, 400)], { number: 2 }));
    expect(document.quality).toBe('partial');
    expect(document.pages).toMatchObject([
      { state: 'failed', blocks: [], problem: 'It has more than 200,000 words, and was not read.' },
      { state: 'text' },
    ]);
  });

  it('fail alone where laying them out throws', () => {
    const odd: RawRun = {
      ...run('', 10, 400),
      get text(): string {
        throw new RangeError('secret');
      },
    };
    const document = assemble(rawOf([odd]), rawOf([run('Text', 10, 400)], { number: 2 }));
    expect(document.quality).toBe('partial');
    expect(document.pages).toMatchObject([
      { number: 1, state: 'failed', problem: 'Its text could not be put in order (RangeError).' },
      { number: 2, state: 'text' },
    ]);
  });
});
