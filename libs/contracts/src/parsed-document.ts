import type { Quality } from './outcomes.js';

/** [left, top, right, bottom] in points (1/72 inch), origin at the top left of the page as shown (rotation applied). */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

export interface Word {
  readonly text: string;
  readonly box: Box;
}

/** Words that stand on one line of one column, in reading order. `text` is the words joined as a reader would. */
export interface Line {
  readonly text: string;
  readonly box: Box;
  readonly words: readonly Word[];
  /** Height of the font in points; the largest of the line. */
  readonly fontSize: number;
  readonly bold: boolean;
}

/** Lines that belong together: a paragraph, a heading, a cell. */
export interface Block {
  readonly box: Box;
  readonly lines: readonly Line[];
}

export type PageState = 'text' | 'empty' | 'image-only' | 'failed';

export interface Page {
  /** From 1. */
  readonly number: number;
  /** Size as shown, in points. */
  readonly width: number;
  readonly height: number;
  /** Clockwise rotation of the page, in degrees: 0, 90, 180 or 270. Boxes already have it applied. */
  readonly rotation: number;
  readonly state: PageState;
  readonly blocks: readonly Block[];
  /** Why the page failed; absent otherwise. */
  readonly problem?: string;
}

export interface DocumentMetadata {
  readonly title?: string;
  readonly author?: string;
  readonly subject?: string;
  readonly producer?: string;
  readonly creator?: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  readonly modifiedAt?: string;
}

export interface Attachment {
  readonly name: string;
  readonly bytes: number;
  readonly mediaType: string;
}

/** Docstream's own model of a PDF's text, independent of any parser. Plain data: crosses processes and JSON. */
export interface ParsedDocument {
  /** Version of this shape. */
  readonly version: 1;
  readonly pages: readonly Page[];
  readonly metadata: DocumentMetadata;
  readonly attachments: readonly Attachment[];
  /** ISO 639-1, where the text is long enough to tell. */
  readonly language?: string;
  readonly quality: Quality;
  /** Adapter with its version, e.g. `pdfjs-dist 6.5.438`. */
  readonly parser: string;
}

/** Every line of a page in reading order. */
export function linesOf(page: Page): readonly Line[] {
  return page.blocks.flatMap((block) => block.lines);
}

/** The page's text: one line a line, an empty line between blocks. */
export function pageText(page: Page): string {
  return page.blocks.map((block) => block.lines.map((line) => line.text).join('\n')).join('\n\n');
}

/** The document's text, pages separated by a form feed as pdftotext does. */
export function documentText(document: ParsedDocument): string {
  return document.pages.map(pageText).join('\n\f');
}

/** A failed page, or an image-only one beside text → partial; no text at all → image-only or empty; else complete. */
export function qualityOf(states: readonly PageState[]): Quality {
  const has = (state: PageState): boolean => states.includes(state);
  if (!has('text')) {
    if (has('failed')) return 'partial';
    return has('image-only') ? 'image-only' : 'empty';
  }
  return has('failed') || has('image-only') ? 'partial' : 'complete';
}
