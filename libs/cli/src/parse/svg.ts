import type { Box } from '@docstream/contracts';
import type { Layer, Style } from './layers.js';
import type { Picture } from './local-parser.js';
import { CAPTION_SIZE, SWATCH, tagBox, type Sheet, type SheetPage } from './sheet.js';

/** What XML 1.0 can't hold, not even escaped. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Foreign text as character data or attribute value; never markup. */
export function escapeXml(text: string): string {
  return text.replace(NOT_XML, '\ufffd').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/**
 * The sheet as SVG in pieces, a page at a time; `pictureOf` answers null for a page to be left white. Text of the document
 * stands in `title` elements only; there is no script, and nothing refers to anything outside.
 */
export async function* svgOf(
  sheet: Sheet,
  title: string,
  pictureOf: (page: number) => Promise<Picture | null>,
): AsyncGenerator<string> {
  const size = `width="${number(sheet.width)}" height="${number(sheet.height)}"`;
  yield [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${number(sheet.width)} ${number(sheet.height)}" font-family="Helvetica, Arial, sans-serif" font-size="${CAPTION_SIZE}">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect ${size} fill="#eceef1"/>`,
    '<g fill="#495057">',
    ...sheet.legend.map(({ layer, left, top }) => {
      const swatch = rect([left, top, left + SWATCH.width, top + SWATCH.height]);
      const name = textAt(left + SWATCH.width + 5, top + SWATCH.height - 0.5, layer.name);
      return `<g ${styleOf(layer.style)}>${swatch}</g>${name}`;
    }),
    '</g>',
  ].join('\n');
  for (const page of sheet.pages) yield pageSvg(page, await pictureOf(page.number));
  yield '</svg>';
}

function pageSvg(page: SheetPage, picture: Picture | null): string {
  const size = `width="${number(page.width)}" height="${number(page.height)}"`;
  const image =
    picture === null
      ? []
      : [
          `<image ${size} preserveAspectRatio="none" href="data:image/png;base64,${Buffer.from(picture.png).toString('base64')}"/>`,
        ];
  return [
    `<g id="page-${page.number}" transform="translate(${number(page.left)} ${number(page.top)})">`,
    `<g fill="#495057">${textAt(0, -5, page.caption)}</g>`,
    `<rect ${size} fill="#ffffff" stroke="#adb5bd" stroke-width="0.5"/>`,
    ...image,
    ...page.layers.map(layerSvg),
    ...page.layers.map(tagsSvg),
    '</g>',
  ]
    .filter((piece) => piece !== '')
    .join('\n');
}

function layerSvg({ name, style, shapes }: Layer): string {
  const drawn = shapes.map(({ box, title }) => rect(box, title));
  return [`<g class="${escapeXml(name)}" ${styleOf(style)}>`, ...drawn, '</g>'].join('\n');
}

/** Numbers of the reading order. */
function tagsSvg({ style, shapes }: Layer): string {
  const tags = shapes.flatMap(({ box, order }) => {
    if (order === undefined) return [];
    const tag = tagBox(box, order);
    return [
      `<g fill="${style.colour}" fill-opacity="0.85">${rect(tag)}</g>${textAt(tag[0] + 2, tag[3] - 1.5, String(order))}`,
    ];
  });
  if (tags.length === 0) return '';
  return ['<g fill="#ffffff" font-size="7" pointer-events="none">', ...tags, '</g>'].join('\n');
}

function styleOf({ colour, lineWidth, dash, fillOpacity }: Style): string {
  const fill = fillOpacity === undefined ? 'fill="none"' : `fill="${colour}" fill-opacity="${fillOpacity}"`;
  const dashes = dash === undefined ? '' : ` stroke-dasharray="${dash.join(' ')}"`;
  return `stroke="${colour}" stroke-width="${lineWidth}"${dashes} ${fill}`;
}

function rect([left, top, right, bottom]: Box, title?: string): string {
  const place = `x="${number(left)}" y="${number(top)}" width="${number(Math.max(0, right - left))}" height="${number(Math.max(0, bottom - top))}"`;
  return title === undefined
    ? `<rect ${place}/>`
    : `<rect ${place}><title>${escapeXml(title)}</title></rect>`;
}

function textAt(x: number, y: number, text: string): string {
  return `<text x="${number(x)}" y="${number(y)}">${escapeXml(text)}</text>`;
}

function number(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 100) / 100) : '0';
}
