import type { Page } from '@docstream/contracts';
import { parsedText } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import type { Picture } from './local-parser.js';
import { sheetOf } from './sheet.js';
import { escapeXml, svgOf } from './svg.js';

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47]);
const HOSTILE = `</title><script>alert("1")</script>&'\u0000\ud800`;
const HOSTILE_SHOWN = '&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;\ufffd\ufffd';

async function draw(
  pages: readonly Page[],
  title = 'a.pdf',
  pictureOf: (page: number) => Promise<Picture | null> = async () => null,
): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of svgOf(sheetOf(pages, pages.length), title, pictureOf)) pieces.push(piece);
  return pieces.join('\n');
}

/** A page whose every text comes from a stranger. */
function hostilePage(): Page {
  const box = [10, 20, 110, 32] as const;
  const line = { text: HOSTILE, box, words: [{ text: HOSTILE, box }], fontSize: 10, bold: false };
  return {
    number: 1,
    width: 200,
    height: 100,
    rotation: 90,
    state: 'text',
    blocks: [{ box, lines: [line], role: 'header' }],
    tables: [
      { box, rows: 1, columns: 1, cells: [{ text: HOSTILE, box, row: 0, column: 0 }], evidence: 'ruling' },
    ],
    links: [{ box, url: `javascript:${HOSTILE}` }],
    fields: [{ name: HOSTILE, type: 'text', value: HOSTILE, box }],
    problem: HOSTILE,
  };
}

describe('escapeXml', () => {
  it('leaves no markup and nothing that XML cannot hold', () => {
    expect(escapeXml(HOSTILE)).toBe(HOSTILE_SHOWN);
    expect(escapeXml('naïve 漢字 𝒳 a\tb')).toBe('naïve 漢字 𝒳 a\tb');
  });
});

describe('svgOf', () => {
  it('shows hostile text as text, wherever it comes from', async () => {
    const svg = await draw([hostilePage()], HOSTILE);
    expect(svg).not.toMatch(/<script|\u0000|[\ud800-\udfff]/);
    expect(svg).not.toContain('alert("1")');
    // The file's name, word, cell, link, field (name and value), and the caption with the page's problem.
    expect(svg.split(HOSTILE_SHOWN)).toHaveLength(8);
    const elements = new Set([...svg.matchAll(/<([a-z]+)/gi)].map(([, name]) => name));
    expect([...elements].sort()).toEqual(
      ['g', 'rect', 'svg', 'text', 'title', 'xml'].filter((name) => name !== 'xml'),
    );
  });

  it('refers to nothing outside: a link is a title, a picture is within', async () => {
    const svg = await draw([hostilePage()], 'a.pdf', async () => ({ png: PNG }));
    const addresses = [...svg.matchAll(/(?:href|src|url)\s*[=(]\s*["']?([^"' )]*)/g)].map(([, to]) => to);
    expect(addresses).toEqual([`data:image/png;base64,${Buffer.from(PNG).toString('base64')}`]);
  });

  it('numbers blocks in reading order and leaves the numbers to the pointer’s way', async () => {
    const svg = await draw(parsedText('one\n\ntwo\n\nthree').pages);
    const numbers = [...svg.matchAll(/<text [^>]*>(\d+)<\/text>/g)].map(([, number]) => number);
    expect(numbers).toEqual(['1', '2', '3']);
    expect(svg).toContain('pointer-events="none"');
    expect(svg).toContain('<title>three</title>');
  });

  it('stacks pages, and draws one without a size or a picture as well', async () => {
    const [page] = parsedText('text').pages;
    const failed: Page = {
      number: 2,
      width: 0,
      height: Number.NaN,
      rotation: 0,
      state: 'failed',
      blocks: [],
    };
    const svg = await draw(page === undefined ? [] : [page, failed], 'a.pdf', async (number) =>
      number === 1 ? { png: PNG } : null,
    );
    const tops = [...svg.matchAll(/<g id="page-\d" transform="translate\(\S+ (\S+)\)"/g)].map(([, top]) =>
      Number(top),
    );
    expect(tops).toHaveLength(2);
    expect((tops[1] ?? 0) - (tops[0] ?? 0)).toBeGreaterThan(842);
    expect(svg).not.toMatch(/NaN|Infinity/);
    expect(svg).toContain('page 2 of 2 · size unknown · failed');
    expect(svg.match(/<image /g)).toHaveLength(1);
  });

  it('explains the kinds that occur, and no others', async () => {
    const legend = (svg: string): string => svg.slice(0, svg.indexOf('id="page-1"'));
    const plain = legend(await draw(parsedText('text').pages));
    expect(plain).toContain('>word</text>');
    expect(plain).not.toContain('>table</text>');
    expect(legend(await draw([hostilePage()]))).toContain('>header, footer</text>');
  });
});
