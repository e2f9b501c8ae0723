import { buildPdf } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import { boundedScale, loadCanvas, openToDraw } from './draw-page.js';

const OPTIONS = { pixelsPerPoint: 1, maxPixels: 10_000_000 };
const text = (content: string) => [{ x: 72, y: 700, size: 24, text: content }];

async function render(pdf: Uint8Array, number = 1, options = OPTIONS) {
  const pages = await openToDraw(pdf);
  try {
    const { canvas, pixelsPerPoint } = await pages.draw(number, options);
    return { png: canvas.toBuffer('image/png'), width: canvas.width, height: canvas.height, pixelsPerPoint };
  } finally {
    await pages.close();
  }
}

/** Width and height as the PNG's own header says (PNG, 11.2.2). */
function sizeIn({ png }: { readonly png: Uint8Array }): readonly [number, number] {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return [view.getUint32(16), view.getUint32(20)];
}

describe('boundedScale', () => {
  it.each([
    ['as asked', 100, 200, 2],
    ['within all pixels', 10_000, 10_000, 0.1],
    ['within the longest side', 1_000_000, 1, 0.016384],
    ['not without area', 0, 792, 0],
    ['not without end', Number.POSITIVE_INFINITY, 1, 0],
    ['not of unknown size', Number.NaN, 1, 0],
  ])('draws %s: %d × %d points', (_, width, height, scale) => {
    expect(boundedScale(width, height, { pixelsPerPoint: 2, maxPixels: 1_000_000 })).toBeCloseTo(scale, 9);
  });
});

describe('openToDraw', () => {
  it('draws a page as PNG at the scale that was asked for', async () => {
    const image = await render(buildPdf([{ texts: text('Hello') }]), 1, { ...OPTIONS, pixelsPerPoint: 0.5 });
    expect(sizeIn(image)).toEqual([306, 396]);
    expect(image).toMatchObject({ width: 306, height: 396, pixelsPerPoint: 0.5 });
  });

  it('draws what stands on the page, and nothing on an empty one', async () => {
    const pdf = buildPdf([{ texts: text('Hello') }, {}, {}]);
    const [written, empty, other] = [await render(pdf, 1), await render(pdf, 2), await render(pdf, 3)];
    expect(Buffer.compare(empty.png, other.png)).toBe(0);
    expect(written.png.byteLength).toBeGreaterThan(empty.png.byteLength);
  });

  it('turns a rotated page as a reader sees it', async () => {
    const image = await render(buildPdf([{ texts: text('Hello'), rotate: 90 }]));
    expect(sizeIn(image)).toEqual([792, 612]);
  });

  it('keeps within the pixels that it may use', async () => {
    const { width, height, pixelsPerPoint } = await render(buildPdf([{ texts: text('Hello') }]), 1, {
      pixelsPerPoint: 100,
      maxPixels: 10_000,
    });
    expect(width * height).toBeLessThanOrEqual(10_000);
    expect(width / 612).toBeCloseTo(pixelsPerPoint, 1);
  });

  it('leaves the bytes to the caller', async () => {
    const pdf = buildPdf([{ texts: text('Hello') }]);
    const before = Buffer.from(pdf);
    await render(pdf);
    expect(Buffer.compare(before, pdf)).toBe(0);
  });

  it('says what is wrong with a PDF that cannot be opened', async () => {
    const damaged = new TextEncoder().encode('%PDF-1.4\nnothing');
    await expect(openToDraw(damaged)).rejects.toMatchObject({ code: 'PDF_MALFORMED' });
  });
});

describe('loadCanvas', () => {
  it('draws on what it makes', () => {
    const canvas = loadCanvas().createCanvas(20, 10);
    const blank = canvas.toBuffer('image/png');
    canvas.getContext('2d').fillRect(0, 0, 5, 5);
    expect([canvas.width, canvas.height]).toEqual([20, 10]);
    expect(Buffer.compare(blank, canvas.toBuffer('image/png'))).not.toBe(0);
  });
});
