import { HEADERS, readHeader, textHeader, type HeaderValue, type RecordHeaders } from '@docstream/contracts';
import {
  DEAD_LETTER_HEADERS,
  PoisonError,
  type BlobStore,
  type ConsumedRecord,
  type OutgoingRecord,
  type TopicPartition,
} from '@docstream/core';
import { CONNECT_PREFIX, SPRING_PREFIX, type DeadLetter } from './letter.js';

const RECORD_TYPE = 'application/vnd.docstream.dead-letter+json';
const OURS: ReadonlySet<string> = new Set([...DEAD_LETTER_HEADERS, HEADERS.redriveOf]);

export interface Original {
  readonly value: Uint8Array | null;
  /** As they were, as far as the dead letter or its blob kept them. */
  readonly headers: RecordHeaders;
}

/**
 * Value and headers of the record as it was, without what made it a dead letter. Errors: PoisonError BLOB_NOT_FOUND,
 * BLOB_CORRUPT where they lie in the blob store, DependencyError while that is away.
 */
export async function restoreOriginal(
  letter: DeadLetter,
  record: ConsumedRecord,
  blobStore: () => BlobStore,
): Promise<Original> {
  const headers = record.headers.filter(([name]) => !isOfDeadLetter(name));
  const { spilled } = letter;
  if (spilled === null) return { value: record.value, headers };
  const bytes = await blobStore().redeem(letter.tenant, spilled);
  if (spilled.mediaType !== RECORD_TYPE) return { value: bytes, headers };
  const whole = readWhole(bytes, spilled.sha256);
  const kept = new Set(whole.headers.map(([name]) => name));
  // Identity that the stage found out stands in the letter only.
  return {
    value: whole.value,
    headers: [
      ...whole.headers.filter(([name]) => !isOfDeadLetter(name)),
      ...headers.filter(([name]) => !kept.has(name)),
    ],
  };
}

export function toOutgoing(
  letter: DeadLetter,
  key: Uint8Array | null,
  original: Original,
  { target, run }: { readonly target: TopicPartition; readonly run: string },
): OutgoingRecord {
  return {
    ...target,
    key,
    value: original.value,
    headers: [
      ...original.headers.filter(([name]) => name !== HEADERS.run),
      textHeader(HEADERS.run, run),
      textHeader(HEADERS.redriveOf, letter.at),
    ],
  };
}

export function isRedriveOf(record: ConsumedRecord, letter: string, run: string): boolean {
  if (readHeader(record.headers, HEADERS.redriveOf) !== letter) return false;
  return readHeader(record.headers, HEADERS.run) === run;
}

function isOfDeadLetter(name: string): boolean {
  return OURS.has(name) || name.startsWith(SPRING_PREFIX) || name.startsWith(CONNECT_PREFIX);
}

function readWhole(bytes: Uint8Array, sha256: string): Original {
  const corrupt = (cause?: unknown): PoisonError =>
    new PoisonError('BLOB_CORRUPT', `the blob ${sha256} is not a dead letter`, { cause });
  const toBytes = (text: unknown): HeaderValue => {
    if (text === null) return null;
    if (typeof text !== 'string') throw corrupt();
    return new Uint8Array(Buffer.from(text, 'base64'));
  };
  let parsed: { readonly value?: unknown; readonly headers?: unknown };
  try {
    parsed = JSON.parse(new TextDecoder().decode(bytes)) as typeof parsed;
  } catch (error) {
    throw corrupt(error);
  }
  if (!Array.isArray(parsed.headers)) throw corrupt();
  const headers = parsed.headers.map((pair: unknown): readonly [string, HeaderValue] => {
    if (!Array.isArray(pair) || typeof pair[0] !== 'string') throw corrupt();
    return [pair[0], toBytes(pair[1])];
  });
  return { value: toBytes(parsed.value), headers };
}
