import type { Box } from '@docstream/contracts';
import type { Layer, Style } from './layers.js';
import { CAPTION_SIZE, SWATCH, tagBox, type Sheet } from './sheet.js';

/** As much of a canvas's context as painting takes. */
export interface Brush {
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  globalAlpha: number;
  font: string;
  fillRect(x: number, y: number, width: number, height: number): void;
  strokeRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
  setLineDash(lengths: number[]): void;
  drawImage(image: object, x: number, y: number, width: number, height: number): void;
}

/** Paints the sheet in points; `pictureOf` answers null for a page to be left white. As the SVG looks, but for its titles. */
export async function paintSheet(
  brush: Brush,
  sheet: Sheet,
  fontFamily: string,
  pictureOf: (page: number) => Promise<object | null>,
): Promise<void> {
  const write = (text: string, x: number, y: number, colour: string, size: number): void => {
    brush.font = `${size}px "${fontFamily}"`;
    brush.fillStyle = colour;
    brush.fillText(text, x, y);
  };
  brush.fillStyle = '#eceef1';
  brush.fillRect(0, 0, sheet.width, sheet.height);
  for (const { layer, left, top } of sheet.legend) {
    paintBox(brush, [left, top, left + SWATCH.width, top + SWATCH.height], layer.style);
    write(layer.name, left + SWATCH.width + 5, top + SWATCH.height - 0.5, '#495057', CAPTION_SIZE);
  }
  for (const page of sheet.pages) {
    write(page.caption, page.left, page.top - 5, '#495057', CAPTION_SIZE);
    brush.fillStyle = '#ffffff';
    brush.fillRect(page.left, page.top, page.width, page.height);
    const picture = await pictureOf(page.number);
    if (picture !== null) brush.drawImage(picture, page.left, page.top, page.width, page.height);
    const onSheet = ([left, top, right, bottom]: Box): Box => [
      ...([page.left + left, page.top + top] as const),
      ...([page.left + right, page.top + bottom] as const),
    ];
    paintLayers(brush, page.layers, onSheet);
    for (const { box, order, colour } of tagsOf(page.layers)) {
      const [left, top, right, bottom] = onSheet(tagBox(box, order));
      brush.globalAlpha = 0.85;
      brush.fillStyle = colour;
      brush.fillRect(left, top, right - left, bottom - top);
      brush.globalAlpha = 1;
      write(String(order), left + 2, bottom - 1.5, '#ffffff', 7);
    }
  }
}

function paintLayers(brush: Brush, layers: readonly Layer[], onSheet: (box: Box) => Box): void {
  for (const { shapes, style } of layers) for (const { box } of shapes) paintBox(brush, onSheet(box), style);
}

function paintBox(brush: Brush, box: Box, { colour, lineWidth, dash = [], fillOpacity }: Style): void {
  if (!box.every(Number.isFinite)) return;
  const place = [box[0], box[1], Math.max(0, box[2] - box[0]), Math.max(0, box[3] - box[1])] as const;
  if (fillOpacity !== undefined) {
    brush.globalAlpha = fillOpacity;
    brush.fillStyle = colour;
    brush.fillRect(...place);
    brush.globalAlpha = 1;
  }
  brush.strokeStyle = colour;
  brush.lineWidth = lineWidth;
  brush.setLineDash([...dash]);
  brush.strokeRect(...place);
}

function tagsOf(layers: readonly Layer[]) {
  return layers.flatMap(({ style, shapes }) =>
    shapes.flatMap(({ box, order }) => (order === undefined ? [] : [{ box, order, colour: style.colour }])),
  );
}
