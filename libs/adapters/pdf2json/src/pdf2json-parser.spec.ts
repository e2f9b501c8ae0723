import { deflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { buildPdf, describePdfParser, rawPdf, rawStream, readPdf } from '@docstream/testing';
import { createPdf2jsonParser } from './pdf2json-parser.js';

describePdfParser('pdf2json', createPdf2jsonParser, {
  images: false,
  offsets: false,
  rules: true,
  fields: true,
  fieldDetails: false,
  links: false,
  outline: false,
  attachments: false,
});

describe('pdf2json on pages without text', () => {
  const pageWith = (content: string): Uint8Array =>
    rawPdf([
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
      '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << >> /Contents 4 0 R >>',
      rawStream(deflateSync(content), '/Filter /FlateDecode'),
    ]);

  it.each([
    ['has an image', buildPdf([{ image: true }]), true],
    ['has one within the content of a page', pageWith('q BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q'), true],
    ['has none', pageWith('q Q'), false],
  ])('takes them for scans only where the file %s', async (_, file, hasImages) => {
    const raw = await readPdf(createPdf2jsonParser(), file, { maxPages: 5, maxCharacters: 1_000 });
    expect(raw.pages).toMatchObject([{ runs: [], hasImages }]);
  });
});
