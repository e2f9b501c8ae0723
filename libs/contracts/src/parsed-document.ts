import type { AttachmentProblem } from './attachment-problems.js';
import type { EmbeddedInvoice } from './embedded-invoice.js';
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
  /** What stands at the same place of other pages as well: running titles, page numbers. */
  readonly role?: 'header' | 'footer';
}

export interface Cell {
  /** Lines of a cell separated by a line feed; empty for an empty cell. */
  readonly text: string;
  readonly box: Box;
  /** From 0. */
  readonly row: number;
  readonly column: number;
  /** Cells that it reaches over; 1 when absent. */
  readonly rowSpan?: number;
  readonly columnSpan?: number;
}

/** A second view of words that stand in the page's blocks as well: rows and columns as ruling or alignment shows them. */
export interface Table {
  readonly box: Box;
  readonly rows: number;
  readonly columns: number;
  /** Row by row, left to right. */
  readonly cells: readonly Cell[];
  /** What told the cells apart: lines drawn around them, or the gaps between them. */
  readonly evidence: 'ruling' | 'alignment';
}

export interface Link {
  readonly box: Box;
  /** An address outside (http, https, mailto …), as written in the file: never followed by us. */
  readonly url?: string;
  /** A page of the same document, from 1. */
  readonly page?: number;
}

/** A field of an interactive form (ISO 32000-1, 12.7) with what was filled in. */
export interface FormField {
  /** Fully qualified: `person.name`. */
  readonly name: string;
  readonly type: 'text' | 'checkbox' | 'radio' | 'choice' | 'signature' | 'button';
  /** Text of a text field, name of the chosen state of a checkbox or radio button; absent when nothing was filled in. */
  readonly value?: string;
  /** What it says to the user (`/TU`), where the form says so. */
  readonly label?: string;
  readonly box: Box;
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
  /** In reading order. */
  readonly blocks: readonly Block[];
  readonly tables?: readonly Table[];
  readonly links?: readonly Link[];
  readonly fields?: readonly FormField[];
  /** The text of this page was recognised in its image; mean confidence of its words, 0 to 1. */
  readonly ocr?: { readonly engine: string; readonly confidence: number };
  /** Why the page failed, what of it was left out, or why no text was recognised in its image; absent otherwise. */
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
  readonly keywords?: string;
  /** As the file claims: `1.7`. */
  readonly pdfVersion?: string;
  /** Conformance that the file claims, `3b`: claimed, not verified. */
  readonly pdfA?: string;
  /** Natural language that the file claims (BCP 47). */
  readonly language?: string;
}

/** An entry of the document's table of contents. */
export interface OutlineItem {
  readonly title: string;
  /** From 0. */
  readonly level: number;
  /** Where it leads, from 1; absent when it leads nowhere in this document. */
  readonly page?: number;
}

export interface Attachment {
  readonly name: string;
  readonly bytes: number;
  readonly mediaType: string;
  /** Why it was not read, though it calls itself an electronic invoice. */
  readonly problem?: AttachmentProblem;
}

/** Docstream's own model of a PDF's text, independent of any parser. Plain data: crosses processes and JSON. */
export interface ParsedDocument {
  /** Version of this shape. A field that may be absent can be added to it without another one. */
  readonly version: 1;
  readonly pages: readonly Page[];
  readonly metadata: DocumentMetadata;
  readonly attachments: readonly Attachment[];
  /** How many attachments are not told above, because there are too many. */
  readonly attachmentsLeftOut?: number;
  /** Depth first, as a reader would leaf through it. */
  readonly outline?: readonly OutlineItem[];
  /** What an electronic invoice inside says (Factur-X, ZUGFeRD, XRechnung). */
  readonly embeddedInvoice?: EmbeddedInvoice;
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

/**
 * A failed page, one of which something was left out, or an image-only one beside text → partial; no text at all →
 * image-only or empty; else complete.
 */
export function qualityOf(pages: readonly Pick<Page, 'state' | 'problem'>[]): Quality {
  const has = (state: PageState): boolean => pages.some((page) => page.state === state);
  // The problem of a page that is an image only is that it is one.
  const isCut = pages.some(({ state, problem }) => state !== 'image-only' && problem !== undefined);
  if (has('failed') || isCut) return 'partial';
  if (has('text')) return has('image-only') ? 'partial' : 'complete';
  return has('image-only') ? 'image-only' : 'empty';
}
