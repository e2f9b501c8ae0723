import { inflateSync } from 'node:zlib';

/** Of each stream so much is looked at, unpacked: what is longer may have an image further on. */
const MAX_UNPACKED = 16 * 1_048_576;
const IMAGE = /\/Subtype\s*\/Image\b/;
/** Within the content of a page (ISO 32000-1, 8.9.7). */
const INLINE_IMAGE = /(?:^|\s)BI\s[\s\S]{0,500}?\sID\s/;

/** False only when no page can show an image: neither one of its own nor one within a page's content. */
export function mayHaveImages(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = 0;
  for (let at = file.indexOf('stream'); at >= 0; at = file.indexOf('stream', end)) {
    const dictionary = dictionaryOf(file, end, at);
    if (IMAGE.test(dictionary)) return true;
    const start = at + 'stream'.length;
    const found = file.indexOf('endstream', start);
    end = found < 0 ? file.length : found + 'endstream'.length;
    // "stream" and a line end, of one or two characters.
    const data = file.subarray(start + (file[start] === 0x0d ? 2 : 1), found < 0 ? file.length : found);
    // Fonts, profiles and the like are unpacked as well: cheaper than to know what a page draws.
    const text = unpack(data, dictionary);
    if (text === undefined || INLINE_IMAGE.test(text)) return true;
  }
  return false;
}

function dictionaryOf(file: Buffer, from: number, at: number): string {
  const text = file.toString('latin1', Math.max(from, at - 4_096), at);
  return text.slice(text.lastIndexOf(' obj') + 1);
}

/** Undefined for what can't be looked into. */
function unpack(data: Uint8Array, dictionary: string): string | undefined {
  if (!/\/Filter\b/.test(dictionary)) return Buffer.from(data).toString('latin1');
  if (!/\/Filter\s*\[?\s*\/(?:FlateDecode|Fl)\s*(?:\]|\/|>|$)/.test(dictionary)) return undefined;
  try {
    return inflateSync(data, { maxOutputLength: MAX_UNPACKED }).toString('latin1');
  } catch {
    // Encrypted, damaged or too long.
    return undefined;
  }
}
