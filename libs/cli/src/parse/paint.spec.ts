import { parsedText } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import { paintSheet, type Brush } from './paint.js';
import { sheetOf } from './sheet.js';

class MemoryBrush implements Brush {
  fillStyle = '';
  strokeStyle = '';
  lineWidth = 0;
  globalAlpha = 1;
  font = '';
  readonly texts: { readonly text: string; readonly y: number }[] = [];
  readonly images: { readonly image: object; readonly place: readonly number[] }[] = [];
  readonly strokes: { readonly colour: string; readonly place: readonly number[] }[] = [];

  fillRect(): void {
    expect(this.fillStyle).toMatch(/^#[0-9a-f]{6}$/);
  }
  strokeRect(...place: readonly number[]): void {
    this.strokes.push({ colour: this.strokeStyle, place });
  }
  fillText(text: string, _x: number, y: number): void {
    this.texts.push({ text, y });
  }
  setLineDash(lengths: number[]): void {
    expect(lengths.every((length) => length > 0)).toBe(true);
  }
  drawImage(image: object, ...place: readonly number[]): void {
    this.images.push({ image, place });
  }
}

describe('paintSheet', () => {
  it('paints picture, boxes and numbers of each page at its place, and leaves the brush opaque', async () => {
    const sheet = sheetOf(parsedText('one\n\ntwo\fthree').pages, 2);
    const brush = new MemoryBrush();
    const picture = {};
    await paintSheet(brush, sheet, 'Sans', async (page) => (page === 2 ? picture : null));
    const second = sheet.pages[1];
    expect(brush.images).toEqual([
      { image: picture, place: [second?.left, second?.top, second?.width, second?.height] },
    ]);
    const tops = brush.texts.filter(({ text }) => /^\d$/.test(text));
    expect(tops.map(({ text }) => text)).toEqual(['1', '2', '1']);
    expect(tops[2]?.y).toBeGreaterThan(second?.top ?? Infinity);
    expect(brush.texts.map(({ text }) => text)).toContain('page 2 of 2 · 595 × 842 pt (A4) · text');
    expect(brush.globalAlpha).toBe(1);
    expect(brush.font).toBe('7px "Sans"');
  });

  it('leaves out a box that is nowhere', async () => {
    const [page] = parsedText('word').pages;
    const [block] = page?.blocks ?? [];
    if (page === undefined || block === undefined) throw new Error('no block');
    const lost = { ...block, lines: [], box: [Number.NaN, 0, 10, 10] as const };
    const brush = new MemoryBrush();
    await paintSheet(brush, sheetOf([{ ...page, blocks: [lost] }], 1), 'Sans', async () => null);
    // The legend's alone.
    expect(brush.strokes).toHaveLength(1);
  });
});
