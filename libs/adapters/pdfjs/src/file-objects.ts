import { inflateSync } from 'node:zlib';

/** Of an object's text so much is looked at; no list of references is longer. */
const MAX_TEXT = 65_536;
/** Between "obj" and "stream" stands a dictionary of at most so many bytes. */
const MAX_DICTIONARY = 4_096;
/** Unpacked, of all object streams together. */
const MAX_UNPACKED = 32 * 1_048_576;

const isDigit = (byte = 0): boolean => byte >= 0x30 && byte <= 0x39;
const isSpace = (byte = 0): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

/** Part of an object stream, which itself begins at `at` in the file. */
interface Packed {
  readonly at: number;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The objects of a file by their numbers, found by the words around them and not by the cross-reference table; of several
 * with one number the last counts. Takes time linear in the bytes. Where an object stream can't be looked into
 * (`isWhole` is false), what is not found may still be there.
 */
export class FileObjects {
  isWhole = true;
  private readonly file: Buffer;
  private readonly starts = new Map<number, number>();
  /** Objects within object streams (ISO 32000-1, 7.5.7). */
  private readonly packed = new Map<number, Packed>();

  constructor(bytes: Uint8Array) {
    this.file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = this.file.indexOf('obj'); at >= 0; at = this.file.indexOf('obj', at + 3)) {
      const number = this.numberBefore(at);
      if (number !== undefined) this.starts.set(number, at + 3);
    }
    this.unpackStreams();
  }

  has(number: number): boolean {
    return this.starts.has(number) || this.packed.has(number);
  }

  /** The object without the content of its stream; undefined where there is none, cut where it is very long. */
  textOf(number: number): string | undefined {
    const start = this.starts.get(number);
    const packed = this.packed.get(number);
    if (packed !== undefined && packed.at > (start ?? -1)) return packed.text.slice(packed.start, packed.end);
    return start === undefined ? undefined : this.textAt(start, MAX_TEXT);
  }

  isStream(number: number): boolean {
    const start = this.starts.get(number);
    if (start === undefined) return false;
    const head = this.file.subarray(start, start + MAX_DICTIONARY);
    const end = head.indexOf('endobj');
    const stream = head.indexOf('stream');
    // A dictionary that is longer is given the benefit of the doubt.
    return stream < 0 ? end < 0 : end < 0 || stream < end;
  }

  private textAt(start: number, length: number): string {
    const text = this.file.toString('latin1', start, start + length);
    const end = text.search(/endobj|stream/);
    return end < 0 ? text : text.slice(0, end);
  }

  /** Of "12 0 obj", when `at` is where "obj" stands. */
  private numberBefore(at: number): number | undefined {
    const { file } = this;
    let end = at;
    const skip = (is: (byte?: number) => boolean): boolean => {
      const from = end;
      while (end > 0 && from - end < 10 && is(file[end - 1])) end -= 1;
      return end < from;
    };
    skip(isSpace);
    if (!skip(isDigit) || !skip(isSpace)) return undefined;
    const to = end;
    return skip(isDigit) ? Number(file.toString('latin1', end, to)) : undefined;
  }

  private unpackStreams(): void {
    let unpacked = 0;
    for (let at = this.file.indexOf('/ObjStm'); at >= 0; at = this.file.indexOf('/ObjStm', at + 7)) {
      const before = this.file.subarray(Math.max(at - MAX_DICTIONARY, 0), at).lastIndexOf('obj');
      const start = Math.max(at - MAX_DICTIONARY, 0) + before + 3;
      const dictionary = this.textAt(start, 2 * MAX_DICTIONARY);
      const text = before < 0 ? undefined : this.unpack(start + dictionary.length, dictionary);
      unpacked += text?.length ?? 0;
      if (text === undefined || unpacked > MAX_UNPACKED) {
        this.isWhole = false;
        return;
      }
      this.learn(text, Number(/\/First\s+(\d{1,10})/.exec(dictionary)?.[1] ?? 0), at);
    }
  }

  private unpack(keyword: number, dictionary: string): string | undefined {
    const start = keyword + 'stream'.length + (this.file[keyword + 'stream'.length] === 0x0d ? 2 : 1);
    const data = this.file.subarray(start, start + MAX_UNPACKED);
    if (!/\/Filter\b/.test(dictionary)) {
      const end = data.indexOf('endstream');
      return data.toString('latin1', 0, end < 0 ? data.length : end);
    }
    if (!/\/Filter\s*\[?\s*\/(?:FlateDecode|Fl)\b/.test(dictionary) || /\/DecodeParms\b/.test(dictionary)) {
      return undefined;
    }
    try {
      return inflateSync(data, { maxOutputLength: MAX_UNPACKED }).toString('latin1');
    } catch {
      // Encrypted or damaged: pdfjs may read it all the same.
      return undefined;
    }
  }

  /** Pairs of number and place come before the first object. */
  private learn(text: string, first: number, at: number): void {
    const pairs = (text.slice(0, first).match(/\d+/g) ?? []).map(Number);
    for (let index = 0; index + 1 < pairs.length; index += 2) {
      const start = first + (pairs[index + 1] ?? 0);
      const next = first + (pairs[index + 3] ?? text.length);
      const end = Math.min(next > start ? next : text.length, start + MAX_TEXT);
      this.packed.set(pairs[index] ?? 0, { at, text, start, end });
    }
  }
}
