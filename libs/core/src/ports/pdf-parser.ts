import type { FormField, Link, OutlineItem } from '@docstream/contracts';

/** Text that a PDF draws in one go, in one direction. Points; origin at the top left of the page as shown. */
export interface RawRun {
  /** In the order of drawing: right-to-left scripts come in visual order. */
  readonly text: string;
  /** Where the base line begins. */
  readonly x: number;
  readonly y: number;
  /** Direction of writing as shown, in degrees clockwise: 0 is left to right, 90 top to bottom. */
  readonly angle: number;
  /** Length along that direction. */
  readonly length: number;
  readonly fontSize: number;
  readonly bold: boolean;
  /** Where each UTF-16 unit of `text` begins, along the direction, and where the last one ends; estimated when absent. */
  readonly offsets?: readonly number[];
}

/** A thin line or the edge of a filled box, level or upright; points, origin at the top left of the page as shown. */
export interface RawRule {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** One page as a parser saw it, rotation applied. */
export interface RawPage {
  /** From 1. */
  readonly number: number;
  /** Size as shown, in points. */
  readonly width: number;
  readonly height: number;
  /** 0, 90, 180 or 270. */
  readonly rotation: number;
  readonly runs: readonly RawRun[];
  /** Something beside text is drawn on it that a reader would see: an image, a drawing. Decides on pages without text. */
  readonly hasImages: boolean;
  /** What may rule a table; absent where the adapter does not tell. */
  readonly rules?: readonly RawRule[];
  readonly links?: readonly Link[];
  readonly fields?: readonly FormField[];
  /** Why the page could not be read; never document text. */
  readonly problem?: string;
  /** What of the page could not be read, where the rest could; never document text. */
  readonly loss?: string;
}

export interface RawMetadata {
  readonly title?: string;
  readonly author?: string;
  readonly subject?: string;
  readonly producer?: string;
  readonly creator?: string;
  /** As in the file: `D:20260131120000+01'00'`. */
  readonly createdAt?: string;
  readonly modifiedAt?: string;
  readonly keywords?: string;
  readonly pdfVersion?: string;
  readonly pdfA?: string;
  readonly language?: string;
}

export interface RawAttachment {
  /** For people only: never a path. */
  readonly name: string;
  readonly bytes: number;
  /** Only of XML of at most 4 MiB, which may be an electronic invoice. Hostile input. */
  readonly xml?: Uint8Array;
}

/** What stands beside the pages. */
export interface RawRest {
  readonly metadata: RawMetadata;
  readonly attachments: readonly RawAttachment[];
  /** Not told, because there are too many. */
  readonly attachmentsLeftOut?: number;
  readonly outline?: readonly OutlineItem[];
}

/** A PDF read as a whole. */
export interface RawPdf extends RawRest {
  readonly parser: string;
  readonly pages: readonly RawPage[];
}

export interface PdfLimits {
  readonly maxPages: number;
  /** Of all pages together, in UTF-16 units. */
  readonly maxCharacters: number;
}

/** A PDF being read: positioned runs, nothing interpreted yet. Plain data; nothing of a page that was given is kept. */
export interface OpenPdf {
  /** Adapter with its version, e.g. `pdfjs-dist 6.5.438`. */
  readonly parser: string;
  readonly pageCount: number;
  /** Each page once, in order. A page that can't be read has a `problem`; the others are still read. */
  pages(): AsyncIterable<RawPage>;
  /** After the pages. */
  rest(): Promise<RawRest>;
  /** Safe to repeat; also when the pages were not read to their end. */
  close(): Promise<void>;
}

/**
 * Reads a PDF. The bytes are not changed. May take very long or all memory on hostile input: run it in a worker pool.
 * Errors, of `open` or while the pages are read: PoisonError NOT_A_PDF, PDF_ENCRYPTED, PDF_MALFORMED, PDF_TRUNCATED,
 * PDF_NO_PAGES, PDF_TOO_MANY_PAGES, PARSE_OUTPUT_TOO_LARGE.
 */
export interface PdfParser {
  open(bytes: Uint8Array, limits: PdfLimits): Promise<OpenPdf>;
}
