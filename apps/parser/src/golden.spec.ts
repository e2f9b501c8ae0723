import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseDocument } from '@docstream/parsing';
import { formatGolden, GOLDEN_FOLDER, GOLDEN_LIMITS, goldenDocuments } from '@docstream/testing';

const ROOT = new URL('../../../', import.meta.url);

describe('the default parser on documents whose result is checked in', () => {
  // Rewritten by `npm run generate`.
  it.each(goldenDocuments(new URL('samples/', ROOT)))('parses $name as before', async ({ name, bytes }) => {
    const { createPdfjsParser } = await import('@docstream/adapter-pdfjs');
    const document = await parseDocument(createPdfjsParser(), bytes, GOLDEN_LIMITS);
    expect(formatGolden(document)).toBe(readFileSync(new URL(`${GOLDEN_FOLDER}/${name}.json`, ROOT), 'utf8'));
  });
});
