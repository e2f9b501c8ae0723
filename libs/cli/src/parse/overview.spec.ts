import type { Page, ParsedDocument } from '@docstream/contracts';
import { parsedText } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import { Terminal } from '../terminal.js';
import { gridOf } from './grid.js';
import { printOverview } from './overview.js';

const BOX = [0, 0, 10, 10] as const;

function overviewOf(document: ParsedDocument, pages: readonly Page[] = document.pages): string {
  let out = '';
  const write = (text: string): void => void (out += text);
  const terminal = new Terminal({ out: write, err: write, hasColours: false, isInteractive: false });
  printOverview(terminal, document, pages, { name: 'a.pdf', bytes: 1234 });
  return out;
}

function withFirstPage(change: Partial<Page>, text = 'some text'): ParsedDocument {
  const document = parsedText(text);
  return {
    ...document,
    pages: document.pages.map((page, index) => (index === 0 ? { ...page, ...change } : page)),
  };
}

describe('printOverview', () => {
  it('says how much could be read before it prints it', () => {
    const failed: Page = {
      number: 3,
      width: 0,
      height: 0,
      rotation: 0,
      state: 'failed',
      blocks: [],
      problem: 'The page could not be read (XRefParseException).',
    };
    const two = parsedText('first page\n\nnew block\fsecond page', { language: 'en' });
    const out = overviewOf({ ...two, pages: [...two.pages, failed], quality: 'partial' });
    expect(out).toContain('file       a.pdf (1234 bytes)\npages      3\nquality    partial\n');
    expect(out).toContain('coverage   text on 2 of 3 pages, 1 failed');
    expect(out).toMatch(/^1–2 +595 × 842 pt \(A4\) +0° +text$/m);
    expect(out).toMatch(/^3 +size unknown +0° +failed: The page could not be read/m);
    expect(out).toMatch(/── page 1 ─+\nfirst page\n\nnew block\n\n── page 2 ─+\nsecond page\n/);
  });

  it('shows only the pages that were asked for, of a document that is judged as a whole', () => {
    const document = parsedText('first\fsecond\fthird');
    const out = overviewOf(document, document.pages.slice(1, 2));
    expect(out).toContain('pages      3, 1 shown');
    expect(out).toContain('text on 3 of 3 pages');
    expect(out).toContain('second');
    expect(out).not.toContain('first');
  });

  it('names rotation, landscape, and what recognised a page', () => {
    const out = overviewOf(
      withFirstPage({
        width: 842,
        height: 595,
        rotation: 90,
        ocr: { engine: 'tesseract', confidence: 0.914 },
      }),
    );
    expect(out).toMatch(/842 × 595 pt \(A4 landscape\) +90° +text recognised by tesseract \(91 %\)/);
  });

  it('lists outline, attachments, links, fields, tables and the embedded invoice', () => {
    const document: ParsedDocument = {
      ...withFirstPage({
        links: [
          { box: BOX, url: 'https://example.org/' },
          { box: BOX, page: 2 },
        ],
        fields: [{ name: 'person.name', type: 'text', value: 'Ada', label: 'Name', box: BOX }],
        tables: [
          {
            box: BOX,
            rows: 1,
            columns: 2,
            cells: [
              { text: 'left', row: 0, column: 0, box: BOX },
              { text: 'right', row: 0, column: 1, box: BOX },
            ],
            evidence: 'ruling',
          },
        ],
      }),
      metadata: { title: 'A title', pdfA: '3b' },
      outline: [
        { title: 'One', level: 0, page: 1 },
        { title: 'Below', level: 1 },
      ],
      attachments: [{ name: 'factur-x.xml', bytes: 99, mediaType: 'application/xml' }],
      embeddedInvoice: {
        syntax: 'cii',
        attachment: 'factur-x.xml',
        number: '471102',
        total: '529.87',
        currency: 'EUR',
      },
    };
    const out = overviewOf(document);
    expect(out).toMatch(/outline \(2\)\ntitle +page\nOne +1\n {2}Below +–/);
    expect(out).toMatch(/factur-x\.xml +99 +application\/xml/);
    expect(out).toMatch(/1 +https:\/\/example\.org\/\n1 +page 2/);
    expect(out).toMatch(/1 +person\.name +text +Ada +Name/);
    expect(out).toContain('table on page 1, 1 × 2 by ruling');
    expect(out).toContain('│ left │ right │');
    expect(out).toContain('e-invoice  cii in factur-x.xml: number 471102, total 529.87 EUR');
    expect(out).toContain('PDF/A      3b (claimed, not verified)');
  });

  it('keeps a document from steering the terminal or forging a line', () => {
    const evil = 'x\u001b[31m\nquality    complete\u0007';
    const document: ParsedDocument = {
      ...withFirstPage({
        fields: [{ name: evil, type: 'text', value: evil, box: BOX }],
        links: [{ box: BOX, url: evil }],
        problem: evil,
      }),
      quality: 'partial',
      metadata: { title: evil },
      attachments: [{ name: evil, bytes: 1, mediaType: evil }],
      outline: [{ title: evil, level: 0 }],
    };
    const out = overviewOf(document);
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(out.split('\n').filter((line) => line.startsWith('quality '))).toEqual(['quality    partial']);
  });

  it('counts what a long list leaves out', () => {
    const links = Array.from({ length: 25 }, (_, index) => ({
      box: BOX,
      url: `https://example.org/${index}`,
    }));
    expect(overviewOf(withFirstPage({ links }))).toContain('… and 5 more; --json has them all');
  });
});

describe('gridOf', () => {
  it('cuts long cells, leaves missing ones empty, and ignores cells outside', () => {
    const grid = gridOf({
      box: BOX,
      rows: 2,
      columns: 2,
      cells: [
        { text: 'two\nlines', row: 0, column: 0, box: BOX },
        { text: 'x'.repeat(500), row: 1, column: 1, box: BOX },
        { text: 'nowhere', row: 7, column: 9, box: BOX },
      ],
      evidence: 'alignment',
    });
    const lines = grid.split('\n');
    expect(lines[1]).toMatch(/^│ two lines │ +│$/);
    expect(lines[2]).toMatch(/x…/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(120);
    expect(grid).not.toContain('nowhere');
  });

  it('stays small for a table of any size', () => {
    const grid = gridOf({ box: BOX, rows: 1_000_000, columns: 5_000, cells: [], evidence: 'ruling' });
    expect(grid.split('\n').length).toBeLessThan(40);
    expect(grid).toContain('… and 999970 more rows and 4988 more columns');
  });
});
