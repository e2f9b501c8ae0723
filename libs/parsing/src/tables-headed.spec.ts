import { describe, expect, it } from '@jest/globals';
import type { Block, Table } from '@docstream/contracts';
import type { RawRule } from '@docstream/core';
import { tablesOf } from './tables.js';

type Row = readonly [y: number, ...pieces: (readonly [x: number, text: string])[]];

/** One block with a line a row; letters are 5 points wide, blanks 3. */
function page(...rows: readonly Row[]): Block[] {
  const lines = rows.map(([y, ...pieces]) => {
    const words = pieces.flatMap(([x, text]) => {
      let left = x;
      return text.split(' ').map((word) => {
        const box = [left, y - 8, left + word.length * 5, y + 2.2] as const;
        left += word.length * 5 + 3;
        return { text: word, box };
      });
    });
    const box = [words[0]?.box[0] ?? 0, y - 8, words.at(-1)?.box[2] ?? 0, y + 2.2] as const;
    return { text: words.map((word) => word.text).join(' '), words, box, fontSize: 10, bold: false };
  });
  return [{ box: [0, 0, 600, 800], lines }];
}

const textGrid = (table: Table | undefined): string[][] =>
  Array.from({ length: table?.rows ?? 0 }, (_, row) =>
    (table?.cells ?? []).filter((cell) => cell.row === row).map((cell) => cell.text),
  );
const onlyTable = (rows: readonly Row[], rules: readonly RawRule[] = []): string[][] => {
  const tables = tablesOf(page(...rows), rules);
  expect(tables).toHaveLength(1);
  return textGrid(tables[0]);
};

describe('tables below a head', () => {
  it('have items whose amounts stand lower and whose numbers follow in a line of their own', () => {
    const grid = onlyTable([
      [80, [100, 'Art-No']],
      [90, [50, 'Pos'], [180, 'Description'], [330, 'Price'], [400, 'Qty'], [500, 'Net']],
      [100, [100, '(kind)']],
      [120, [180, 'Fitting'], [330, '43.20'], [400, '3 h']],
      [128, [490, '129.60']],
      [150, [50, '01'], [180, 'on the second floor']],
      [190, [180, 'Bracket'], [325, '122.50'], [400, '1 pc']],
      [198, [490, '122.50']],
      [220, [50, '02'], [180, 'as agreed']],
    ]);
    expect(grid).toEqual([
      ['Pos', 'Art-No\n(kind)', 'Description', 'Price', 'Qty', 'Net'],
      ['01', '', 'Fitting\non the second floor', '43.20', '3 h', '129.60'],
      ['02', '', 'Bracket\nas agreed', '122.50', '1 pc', '122.50'],
    ]);
  });

  it('are found by a single item, with heads closer together than cells', () => {
    const grid = onlyTable([
      [100, [50, 'Name'], [240, 'Qty'], [330, 'Price excl Sum excl Sum incl']],
      [120, [50, 'Room 115'], [240, '4.00'], [353, '48.67'], [389, '194.69'], [430, '220.00']],
    ]);
    expect(grid).toEqual([
      ['Name', 'Qty', 'Price excl', 'Sum excl', 'Sum incl'],
      ['Room 115', '4.00', '48.67', '194.69', '220.00'],
    ]);
  });

  it('have columns where words of head and items are aligned, and one for numbers without a head', () => {
    const grid = onlyTable([
      [100, [50, 'Item'], [250, 'Qty'], [300, 'Unit price'], [356, 'Rate'], [450, 'Amount']],
      [120, [50, 'Pen'], [250, '15'], [318, '100.00'], [356, 'A 20'], [455, '1500.00'], [500, '3.90']],
      [140, [50, 'Screw'], [250, '45'], [328, '0.20'], [356, 'A 20'], [470, '9.00'], [500, '0.10']],
    ]);
    expect(grid).toEqual([
      ['Item', 'Qty', 'Unit price', 'Rate', 'Amount', ''],
      ['Pen', '15', '100.00', 'A 20', '1500.00', '3.90'],
      ['Screw', '45', '0.20', 'A 20', '9.00', '0.10'],
    ]);
  });

  it('end before the sums, and keep a row that sums up all columns', () => {
    const items: readonly Row[] = [
      [100, [50, 'Item'], [250, 'Qty'], [350, 'Price'], [450, 'Amount']],
      [120, [50, 'Pen'], [250, '2'], [350, '1.00'], [450, '2.00']],
      [135, [50, 'Ink'], [250, '3'], [350, '1.50'], [450, '4.50']],
    ];
    const sums: Row = [155, [50, 'Total'], [450, '6.50']];
    const full: Row = [155, [50, 'Total'], [250, '5'], [350, '2.50'], [450, '6.50']];
    expect(onlyTable([...items, sums])).toHaveLength(3);
    expect(onlyTable([...items, full]).at(-1)).toEqual(['Total', '5', '2.50', '6.50']);
  });

  it('begin with the head where lines are drawn around it alone', () => {
    const level = [90, 106, 118].map((y): RawRule => ({ x0: 45, y0: y, x1: 520, y1: y }));
    const upright = [45, 220, 320, 420, 520].map((x): RawRule => ({ x0: x, y0: 90, x1: x, y1: 118 }));
    const grid = onlyTable(
      [
        [102, [50, 'Item'], [250, 'Qty'], [350, 'Price'], [450, 'Amount']],
        [114, [50, 'No. or name'], [350, '(net)'], [450, '(net)']],
        [135, [50, 'Pen'], [250, '2'], [350, '1.00'], [450, '2.00']],
      ],
      [...level, ...upright],
    );
    expect(grid.at(-1)).toEqual(['Pen', '2', '1.00', '2.00']);
  });

  it('are none where words without digits stand above text', () => {
    expect(
      tablesOf(
        page(
          [100, [50, 'Bill to'], [250, 'Ship to'], [450, 'Service at']],
          [112, [50, 'Example Ltd'], [250, 'Example Ltd'], [450, 'Example Ltd']],
          [124, [50, '12 High Street'], [250, '14 High Street'], [450, '16 High Street']],
        ),
      ),
    ).toEqual([]);
  });
});

describe('a head drawn as one cell', () => {
  it('has the columns of the rows below', () => {
    const level = [100, 120, 140, 160].map((y): RawRule => ({ x0: 50, y0: y, x1: 450, y1: y }));
    const upright = [150, 250, 350].map((x): RawRule => ({ x0: x, y0: 120, x1: x, y1: 160 }));
    const edges = [50, 450].map((x): RawRule => ({ x0: x, y0: 100, x1: x, y1: 160 }));
    const grid = onlyTable(
      [
        [113, [60, 'Item'], [160, 'Qty'], [260, 'Price'], [360, 'Amount']],
        [133, [60, 'Pen'], [160, '2'], [260, '1.00'], [360, '2.00']],
        [153, [60, 'Ink'], [160, '3'], [260, '1.50'], [360, '4.50']],
      ],
      [...level, ...upright, ...edges],
    );
    expect(grid[0]).toEqual(['Item', 'Qty', 'Price', 'Amount']);
  });
});
