import { describe, expect, it } from '@jest/globals';
import { documentText, linesOf, pageText, type FormField } from '@docstream/contracts';
import { classifyError, type RawPage, type RawPdf, type RawRun } from '@docstream/core';
import { parserOf } from '@docstream/testing';
import { assembleDocument } from './assemble-document.js';
import { parseDocument } from './parse-document.js';

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
const page = (runs: readonly RawRun[], more: Partial<RawPage> = {}): RawPage => ({
  number: 1,
  width: 600,
  height: 800,
  rotation: 0,
  runs,
  hasImages: false,
  ...more,
});
const raw = (...pages: readonly RawPage[]): RawPdf => ({
  parser: 'none 1',
  pages,
  metadata: {},
  attachments: [],
});
const textOf = (...runs: readonly RawRun[]): string => documentText(assembleDocument(raw(page(runs))));

describe('assembling a document', () => {
  it('cuts runs into words with boxes from the offsets', () => {
    const offsets = [0, 6, 12, 15, 21, 30];
    const document = assembleDocument(raw(page([run('ab cd', 100, 200, { length: 30, offsets })])));
    const [line] = document.pages.flatMap(linesOf);
    expect(line?.words).toEqual([
      { text: 'ab', box: [100, 192, 112, 202.2] },
      { text: 'cd', box: [115, 192, 130, 202.2] },
    ]);
    expect(line).toMatchObject({ text: 'ab cd', box: [100, 192, 130, 202.2], fontSize: 10, bold: false });
  });

  it('joins pieces without a gap and parts those with one', () => {
    expect(textOf(run('Te', 100, 100, { length: 10 }), run('xt', 110.4, 100), run('next', 124, 100))).toBe(
      'Text next',
    );
  });

  it('trusts white space in a run over a narrow gap', () => {
    expect(textOf(run('one ', 100, 100, { length: 15.5 }), run('two', 115.6, 100))).toBe('one two');
  });

  it('reads text once that is drawn twice for bold type', () => {
    expect(textOf(run('Total', 100, 100), run('Total', 100.3, 100), run('9.50', 140, 100))).toBe(
      'Total 9.50',
    );
  });

  it('keeps raised small print in its line', () => {
    const document = assembleDocument(
      raw(page([run('mc', 100, 100), run('2', 110, 96, { fontSize: 6, length: 3 }), run('below', 100, 112)])),
    );
    expect(document.pages.flatMap(linesOf).map((line) => line.text)).toEqual(['mc2', 'below']);
  });

  it('reads two columns of running text one after the other, under a title across both', () => {
    const left = Array.from({ length: 8 }, (_, n) =>
      run(`left column, running text ${n}`, 50, 150 + n * 12, { length: 220 }),
    );
    const right = Array.from({ length: 8 }, (_, n) =>
      run(`right column, running text ${n}`, 310, 150 + n * 12, { length: 220 }),
    );
    const mixed = left.flatMap((each, n) => [each, right[n] ?? each]);
    const title =
      'A title that stands across both of the columns: letters as wide apart as those below it are';
    const lines = assembleDocument(raw(page([run(title, 50, 100, { length: 480 }), ...mixed])))
      .pages.flatMap(linesOf)
      .map((line) => line.text);
    expect(lines[0]).toBe(title);
    expect(lines.slice(1, 9).every((line) => line.startsWith('left'))).toBe(true);
    expect(lines.slice(9).every((line) => line.startsWith('right'))).toBe(true);
    expect(lines).toHaveLength(17);
  });

  it('reads a table row by row', () => {
    const rows = Array.from({ length: 6 }, (_, n) => [
      run(`Item ${n}`, 50, 100 + n * 14),
      run(`${n}`, 300, 100 + n * 14),
      run(`${n}.00`, 450, 100 + n * 14),
    ]).flat();
    expect(
      textOf(...rows)
        .split('\n')
        .filter((line) => line !== ''),
    ).toEqual(Array.from({ length: 6 }, (_, n) => `Item ${n} ${n} ${n}.00`));
  });

  it('begins a new block after a wider step and at another font size', () => {
    const document = assembleDocument(
      raw(
        page([
          run('Heading', 50, 80, { fontSize: 16, bold: true }),
          run('first', 50, 100),
          run('second', 50, 112),
          run('third', 50, 124),
          run('apart', 50, 160),
        ]),
      ),
    );
    expect(document.pages[0]?.blocks.map((block) => block.lines.map((line) => line.text))).toEqual([
      ['Heading'],
      ['first', 'second', 'third'],
      ['apart'],
    ]);
    expect(document.pages[0]?.blocks[0]?.lines[0]?.bold).toBe(true);
  });

  it('reads text that runs down the page, with its box as shown', () => {
    const document = assembleDocument(raw(page([run('down', 300, 100, { angle: 90, length: 40 })])));
    const [line] = document.pages.flatMap(linesOf);
    expect(line?.text).toBe('down');
    expect(line?.box).toEqual([297.8, 100, 308, 140]);
  });

  it('leaves out what lies outside the page', () => {
    expect(textOf(run('seen', 100, 100), run('hidden', 700, 100), run('above', 100, -50))).toBe('seen');
  });

  it('cleans ligatures, soft hyphens, controls, odd spaces and lone surrogates', () => {
    expect(textOf(run('e\ufb03cient\u00a0co\u00adop\u0000 a\ud800b', 100, 100, { length: 120 }))).toBe(
      'efficient coop ab',
    );
  });

  it('reads right-to-left words and lines in their own order', () => {
    expect(
      textOf(
        run('\u05dd\u05dc\u05d5\u05e2', 100, 100, { length: 20 }),
        run('\u05dd\u05d5\u05dc\u05e9', 130, 100, { length: 20 }),
      ),
    ).toBe('\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd');
  });

  it('joins words divided at line ends in the text, and keeps the words as printed', () => {
    const document = assembleDocument(
      raw(
        page([
          run('some infor-', 50, 100),
          run('mation of a well-', 50, 112),
          run('known and well-known kind', 50, 124),
        ]),
      ),
    );
    expect(document.pages.map(pageText).join()).toBe(
      'some information\nof a well-known\nand well-known kind',
    );
    expect(document.pages.flatMap(linesOf)[0]?.words.map((word) => word.text)).toEqual(['some', 'infor-']);
  });

  it('says of each page what became of it, and of the document its quality', () => {
    const text = page([run('text', 50, 50)]);
    const states = (...pages: readonly RawPage[]) => {
      const document = assembleDocument(raw(...pages));
      return [document.quality, ...document.pages.map((each) => each.state)];
    };
    expect(states(text, page([]))).toEqual(['complete', 'text', 'empty']);
    expect(states(text, page([], { hasImages: true }))).toEqual(['partial', 'text', 'image-only']);
    expect(states(text, page([], { problem: 'broken' }))).toEqual(['partial', 'text', 'failed']);
    expect(states(page([], { hasImages: true }), page([]))).toEqual(['image-only', 'image-only', 'empty']);
    expect(states(page([run('   ', 5, 5)]))).toEqual(['empty', 'empty']);
  });

  it('calls no document complete of which something could not be read, and keeps what could', () => {
    const loss = 'A part is damaged.';
    const field: FormField = { name: 'a', type: 'text', value: 'b', box: [1, 1, 9, 9] };
    const ends = (...pages: readonly RawPage[]) => {
      const document = assembleDocument(raw(...pages));
      return [document.quality, ...document.pages.map(({ state, problem }) => [state, problem])];
    };
    const text = [run('text', 50, 50)];
    expect(ends(page(text, { loss }))).toEqual(['partial', ['text', loss]]);
    expect(ends(page(text), page([], { loss }))).toEqual(['partial', ['text', undefined], ['failed', loss]]);
    expect(ends(page([], { loss, hasImages: true }))).toEqual(['image-only', ['image-only', loss]]);
    expect(ends(page(text), page([], { loss, fields: [field] }))).toEqual([
      'partial',
      ['text', undefined],
      ['empty', loss],
    ]);
  });

  it('takes a page for an image when a reader sees no other text on it', () => {
    const unseen = [
      run('off the page', -500, 50),
      run('\u0001', 50, 50),
      run('tiny', 50, 50, { fontSize: 0.5, length: 1 }),
    ];
    const states = assembleDocument(raw(page(unseen, { hasImages: true }), page(unseen))).pages;
    expect(states.map(({ state }) => state)).toEqual(['image-only', 'empty']);
    const [beside] = assembleDocument(raw(page([run('text', 50, 50)], { hasImages: true }))).pages;
    expect(beside?.state).toBe('text');
  });

  it('says how many attachments are not told', () => {
    expect(assembleDocument({ ...raw(page([])), attachmentsLeftOut: 30 }).attachmentsLeftOut).toBe(30);
    expect(assembleDocument(raw(page([])))).not.toHaveProperty('attachmentsLeftOut');
  });

  it('tells the language of a text long enough, and of no other', () => {
    const german =
      'Die Rechnung ist innerhalb von vierzehn Tagen ohne Abzug zu bezahlen, und wir danken für den Auftrag.';
    expect(assembleDocument(raw(page([run(german, 10, 100)]))).language).toBe('de');
    expect(assembleDocument(raw(page([run('Guten Tag', 10, 100)]))).language).toBeUndefined();
  });

  it('cleans metadata and gives dates in ISO 8601', () => {
    const document = assembleDocument({
      ...raw(page([])),
      metadata: {
        title: ' A\u0000 title ',
        author: '\u0007',
        createdAt: "D:20260131120000+01'00'",
        modifiedAt: 'soon',
      },
      attachments: [{ name: '../factur-x.XML', bytes: 12 }],
    });
    expect(document.metadata).toEqual({ title: 'A title', createdAt: '2026-01-31T11:00:00.000Z' });
    expect(document.attachments).toEqual([
      { name: '../factur-x.XML', bytes: 12, mediaType: 'application/xml' },
    ]);
  });

  it('survives numbers that are none, and thousands of pieces at one place', () => {
    const odd = [
      run('a', Number.NaN, 1),
      run('b', 1, 1, { length: Infinity }),
      run('c', 10, 20, { fontSize: 0 }),
    ];
    const many = Array.from({ length: 5000 }, (_, n) => run(`w${n}`, 100 + (n % 3), 100 + (n % 7) / 10));
    const document = assembleDocument(raw(page([...odd, ...many])));
    expect(document.quality).toBe('complete');
    expect(document.pages[0]?.blocks.length).toBeGreaterThan(0);
  });
});

describe('parsing a document', () => {
  const limits = { maxPages: 10, maxCharacters: 1000 };

  it('is partial when a page failed, malformed when all did', async () => {
    const failed = page([], { problem: 'broken' });
    const partial = await parseDocument(
      parserOf(raw(page([run('x', 9, 9)]), failed)),
      new Uint8Array(),
      limits,
    );
    expect(partial.quality).toBe('partial');
    const failure = await parseDocument(parserOf(raw(failed)), new Uint8Array(), limits).catch(classifyError);
    expect(failure).toMatchObject({ failureClass: 'poison', code: 'PDF_MALFORMED' });
  });
});
