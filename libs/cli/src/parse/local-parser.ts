import type { ParsedDocument } from '@docstream/contracts';
import type { Sheet } from './sheet.js';

export const PARSERS = ['pdfjs', 'pdf2json'] as const;
export type ParserName = (typeof PARSERS)[number];

/** PNG of a page or of a whole sheet. */
export interface Picture {
  readonly png: Uint8Array;
  /** Pages of a sheet that could not be drawn: their boxes are on white. */
  readonly whitePages?: readonly number[];
}

/** Draws one document's pages, in a process of its own. */
export interface PagePainter {
  /** A page, from 1, as a reader sees it. */
  drawPage(number: number): Promise<Picture>;
  /** The sheet with its pages' pictures. */
  drawSheet(sheet: Sheet, pixelsPerPoint: number): Promise<Picture>;
  close(): Promise<void>;
}

/** Reads and draws PDFs without any service. Strangers' bytes are worked on in killable child processes only. */
export interface LocalParser {
  /** Errors as of the parser stage; `name` instead of the parser that is configured. */
  parse(bytes: Uint8Array, name?: ParserName): Promise<ParsedDocument>;
  /** Never fails; where pages can't be drawn, each of the painter's calls does. */
  openPainter(bytes: Uint8Array): PagePainter;
}
