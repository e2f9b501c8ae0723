import { describe, expect, it } from '@jest/globals';
import type { Block, Table } from '@docstream/contracts';
import type { RawRule } from '@docstream/core';
import { tablesOf } from './tables.js';

/** One block, each line given as texts with the place where they begin; letters are 5 points wide. */
function block(
  lines: readonly (readonly [y: number, ...pieces: (readonly [x: number, text: string])[]])[],
): Block {
  const placed = lines.map(([y, ...pieces]) => {
    const words = pieces.flatMap(([x, text]) => {
      let left = x;
      return text.split(' ').map((word) => {
        const box = [left, y - 8, left + word.length * 5, y + 2.2] as const;
        left += (word.length + 1) * 5;
        return { text: word, box };
      });
    });
    const box = [words[0]?.box[0] ?? 0, y - 8, words.at(-1)?.box[2] ?? 0, y + 2.2] as const;
    return { text: words.map((word) => word.text).join(' '), words, box, fontSize: 10, bold: false };
  });
  return { box: [0, 0, 600, 800], lines: placed };
}

const level = (y: number, x0: number, x1: number): RawRule => ({ x0, y0: y, x1, y1: y });
const upright = (x: number, y0: number, y1: number): RawRule => ({ x0: x, y0, x1: x, y1 });
const textGrid = (table: Table | undefined): string[][] =>
  Array.from({ length: table?.rows ?? 0 }, (_, row) =>
    (table?.cells ?? []).filter((cell) => cell.row === row).map((cell) => cell.text),
  );

describe('tables from ruling', () => {
  const words = block([
    [112, [55, 'Name'], [155, 'Price']],
    [132, [55, 'Bolt'], [155, '1.20']],
    [152, [55, 'Long nut'], [155, '0.30']],
    [162, [55, 'of brass']],
    [182, [55, 'all prices in EUR']],
  ]);
  const rules = [
    ...[100, 120, 140, 170, 190].map((y) => level(y, 50, 250)),
    ...[50, 150, 250].map((x) => upright(x, 100, 170)),
    upright(50, 170, 190),
    upright(250, 170, 190),
  ];

  it('has a cell for each rectangle of lines, text line by line, and spans where no line parts', () => {
    const [table, ...others] = tablesOf([words], rules);
    expect(others).toEqual([]);
    expect(table).toMatchObject({ rows: 4, columns: 2, evidence: 'ruling', box: [50, 100, 250, 190] });
    expect(textGrid(table)).toEqual([
      ['Name', 'Price'],
      ['Bolt', '1.20'],
      ['Long nut\nof brass', '0.30'],
      ['all prices in EUR'],
    ]);
    expect(table?.cells.at(-1)).toMatchObject({ row: 3, column: 0, columnSpan: 2, box: [50, 170, 250, 190] });
  });

  it('keeps empty cells, and lines drawn in pieces are one', () => {
    const pieces = rules.flatMap((rule) =>
      rule.y0 === rule.y1
        ? [
            { ...rule, x1: 130 },
            { ...rule, x0: 129 },
          ]
        : [rule],
    );
    const sparse = block([
      [112, [55, 'Name'], [155, 'Price']],
      [132, [55, 'Bolt']],
      [152, [55, 'Nut'], [155, '0.30']],
    ]);
    expect(textGrid(tablesOf([sparse], pieces)[0])).toEqual([
      ['Name', 'Price'],
      ['Bolt', ''],
      ['Nut', '0.30'],
      [''],
    ]);
  });

  it('takes a frame around a text and lines through words for no table', () => {
    const frame = [level(90, 40, 300), level(200, 40, 300), upright(40, 90, 200), upright(300, 90, 200)];
    expect(tablesOf([words], frame)).toEqual([]);
    const grid = [
      ...[100, 120, 140, 170].map((y) => level(y, 50, 250)),
      ...[50, 65, 165, 250].map((x) => upright(x, 100, 170)),
    ];
    expect(tablesOf([words], grid)).toEqual([]);
  });

  it('looks at no page with more lines than tables have', () => {
    const many = Array.from({ length: 5000 }, (_, n) => level(n / 10, 0, 500));
    expect(tablesOf([words], [...rules, ...many])).toEqual([]);
  });
});

describe('tables from alignment', () => {
  it('finds the items of an invoice with their head, and leaves the sums below out', () => {
    const [table, ...others] = tablesOf([
      block([
        [80, [50, 'Thank you for your order of last week.']],
        [110, [50, 'Pos'], [90, 'Description'], [300, 'Qty'], [420, 'Price']],
        [130, [50, '1'], [90, 'Steel bolt'], [305, '20'], [425, '9.90']],
        [142, [90, 'galvanised']],
        [160, [50, '2'], [90, 'Brass nut'], [305, '50'], [425, '5.50']],
        [180, [50, '3'], [90, 'Washer'], [310, '5'], [425, '0.10']],
        [220, [300, 'Total'], [420, '15.50']],
      ]),
    ]);
    expect(others).toEqual([]);
    expect(table?.evidence).toBe('alignment');
    expect(textGrid(table)).toEqual([
      ['Pos', 'Description', 'Qty', 'Price'],
      ['1', 'Steel bolt\ngalvanised', '20', '9.90'],
      ['2', 'Brass nut', '50', '5.50'],
      ['3', 'Washer', '5', '0.10'],
    ]);
  });

  it('has no outer column that only the sums filled', () => {
    const [table] = tablesOf(
      [
        block([
          [100, [50, 'Bolt'], [150, '2'], [250, '1.20']],
          [115, [50, 'Nut'], [150, '3'], [250, '0.30']],
          [130, [50, 'Pin'], [150, '4'], [250, '0.40']],
          [145, [50, 'Net'], [250, '1.90'], [400, 'EUR']],
          [160, [400, '4.90']],
        ]),
      ],
      [],
    );
    for (const { box } of table?.cells ?? []) expect(box[2]).toBeGreaterThan(box[0]);
    for (let column = 0; column < (table?.columns ?? 0); column += 1)
      expect(table?.cells.some((cell) => cell.column === column && cell.text !== '')).toBe(true);
    expect(table?.columns).toBeGreaterThan(2);
  });

  it('takes prose in two columns, facts beside an address, and numbered lists for no tables', () => {
    const prose = Array.from(
      { length: 6 },
      (_, n) =>
        [
          100 + n * 12,
          [50, 'running text that goes on and fills its column here'],
          [330, 'more of it in the other column of this page too'],
        ] as const,
    );
    const facts = block([
      [100, [50, 'Example Ltd'], [350, 'Invoice no.:'], [450, '4711']],
      [112, [50, '12 High Street'], [350, 'Date:'], [450, '12.03.2024']],
      [124, [50, 'London'], [350, 'Customer:'], [450, '30064']],
      [136, [50, 'England'], [350, 'Page:'], [450, '1']],
    ]);
    const list = block(
      Array.from({ length: 6 }, (_, n) => [100 + n * 12, [50, `${n}.`], [80, 'an entry']] as const),
    );
    expect([tablesOf([block(prose)]), tablesOf([facts]), tablesOf([list])]).toEqual([[], [], []]);
  });

  it('survives thousands of words at one place', () => {
    const many = block(Array.from({ length: 4000 }, (_, n) => [100 + (n % 7), [50 + (n % 3), 'w']] as const));
    expect(tablesOf([many])).toEqual([]);
  });
});
