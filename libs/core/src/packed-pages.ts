import { createGunzip, gunzip, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import type { ParsedDocument } from '@docstream/contracts';
import { MAX_UNPACKED_BYTES, PACKED_OPENING } from './document-packer.js';
import { PoisonError } from './errors.js';
import type { RecognisedPage } from './ports/text-recogniser.js';

const MAX_RECOGNISED_BYTES = 64 * 1_048_576;
const [compress, decompress] = [promisify(gzip), promisify(gunzip)];

/**
 * Reads what a DocumentPacker wrote, a page's JSON at a time, in order: nothing else is kept. What is not in the pages comes
 * back. Errors: those of `take`; UNDECODABLE when the bytes are not what a DocumentPacker writes.
 */
export async function readPacked(
  parsed: Uint8Array,
  take: (json: string, number: number) => void | Promise<void>,
): Promise<Omit<ParsedDocument, 'version' | 'pages'>> {
  let lines = 0;
  let last = '';
  for await (const line of linesOf(parsed)) {
    if (lines === 0 && line !== PACKED_OPENING) throw undecodable();
    // The last line is known when no other follows.
    if (lines > 1) await take(last.endsWith(',') ? last.slice(0, -1) : last, lines - 1);
    last = line;
    lines += 1;
  }
  if (!last.startsWith('],')) throw undecodable();
  return parseJson<Omit<ParsedDocument, 'version' | 'pages'>>(`{${last.slice(2)}`);
}

async function* linesOf(parsed: Uint8Array): AsyncIterable<string> {
  const stream = createGunzip();
  stream.end(parsed);
  let pieces: Uint8Array[] = [];
  let unpackedBytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      unpackedBytes += chunk.byteLength;
      if (unpackedBytes > MAX_UNPACKED_BYTES) throw undecodable();
      let from = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
        pieces.push(chunk.subarray(from, end));
        yield Buffer.concat(pieces).toString('utf8');
        pieces = [];
        from = end + 1;
      }
      pieces.push(chunk.subarray(from));
    }
  } catch (cause) {
    throw cause instanceof PoisonError ? cause : undecodable(cause);
  }
  yield Buffer.concat(pieces).toString('utf8');
}

const NEWLINE = 0x0a;

function parseJson<T>(json: string): T {
  try {
    return JSON.parse(json) as T;
  } catch (cause) {
    throw undecodable(cause);
  }
}

function undecodable(cause?: unknown): PoisonError {
  return new PoisonError('UNDECODABLE', 'the parsed text is not what the parser packs', { cause });
}

/** What was found on a page, as bytes: a service that only passes it on need not hold its words. */
export function packRecognised(page: RecognisedPage): Promise<Uint8Array> {
  return compress(JSON.stringify(page));
}

/** Errors: UNDECODABLE when the bytes are not of `packRecognised`. */
export async function unpackRecognised(bytes: Uint8Array): Promise<RecognisedPage> {
  const json = await decompress(bytes, { maxOutputLength: MAX_RECOGNISED_BYTES }).catch((cause: unknown) => {
    throw undecodable(cause);
  });
  return parseJson<RecognisedPage>(json.toString('utf8'));
}
