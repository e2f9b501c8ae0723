import { deflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { checkStreams } from './pdf-streams.js';

const MEBIBYTE = 1_048_576;
const ZEROS = deflateSync(new Uint8Array(2 * MEBIBYTE));

function pdfWith(dictionary: string, data: Uint8Array): Uint8Array {
  return Buffer.concat([
    Buffer.from(`%PDF-1.4\n7 0 obj\n<< /Length 5 ${dictionary} >>\nstream\r\n`, 'latin1'),
    data,
    Buffer.from('\nendstream\nendobj\n%%EOF', 'latin1'),
  ]);
}

describe('streams of a PDF', () => {
  it.each([
    ['deflated', '/Filter /FlateDecode', ZEROS],
    ['deflated, in a list', '/Filter [/Fl]', ZEROS],
    ['deflated twice', '/Filter [ /FlateDecode /FlateDecode ]', deflateSync(ZEROS)],
  ])('are refused when they unpack to more than the limit: %s', (_, dictionary, data) => {
    expect(() => checkStreams(pdfWith(dictionary, data), MEBIBYTE)).toThrow(
      expect.objectContaining({ code: 'PDF_TOO_LARGE', facts: { limitBytes: MEBIBYTE } }),
    );
  });

  it.each([
    ['within the limit', '/Filter /FlateDecode', deflateSync(Buffer.alloc(MEBIBYTE))],
    ['images', '/Type /XObject /Subtype /Image /Filter /FlateDecode', ZEROS],
    ['not deflated on the outside', '/Filter [/ASCII85Decode /FlateDecode]', ZEROS],
    ['not packed', '', ZEROS],
    ['damaged', '/Filter /FlateDecode', Buffer.alloc(4_000, 0xff)],
  ])('pass: %s', (_, dictionary, data) => {
    expect(() => checkStreams(pdfWith(dictionary, data), MEBIBYTE)).not.toThrow();
  });

  it('counts what comes out before the damage of a stream that was cut', () => {
    expect(() => checkStreams(pdfWith('/Filter /FlateDecode', ZEROS.subarray(0, 1_800)), MEBIBYTE)).toThrow();
  });

  it('passes a file that ends with the keyword', () => {
    expect(() => checkStreams(Buffer.from('%PDF-1.4 endstream stream'), MEBIBYTE)).not.toThrow();
  });
});
