import { describe, expect, it } from '@jest/globals';
import { classifyError, type PdfLimits, type PdfParser, type RawRun } from '@docstream/core';
import { buildPdf } from './pdf-builder.js';
import {
  describeAttachments,
  describeFields,
  describeLinks,
  describeOutline,
  describeRules,
} from './pdf-parser-features.js';
import { readPdf } from './read-pdf.js';

const LIMITS: PdfLimits = { maxPages: 5, maxCharacters: 1000 };

/** What an adapter can tell beyond the text. */
export interface PdfParserFeatures {
  /** Tells pages that show an image only from empty ones. */
  readonly images: boolean;
  /** Gives the place of each character. */
  readonly offsets: boolean;
  /** Lines and the edges of filled boxes. */
  readonly rules: boolean;
  /** Form fields with names, values and labels. */
  readonly fields: boolean;
  /** Their fully qualified names, and the name of the state that a checkbox stands for. */
  readonly fieldDetails: boolean;
  readonly links: boolean;
  readonly outline: boolean;
  /** Attachments, and what XMP and the catalogue say. */
  readonly attachments: boolean;
}

/** Every adapter of the port PdfParser keeps these promises. */
export function describePdfParser(name: string, create: () => PdfParser, features: PdfParserFeatures): void {
  const read = (bytes: Uint8Array, limits: PdfLimits = LIMITS) => readPdf(create(), bytes, limits);
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'no error',
      (error: unknown) => classifyError(error).code,
    );
  const find = (runs: readonly RawRun[], text: string): RawRun => {
    const run = runs.find((candidate) => candidate.text.includes(text));
    if (run === undefined) throw new Error(`no run has ${text}`);
    return run;
  };
  const invoice = buildPdf(
    [
      {
        texts: [
          { x: 72, y: 720, size: 20, text: 'Invoice 4711', bold: true },
          { x: 72, y: 600, size: 10, text: 'Caf\xe9 (total)' },
        ],
      },
      { texts: [{ x: 300, y: 100, size: 12, text: 'Second page' }] },
    ],
    { Title: 'A title', Producer: 'by hand', CreationDate: "D:20260131120000+01'00'" },
  );

  describe(`${name} as a PDF parser`, () => {
    it('gives runs with text and place, origin at the top left', async () => {
      const raw = await read(invoice, LIMITS);
      expect(raw.pages.map((page) => page.number)).toEqual([1, 2]);
      expect(raw.pages[0]).toMatchObject({ width: 612, height: 792, rotation: 0 });
      const title = find(raw.pages[0]?.runs ?? [], 'Invoice');
      expect(Math.abs(title.x - 72)).toBeLessThan(3);
      expect(Math.abs(title.y - 72)).toBeLessThan(6);
      expect(title.angle).toBe(0);
      expect(Math.abs(title.fontSize - 20)).toBeLessThan(3);
      expect(title.bold).toBe(true);
      const text = (raw.pages[0]?.runs ?? []).map((run) => run.text).join('');
      expect(text).toContain('Café');
      expect(find(raw.pages[1]?.runs ?? [], 'Second').x).toBeGreaterThan(290);
    });

    it('gives metadata and names itself', async () => {
      const raw = await read(invoice, LIMITS);
      expect(raw.metadata).toMatchObject({ title: 'A title', producer: 'by hand' });
      expect(raw.metadata.createdAt).toContain('20260131120000');
      expect(raw.parser).toMatch(/ \d+\.\d+\.\d+/);
    });

    it('leaves the bytes as they were, also those that are part of a larger buffer', async () => {
      const pool = new Uint8Array(invoice.length + 200).fill(37);
      pool.set(invoice, 100);
      const view = pool.subarray(100, 100 + invoice.length);
      const raw = await read(view, LIMITS);
      expect(find(raw.pages[0]?.runs ?? [], 'Invoice').text).toContain('4711');
      expect(Buffer.from(view).equals(Buffer.from(invoice))).toBe(true);
    });

    it('gives the same for the same bytes, one document after the other', async () => {
      const parser = create();
      expect(await readPdf(parser, invoice, LIMITS)).toEqual(await readPdf(parser, invoice, LIMITS));
    });

    it('opens a document before its pages are read, and closes it with pages unread', async () => {
      const pdf = await create().open(invoice, LIMITS);
      expect(pdf.pageCount).toBe(2);
      for await (const page of pdf.pages()) {
        expect(page.number).toBe(1);
        break;
      }
      await pdf.close();
      await pdf.close();
      expect((await read(invoice)).pages).toHaveLength(2);
    });

    it('gives a page without text no runs', async () => {
      const raw = await read(buildPdf([{}, { texts: [{ x: 9, y: 9, size: 9, text: 'x' }] }]), LIMITS);
      expect(raw.pages.map((page) => page.runs.length > 0)).toEqual([false, true]);
    });

    it('refuses what is no PDF', async () => {
      expect(await codeOf(read(new Uint8Array(), LIMITS))).toBe('NOT_A_PDF');
      expect(await codeOf(read(Buffer.from('just a text'), LIMITS))).toBe('NOT_A_PDF');
    });

    it('tells a file that ends early from a damaged one', async () => {
      const cut = invoice.subarray(0, 60);
      expect(await codeOf(read(cut, LIMITS))).toBe('PDF_TRUNCATED');
      const broken = Buffer.from('%PDF-1.4\n1 0 obj\nnonsense\ntrailer\n<< /Root 9 0 R >>\n%%EOF\n');
      expect(await codeOf(read(broken, LIMITS))).toBe('PDF_MALFORMED');
    });

    it('keeps the limits of pages and characters', async () => {
      const page = { texts: [{ x: 72, y: 72, size: 10, text: 'a'.repeat(80) }] };
      const six = buildPdf([page, page, page, page, page, page]);
      expect(await codeOf(read(six, LIMITS))).toBe('PDF_TOO_MANY_PAGES');
      expect(await codeOf(read(six, { maxPages: 9, maxCharacters: 300 }))).toBe('PARSE_OUTPUT_TOO_LARGE');
    });

    if (features.images) {
      it('tells a page that shows an image from an empty one', async () => {
        const raw = await read(buildPdf([{ image: true }, {}]), LIMITS);
        expect(raw.pages.map((page) => page.hasImages)).toEqual([true, false]);
      });

      it('applies the rotation of the page', async () => {
        const text = { x: 72, y: 720, size: 10, text: 'sideways' };
        const raw = await read(buildPdf([{ rotate: 90, texts: [text] }]), LIMITS);
        expect(raw.pages[0]).toMatchObject({ width: 792, height: 612, rotation: 90 });
        const run = find(raw.pages[0]?.runs ?? [], 'sideways');
        expect([Math.round(run.x), Math.round(run.y), Math.round(run.angle)]).toEqual([720, 72, 90]);
      });
    }

    if (features.offsets) {
      it('gives the place of each character along the run', async () => {
        const raw = await read(invoice, LIMITS);
        const run = find(raw.pages[1]?.runs ?? [], 'Second');
        expect(run.offsets).toHaveLength(run.text.length + 1);
        expect(run.offsets?.[0]).toBe(0);
        expect(run.offsets?.at(-1)).toBeCloseTo(run.length, 3);
      });
    }

    if (features.rules) describeRules(read);
    if (features.fields) describeFields(read, features.fieldDetails);
    if (features.links) describeLinks(read);
    if (features.outline) describeOutline(read);
    if (features.attachments) describeAttachments(read);
  });
}
