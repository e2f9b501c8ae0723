import { documentText, linesOf, type ParsedDocument } from '@docstream/contracts';
import { unpackParsed, type PageRecogniser } from '@docstream/core';
import { packDocument, recognisePages } from '@docstream/parsing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createCanvas } from '@napi-rs/canvas';
import { joinPages } from './ocr-join.js';
import { close, recognisePage, warmUp } from './ocr-worker.js';

jest.setTimeout(180_000);

const limits = { documentMs: 600_000 };
const context = { documentId: 'd', run: 'r', attempt: 1, deadlineMs: 120_000 };
const WORDS = [
  { text: 'Rechnung', x: 72, y: 100, size: 24 },
  { text: 'Rechnungsnummer', x: 72, y: 160, size: 12 },
  { text: 'Lieferdatum', x: 300, y: 160, size: 12 },
  { text: 'Gesamtbetrag', x: 72, y: 200, size: 12 },
  { text: '1.234,56', x: 300, y: 200, size: 12 },
  { text: 'Zahlbar', x: 72, y: 240, size: 12 },
];

/** A scan of A4 at 150 dpi: words drawn into a JPEG, which is all that the page has. */
function scan({ rotate = 0, slant = 0, sideways = false } = {}): Uint8Array {
  const scale = 150 / 72;
  const [width, height] = sideways ? [842, 595] : [595, 842];
  const canvas = createCanvas(Math.round(width * scale), Math.round(height * scale));
  const context = canvas.getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = 'black';
  context.scale(scale, scale);
  // Lies on its side: what was the left edge of the paper is at the bottom.
  if (sideways) context.transform(0, -1, 1, 0, 0, 595);
  context.rotate((slant * Math.PI) / 180);
  for (const { text, x, y, size } of WORDS) {
    context.font = `${size}px Liberation Sans, DejaVu Sans, Arial, Helvetica, sans-serif`;
    context.fillText(text, x, y);
  }
  return imagePdf(canvas.encodeSync('jpeg', 90), canvas.width, canvas.height, width, height, rotate);
}

function imagePdf(
  jpeg: Buffer,
  pixelWidth: number,
  pixelHeight: number,
  width: number,
  height: number,
  rotate: number,
): Uint8Array {
  const content = `q ${width} 0 0 ${height} 0 0 cm /I Do Q`;
  const image = `/Type/XObject/Subtype/Image/Width ${pixelWidth}/Height ${pixelHeight}/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode`;
  const head =
    '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n' +
    `3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${width} ${height}]/Rotate ${rotate}/Resources<</XObject<</I 5 0 R>>>>/Contents 4 0 R>>endobj\n` +
    `4 0 obj<</Length ${content.length}>>stream\n${content}\nendstream endobj\n` +
    `5 0 obj<<${image}/Length ${jpeg.length}>>stream\n`;
  const tail = '\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n';
  return new Uint8Array(Buffer.concat([Buffer.from(head, 'latin1'), jpeg, Buffer.from(tail, 'latin1')]));
}

const inProcess: PageRecogniser = {
  recognise: async (bytes, page) => ({ value: await recognisePage({ bytes, page }, context), runMs: 1 }),
};

async function read(bytes: Uint8Array): Promise<ParsedDocument> {
  const { createPdfjsParser } = await import('@docstream/adapter-pdfjs');
  const packed = await packDocument(createPdfjsParser(), bytes, { maxPages: 10, maxCharacters: 10_000 });
  expect(packed).toMatchObject({ quality: 'image-only', imageOnlyPages: [1] });
  const recognitions = await recognisePages(packed.imageOnlyPages, bytes, inProcess, limits, () => 0);
  const { parsed } = await joinPages({ parsed: packed.parsed, recognitions }, context);
  return unpackParsed(parsed);
}

/** Largest distance of an edge of the word's letters from where it was drawn, in points. */
function offBy(document: ParsedDocument, word: string, left: number, baseline: number): number {
  const lines = document.pages.flatMap(linesOf);
  const found = lines.flatMap(({ words }) => words).find(({ text }) => text === word);
  const [x0, top, , bottom] = found?.box ?? [NaN, NaN, NaN, NaN];
  // Boxes reach from 0.8 of the font's size above the base line to 0.22 below it.
  return Math.max(Math.abs(x0 - left), Math.abs(top + ((bottom - top) * 0.8) / 1.02 - baseline));
}

beforeAll(async () => {
  await warmUp({ languages: ['deu', 'eng'], dpi: 300, pageMs: 120_000 });
});

afterAll(close);

describe('a page that is an image only', () => {
  it('becomes text with words where they are drawn, marked as recognised', async () => {
    const document = await read(scan());
    const [page] = document.pages;
    expect(page).toMatchObject({
      state: 'text',
      ocr: { engine: expect.stringMatching(/^tesseract\.js 7\..*deu, eng/) },
    });
    expect(page?.ocr?.confidence).toBeGreaterThan(0.7);
    expect(document.quality).toBe('complete');
    expect(document.parser).toMatch(/^pdfjs-dist [\d.]+, tesseract\.js/);
    expect(document.pages.flatMap(linesOf).map(({ text }) => text)).toEqual(
      expect.arrayContaining(['Rechnung', 'Zahlbar']),
    );
    for (const { text, x, y } of WORDS) expect(offBy(document, text, x, y)).toBeLessThan(3);
  });

  it('has boxes on the page as shown when the page is rotated', async () => {
    const document = await read(scan({ sideways: true, rotate: 90 }));
    expect(document.pages[0]).toMatchObject({ state: 'text', width: 595, height: 842, rotation: 90 });
    for (const { text, x, y } of WORDS) expect(offBy(document, text, x, y)).toBeLessThan(3);
  });

  it('is read when it lies askew, lines and all', async () => {
    const document = await read(scan({ slant: 2 }));
    expect(documentText(document)).toContain('Rechnungsnummer');
    const radians = (2 * Math.PI) / 180;
    for (const { text, x, y } of WORDS) {
      const left = x * Math.cos(radians) - y * Math.sin(radians);
      const baseline = x * Math.sin(radians) + y * Math.cos(radians);
      expect(offBy(document, text, left, baseline)).toBeLessThan(4);
    }
  });

  it('is read when it lies on its side', async () => {
    const document = await read(scan({ sideways: true }));
    const [page] = document.pages;
    expect(page).toMatchObject({ state: 'text', width: 842, height: 595, rotation: 0 });
    const word =
      page === undefined
        ? undefined
        : linesOf(page)
            .flatMap(({ words }) => words)
            .find(({ text }) => text === 'Gesamtbetrag');
    const [left, top, right, bottom] = word?.box ?? [0, 0, 0, 0];
    // Written upwards, from 72 points above the lower edge.
    expect(bottom).toBeCloseTo(595 - 72, -1);
    expect(bottom - top).toBeGreaterThan(right - left);
    expect(right).toBeGreaterThan(200);
    expect(left).toBeLessThan(200);
  });

  it('is read when it is upside down', async () => {
    const document = await read(scan({ rotate: 180 }));
    const word = document.pages
      .flatMap(linesOf)
      .flatMap(({ words }) => words)
      .find(({ text }) => text === 'Zahlbar');
    // What began 72 points from the left ends 72 points from the right.
    expect(word?.box[2]).toBeCloseTo(595 - 72, -1);
    expect(word?.box[3]).toBeCloseTo(842 - 240 + 0.8 * 12, -1);
  });

  it('stays as it is, and says why, when its image takes too long', async () => {
    await close();
    await warmUp({ languages: ['eng'], dpi: 300, pageMs: 1 });
    const document = await read(scan());
    expect(document.quality).toBe('image-only');
    expect(document.pages[0]).toMatchObject({
      state: 'image-only',
      problem: expect.stringContaining('WORK_TIMEOUT'),
    });
  });
});
