import { readFileSync } from 'node:fs';
import type { ParsedDocument } from '@docstream/contracts';
import { buildPdf } from './pdf-builder.js';

export interface GoldenDocument {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where `npm run generate` writes what the default parser makes of them. */
export const GOLDEN_FOLDER = 'apps/parser/generated';
export const GOLDEN_LIMITS = { maxPages: 20, maxCharacters: 200_000 };

const SAMPLES = [
  'bank-statement-northstar-en',
  'invoice-lieferant-de',
  'receipt-techmart-en',
  'resume-john-doe-en',
];

/** One of everything that a PDF can say of itself. */
function formWithEverything(): Uint8Array {
  const ruled = [720, 690, 660].map((y) => [72, y, 540, y] as const);
  return buildPdf(
    [
      {
        texts: [
          { x: 72, y: 740, size: 18, text: 'Application', bold: true },
          { x: 72, y: 700, size: 10, text: 'Name of the applicant' },
          { x: 72, y: 670, size: 10, text: 'Member of the associ-' },
          { x: 72, y: 658, size: 10, text: 'ation since' },
        ],
        lines: [...ruled, [300, 660, 300, 720]],
        fields: [
          {
            type: 'text',
            name: 'applicant.name',
            value: 'Ada Byron',
            label: 'Name',
            rect: [310, 694, 530, 714],
          },
          { type: 'checkbox', name: 'member', state: 'Yes', value: 'Yes', rect: [310, 666, 326, 682] },
          { type: 'radio', name: 'fee', state: 'Half', rect: [340, 666, 356, 682] },
        ],
        links: [
          { rect: [72, 100, 200, 112], url: 'https://example.com/terms' },
          { rect: [72, 80, 200, 92], page: 2 },
        ],
      },
      { rotate: 90, texts: [{ x: 72, y: 700, size: 10, text: 'A page turned to the right' }] },
      {},
      { image: true },
    ],
    { Title: 'Application', Author: 'A. Clerk', Keywords: 'form, member', CreationDate: 'D:20260131120000Z' },
    {
      outline: [{ title: 'Application', page: 1, items: [{ title: 'Turned', page: 2 }] }],
      attachments: [{ name: 'terms.txt', content: 'Terms' }],
      language: 'en',
    },
  );
}

/** `samples` is the folder of the sample documents. */
export function goldenDocuments(samples: URL): GoldenDocument[] {
  const read = (name: string): GoldenDocument => ({
    name,
    bytes: new Uint8Array(readFileSync(new URL(`${name}.pdf`, samples))),
  });
  return [...SAMPLES.map(read), { name: 'form-with-everything', bytes: formWithEverything() }];
}

/** JSON with a text a line, so that a difference can be read; without the parser's version. */
export function formatGolden(document: ParsedDocument): string {
  const json = JSON.stringify({ ...document, parser: document.parser.replace(/ .*/, '') });
  return `${json.replaceAll('{"text":', '\n{"text":').replaceAll('{"number":', '\n{"number":')}\n`;
}
