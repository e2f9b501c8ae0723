import { constants, inflateSync } from 'node:zlib';
import { PoisonError } from './errors.js';

const MEBIBYTE = 1_048_576;
/** No page's drawing comes near it; a parser holds it in memory twice. */
export const MAX_STREAM_BYTES = 128 * MEBIBYTE;
/** Deflate cannot do better: what is shorter than a thousandth of the limit need not be looked at. */
const BEST_RATIO = 1_032;
/** A stream's dictionary is at most so long; what stands before is another object. */
const DICTIONARY_BYTES = 4_096;
const KEYWORD = 'stream';

/**
 * PoisonError PDF_TOO_LARGE when a deflated stream unpacks to more than the limit: a decompression bomb. Images may; they
 * are not unpacked for their text. Encrypted, damaged and otherwise packed streams are left to the memory limit.
 */
export function checkStreams(bytes: Uint8Array, limitBytes = MAX_STREAM_BYTES): void {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = file.indexOf(KEYWORD); at >= 0; at = file.indexOf(KEYWORD, at)) {
    const dictionary = dictionaryBefore(file, at);
    const found = file.indexOf('endstream', at);
    const end = found < 0 ? file.length : found;
    const layers = deflatedLayers(dictionary);
    // "stream" and a line end, of one or two characters.
    const data = file.subarray(at + KEYWORD.length + (file[at + KEYWORD.length] === 0x0d ? 2 : 1), end);
    if (layers > 0) unpack(data, layers, limitBytes);
    at = end + 'endstream'.length;
  }
}

function dictionaryBefore(file: Buffer, at: number): string {
  const text = file.toString('latin1', Math.max(at - DICTIONARY_BYTES, 0), at);
  return text.slice(text.lastIndexOf(' obj') + 1);
}

/** How often it is deflated; 0 when it is something else on the outside, or an image. */
function deflatedLayers(dictionary: string): number {
  if (/\/Subtype\s*\/Image\b/.test(dictionary)) return 0;
  const [, filters = ''] = /\/(?:Filter|F)\s*(\[[^\]]*\]|\/\w+)/.exec(dictionary) ?? [];
  const names = filters.match(/\w+/g) ?? [];
  const end = names.findIndex((name) => name !== 'FlateDecode' && name !== 'Fl');
  return end < 0 ? names.length : end;
}

function unpack(packed: Uint8Array, layers: number, limitBytes: number): void {
  let data = packed;
  for (let layer = 1; layer <= layers; layer += 1) {
    if (layer === layers && data.byteLength * BEST_RATIO <= limitBytes) return;
    try {
      data = inflateSync(data, { maxOutputLength: limitBytes, finishFlush: constants.Z_SYNC_FLUSH });
    } catch (thrown) {
      if (!isTooLarge(thrown)) return;
      throw new PoisonError(
        'PDF_TOO_LARGE',
        `A stream of the PDF unpacks to more than ${Math.floor(limitBytes / MEBIBYTE)} MiB.`,
        { facts: { limitBytes }, cause: thrown },
      );
    }
  }
}

const isTooLarge = (thrown: unknown): boolean =>
  thrown !== null && typeof thrown === 'object' && 'code' in thrown && thrown.code === 'ERR_BUFFER_TOO_LARGE';
