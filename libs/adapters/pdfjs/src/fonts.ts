import type { PDFPageProxy } from 'pdfjs-dist/types/src/display/api.js';
import { toMatrix } from './matrix.js';
import type { FontFacts } from './operator-text.js';
import { isRecord } from './values.js';

/** Letters are half as wide as high, on average. */
function type3SizeScale(widths: unknown, widthScale: number): number {
  const known = isRecord(widths) ? Object.values(widths).filter((width) => Number(width) > 0) : [];
  const mean = known.reduce((sum: number, width) => sum + Number(width), 0) / known.length;
  return known.length === 0 || widthScale === 0 ? 1 : 2 * mean * Math.abs(widthScale);
}

function fontFacts(page: PDFPageProxy, name: string): FontFacts {
  const font: unknown = page.commonObjs.has(name) ? page.commonObjs.get(name) : undefined;
  if (!isRecord(font)) return { bold: false, vertical: false, widthScale: 0.001, sizeScale: 1 };
  const fontName = typeof font['name'] === 'string' ? font['name'] : '';
  const matrix = toMatrix(font['fontMatrix']);
  const isType3 = font['isType3Font'] === true && matrix !== null;
  return {
    bold:
      font['bold'] === true ||
      font['black'] === true ||
      /bold|black|heavy|demi|[-.,+]b$|cmbx|-medi$/i.test(fontName),
    vertical: font['vertical'] === true,
    widthScale: matrix !== null && matrix[0] > 0 ? matrix[0] : 0.001,
    sizeScale: isType3 ? type3SizeScale(font['widths'], matrix[0]) : 1,
  };
}

/** The fonts of one page by the names that its operators use. */
export function fontsOf(page: PDFPageProxy): (name: string) => FontFacts {
  const fonts = new Map<string, FontFacts>();
  return (name) => {
    const known = fonts.get(name) ?? fontFacts(page, name);
    fonts.set(name, known);
    return known;
  };
}
