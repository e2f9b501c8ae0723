import { describe, expect, it } from '@jest/globals';
import { linesOf } from '@docstream/contracts';
import type { RawPage, RawRule, RawRun } from '@docstream/core';
import { assembleDocument } from './assemble-document.js';

const run = (text: string, x: number, y: number, more: Partial<RawRun> = {}): RawRun => ({
  text,
  x,
  y,
  angle: 0,
  length: text.length * 5,
  fontSize: 10,
  bold: false,
  ...more,
});
const pageOf = (runs: readonly RawRun[], rules: readonly RawRule[] = []) => {
  const raw: RawPage = { number: 1, width: 600, height: 800, rotation: 0, runs, rules, hasImages: false };
  const [page] = assembleDocument({ parser: 'none 1', pages: [raw], metadata: {}, attachments: [] }).pages;
  if (page === undefined) throw new Error('no page');
  return page;
};
const linesIn = (runs: readonly RawRun[], rules?: readonly RawRule[]): string[] =>
  linesOf(pageOf(runs, rules)).map((line) => line.text);
const blocksIn = (runs: readonly RawRun[], rules?: readonly RawRule[]): string[][] =>
  pageOf(runs, rules).blocks.map((block) => block.lines.map((line) => line.text));
const box = (x0: number, y0: number, x1: number, y1: number): RawRule[] => [
  { x0, y0, x1, y1: y0 },
  { x0, y0: y1, x1, y1 },
  { x0, y0, x1: x0, y1 },
  { x0: x1, y0, x1, y1 },
];
const stack = (texts: readonly string[], x: number, y: number, step = 12): RawRun[] =>
  texts.map((text, index) => run(text, x, y + index * step));

const ADDRESS = ['Example Ltd', '12 High Street', 'Upper Village', 'Some Country'];
const prose = (name: string, x: number, from: number, count: number): RawRun[] =>
  Array.from({ length: count }, (_, n) =>
    run(`${name} runs on and fills line ${n}`, x, from + n * 12, { length: 220 }),
  );

describe('the reading order of things side by side', () => {
  it('has an address before the facts beside it, though they share base lines', () => {
    const facts = [
      ['Number', '4711'],
      ['Date', '12.03.2024'],
      ['Customer', 'GE2020'],
      ['Terms', '30 days'],
    ].flatMap(([label = '', value = ''], n) => [
      run(label, 350, 100 + n * 12),
      run(value, 450, 100 + n * 12),
    ]);
    expect(linesIn([...stack(ADDRESS, 50, 100), ...facts])).toEqual([
      ...ADDRESS,
      'Number 4711',
      'Date 12.03.2024',
      'Customer GE2020',
      'Terms 30 days',
    ]);
  });

  it('takes a label and its value in one text for a fact as well', () => {
    const facts = ['INVOICE: INV-100', 'DATE: 11/15/2019', 'DUE: 12/15/2019', 'CUSTOMER: CID-1'];
    expect(linesIn([...stack(ADDRESS, 50, 100), ...stack(facts, 430, 100)])).toEqual([...ADDRESS, ...facts]);
  });

  it('reads boxes one after the other, labels small above their values', () => {
    const labelled = ['Number', 'Date', 'Order'].flatMap((label, n) => [
      run(label, 330, 108 + n * 24, { fontSize: 6 }),
      run(`4711-${n}`, 480, 112 + n * 24),
    ]);
    const rules = [...box(45, 85, 300, 180), ...box(325, 95, 560, 190)];
    const lines = linesIn([...stack(ADDRESS, 50, 100, 18), ...labelled], rules);
    expect(lines.slice(0, 4)).toEqual(ADDRESS);
    expect(lines).toHaveLength(10);
  });

  it('keeps labels and values, and items with their amounts, in rows', () => {
    const totals = ['Net total', 'Tax 20 %', 'Total due', 'Paid so far'].flatMap((label, n) => [
      run(label, 300, 100 + n * 14),
      run(`${n}2.00`, 500, 100 + n * 14),
    ]);
    expect(linesIn(totals)).toEqual([
      'Net total 02.00',
      'Tax 20 % 12.00',
      'Total due 22.00',
      'Paid so far 32.00',
    ]);
    const items = ['Red chair', 'Blue table', 'Green lamp', 'White shelf'].flatMap((name, n) => [
      run(name, 50, 100 + n * 14),
      run('pieces', 250, 100 + n * 14),
      run(`${n}.00`, 350, 100 + n * 14),
      run(`${n}0.00`, 450, 100 + n * 14),
    ]);
    expect(linesIn(items)[2]).toBe('Green lamp pieces 2.00 20.00');
  });

  it('reads three columns of a table of contents one after the other', () => {
    const entries = (column: number): RawRun[] =>
      Array.from({ length: 8 }, (_, n) =>
        run(`${column}.${n} Some entry ............ ${n}`, 40 + column * 180, 100 + n * 14, { length: 160 }),
      );
    const lines = linesIn([...entries(0), ...entries(1), ...entries(2)]);
    expect(lines.map((line) => line[0]).join('')).toBe('0'.repeat(8) + '1'.repeat(8) + '2'.repeat(8));
  });

  it('finds columns as close together as words where they keep to it over many rows', () => {
    const left = Array.from({ length: 12 }, (_, n) =>
      run(`narrow list ${n}`, 50, 100 + n * 13, { length: 92 }),
    );
    const right = Array.from({ length: 14 }, (_, n) =>
      run(`what was done there, in a longer line ${n}`, 150, 103 + n * 11, { length: 260 }),
    );
    const lines = linesIn([...left, ...right]);
    expect(lines.slice(0, 12).every((line) => line.startsWith('narrow'))).toBe(true);
    expect(lines).toHaveLength(26);
  });

  it('reads columns above and others below, where neither go through the page', () => {
    const above = [...prose('west', 40, 100, 8), ...prose('east', 320, 100, 8)];
    const below = [40, 220, 400].flatMap((x, n) =>
      Array.from({ length: 8 }, (_, line) =>
        run(`part ${n} has a narrow line ${line}`, x, 196 + line * 12, { length: 150 }),
      ),
    );
    const lines = linesIn([...above, ...below]);
    const order = lines.map((line) => (line.startsWith('part') ? line[5] : line[0])).join('');
    expect(order).toBe(`${'w'.repeat(8)}${'e'.repeat(8)}${'0'.repeat(8)}${'1'.repeat(8)}${'2'.repeat(8)}`);
  });

  it('leaves what stands apart at the top and the bottom out of the columns', () => {
    const columns = [...prose('west', 40, 100, 8), ...prose('east', 320, 100, 8)];
    const lines = linesIn([run('Running title', 420, 40), ...columns, run('17', 520, 300)]);
    expect([lines[0], lines.at(-1)]).toEqual(['Running title', '17']);
  });

  it('has the right column first where the text runs to the left', () => {
    const shalom = '\u05dd\u05d5\u05dc\u05e9';
    const line = Array.from({ length: 8 }, () => shalom).join(' ');
    const west = Array.from({ length: 6 }, (_, n) => run(`${line} 1`, 40, 100 + n * 12, { length: 220 }));
    const east = Array.from({ length: 6 }, (_, n) => run(`${line} 2`, 320, 100 + n * 12, { length: 220 }));
    const lines = linesIn([...west, ...east]);
    expect(lines.map((each) => /\d/.exec(each)?.[0]).join('')).toBe('222222111111');
  });
});

describe('rows of a table with lines around its cells', () => {
  const grid = [
    ...[100, 120, 160].map((y): RawRule => ({ x0: 50, y0: y, x1: 350, y1: y })),
    ...[50, 200, 350].map((x): RawRule => ({ x0: x, y0: 100, x1: x, y1: 160 })),
  ];
  const head = [run('Name', 55, 113), run('Price', 205, 113)];

  it('are read line by line where the cells share base lines', () => {
    const body = [run('Steel bolt', 55, 135), run('galvanised', 55, 147), run('9.90', 205, 135)];
    expect(linesIn([...head, ...body], grid)).toEqual(['Name Price', 'Steel bolt 9.90', 'galvanised']);
  });

  it('are read cell by cell where they do not', () => {
    const body = [run('Steel bolt', 55, 135), run('galvanised', 55, 147), run('9.90', 205, 141)];
    expect(linesIn([...head, ...body], grid)).toEqual(['Name Price', 'Steel bolt', 'galvanised', '9.90']);
  });
});

describe('blocks', () => {
  it('hold a title of two centred lines, above columns or not', () => {
    const title = [
      run('A title that takes more than one', 100, 60, { fontSize: 14, length: 400 }),
      run('line across the page', 200, 77, { fontSize: 14, length: 200 }),
    ];
    const columns = [...prose('west', 40, 110, 8), ...prose('east', 320, 110, 8)];
    expect(blocksIn([...title, ...columns]).map((block) => block.length)).toEqual([2, 8, 8]);
  });

  it('are not parted by small print above or below a line of theirs', () => {
    const [first, second, third] = stack(
      ['the first of them', 'the second of them', 'the third'],
      50,
      100,
      14,
    );
    if (first === undefined || second === undefined || third === undefined) throw new Error('no lines');
    const limit = run('n = 1', 120, second.y + 6, { fontSize: 6, length: 12 });
    expect(blocksIn([first, second, limit, third])).toEqual([[first.text, second.text, 'n = 1', third.text]]);
  });

  it('follow the steps of their own lines, whatever those of others are', () => {
    const wide = stack(['one', 'two', 'three'], 50, 100, 20);
    const close = stack(['four', 'five', 'six'], 50, 170, 11);
    expect(blocksIn([...wide, ...close])).toEqual([
      ['one', 'two', 'three'],
      ['four', 'five', 'six'],
    ]);
  });

  it('hold no text that is too small to be seen', () => {
    expect(
      blocksIn([run('SERIAL-NUMBER', 5, 5, { fontSize: 0.1, length: 0.8 }), run('seen', 50, 100)]),
    ).toEqual([['seen']]);
  });

  it('give up a divided word to the block before, behind a footnote only if it is known', () => {
    const west = [...prose('west', 40, 100, 8), run('all of this is infor-', 40, 196, { length: 220 })];
    const note = run('1 a footnote', 40, 210, { fontSize: 7, length: 60 });
    const east = [
      run('mation that goes on over there', 320, 100, { length: 220 }),
      ...prose('east', 320, 112, 8),
    ];
    const known = run('an information', 40, 40, { length: 70 });
    const last = (lines: readonly string[]): string | undefined =>
      lines.find((line) => line.startsWith('all of'));
    expect(last(linesIn([...west, ...east]))).toBe('all of this is information');
    expect(last(linesIn([...west, note, ...east]))).toBe('all of this is infor-');
    expect(last(linesIn([known, ...west, note, ...east]))).toBe('all of this is information');
  });
});
