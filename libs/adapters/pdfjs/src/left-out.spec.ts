import { describe, expect, it } from '@jest/globals';
import { buildPdf, readPdf } from '@docstream/testing';
import { createPdfjsParser } from './pdfjs-parser.js';

const LIMITS = { maxPages: 100, maxCharacters: 1_000_000 };
const LABEL = { texts: [{ x: 72, y: 300, size: 10, text: 'label' }] };
const read = (bytes: Uint8Array) => readPdf(createPdfjsParser(), bytes, LIMITS);

describe('attachments', () => {
  it('of one name and size are told apart by their bytes, and one that is listed twice is told once', async () => {
    const [one, two] = ['<a>one</a>', '<a>two</a>'].map((content) => ({ name: 'note.xml', content }));
    if (one === undefined || two === undefined) throw new Error('there are two');
    const raw = await read(buildPdf([{ ...LABEL, files: [two, one] }], {}, { attachments: [one] }));
    expect(raw.attachments.map(({ xml }) => Buffer.from(xml ?? []).toString())).toEqual([
      '<a>one</a>',
      '<a>two</a>',
    ]);
    expect(raw).not.toHaveProperty('attachmentsLeftOut');
  });

  it('are counted where there are too many, and an invoice among them is told', async () => {
    const notes = Array.from({ length: 129 }, (_, note) => ({
      name: `note-${String(note).padStart(3, '0')}.xml`,
      content: `<note>${note}</note>`,
    }));
    const invoice = { name: 'zugferd-invoice.xml', content: '<invoice/>' };
    const raw = await read(buildPdf([LABEL], {}, { attachments: [...notes, invoice] }));
    expect(raw.attachments).toHaveLength(100);
    expect(raw.attachments.map(({ name }) => name)).toContain('zugferd-invoice.xml');
    expect(raw.attachmentsLeftOut).toBe(30);
  });
});

describe('annotations', () => {
  it('that are too many are counted', async () => {
    const links = Array.from({ length: 2_100 }, (_, link) => ({
      rect: [10, 10 + link / 10, 20, 11 + link / 10] as const,
      url: `https://example.com/${link}`,
    }));
    const [page] = (await read(buildPdf([{ ...LABEL, links }]))).pages;
    expect(page?.links).toHaveLength(2_000);
    expect(page?.loss).toBe('Of its 2100 annotations the first 2000 were read.');
  });
});

describe('images', () => {
  it.each([
    ['off the page', { x: -500, y: 700, size: 12, text: 'job 17' }],
    ['too small to be seen', { x: 10, y: 700, size: 0.5, text: 'job 17' }],
    ['a control character', { x: 10, y: 700, size: 12, text: '\x01' }],
  ])('are told beside text that is %s', async (_, text) => {
    const raw = await read(buildPdf([{ image: true, texts: [text] }, { texts: [text] }]));
    expect(raw.pages.map(({ hasImages }) => hasImages)).toEqual([true, false]);
  });
});
