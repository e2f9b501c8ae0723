import type { Box, Page } from '@docstream/contracts';
import { layersOf, type Layer } from './layers.js';
import { sizeText, stateText } from './page-text.js';

/** A page on the sheet; its layers' boxes are relative to its top left. */
export interface SheetPage {
  readonly number: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly caption: string;
  readonly layers: readonly Layer[];
}

export interface LegendEntry {
  readonly layer: Pick<Layer, 'name' | 'style'>;
  readonly left: number;
  readonly top: number;
}

/** Pages below each other with what the parser saw on them: the drawing, whichever format it is written in. Points. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly legend: readonly LegendEntry[];
  readonly pages: readonly SheetPage[];
}

export const CAPTION_SIZE = 9;
/** Box of a legend's entry beside its name. */
export const SWATCH = { width: 14, height: 8 };

const MARGIN = 24;
const CAPTION_HEIGHT = 16;
const GAP = 24;
const LEGEND_STEP = 90;
const LEGEND_ROW = 14;
/** Of a page that could not be read, and has no size. */
const UNKNOWN_SIZE = { width: 595, height: 120 };

/** Lays out these pages of a document with `pageCount` pages. */
export function sheetOf(pages: readonly Page[], pageCount: number): Sheet {
  const sized = pages.map((page) => ({ page, ...sizeOf(page), layers: layersOf(page) }));
  const width = Math.max(UNKNOWN_SIZE.width, ...sized.map((one) => one.width)) + 2 * MARGIN;
  const legend = legendOf(
    sized.flatMap((one) => one.layers),
    width,
  );
  let bottom = Math.max(MARGIN, ...legend.map(({ top }) => top + LEGEND_ROW));
  const placed = sized.map((one): SheetPage => {
    const top = bottom + CAPTION_HEIGHT;
    bottom = top + one.height + GAP;
    return {
      number: one.page.number,
      left: MARGIN,
      top,
      width: one.width,
      height: one.height,
      caption: captionOf(one.page, pageCount),
      layers: one.layers,
    };
  });
  return { width, height: bottom, legend, pages: placed };
}

/** Where a block's number stands: left of the block where there is room, else inside. */
export function tagBox(box: Box, number: number): Box {
  const width = 4 + 4 * String(number).length;
  const left = box[0] >= width ? box[0] - width : box[0];
  return [left, box[1], left + width, box[1] + 8];
}

function sizeOf({ width, height }: Page): { readonly width: number; readonly height: number } {
  const isUsable = width > 0 && height > 0 && Number.isFinite(width) && Number.isFinite(height);
  return isUsable ? { width, height } : UNKNOWN_SIZE;
}

function captionOf(page: Page, pageCount: number): string {
  const rotated = page.rotation === 0 ? [] : [`rotated by ${page.rotation}°`];
  return [`page ${page.number} of ${pageCount}`, sizeText(page), ...rotated, stateText(page)].join(' · ');
}

/** Each kind that occurs once, in rows. */
function legendOf(layers: readonly Layer[], width: number): readonly LegendEntry[] {
  const kinds = new Map(layers.map((layer) => [layer.name, layer]));
  const columns = Math.max(1, Math.floor((width - 2 * MARGIN) / LEGEND_STEP));
  return [...kinds.values()].map(({ name, style }, index) => ({
    layer: { name, style },
    left: MARGIN + (index % columns) * LEGEND_STEP,
    top: 10 + Math.floor(index / columns) * LEGEND_ROW,
  }));
}
