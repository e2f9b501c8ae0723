import {
  HEADERS,
  SPRING_DEAD_LETTER,
  textHeader,
  type HeaderValue,
  type RecordHeaders,
} from '@docstream/contracts';
import { formatCoordinates } from './envelope.js';
import type { Failure } from './errors.js';
import type { ConsumedRecord } from './ports/broker.js';

/** Below 4 KiB, whatever the names in it. */
const MAX_STACK_CHARACTERS = 4_000;

/** Headers that mean something in a dead letter: what the record has under these names does not go into it. */
export const DEAD_LETTER_HEADERS: ReadonlySet<string> = new Set([
  ...Object.values(SPRING_DEAD_LETTER),
  HEADERS.code,
  HEADERS.attempts,
  HEADERS.source,
  HEADERS.blob,
  HEADERS.blobType,
  HEADERS.blobBytes,
]);

export interface DeadLetterReason {
  readonly group: string;
  readonly failure: Failure;
  readonly attempts: number;
}

/** Why the record is a dead letter and where it stood: our headers, and those that Spring's tools read. */
export function deadLetterHeaders(
  record: ConsumedRecord,
  { group, failure, attempts }: DeadLetterReason,
): RecordHeaders {
  return [
    textHeader(HEADERS.source, formatCoordinates(record)),
    textHeader(HEADERS.code, failure.code),
    textHeader(HEADERS.attempts, String(attempts)),
    textHeader(SPRING_DEAD_LETTER.originalTopic, record.topic),
    [SPRING_DEAD_LETTER.originalPartition, bigEndian(4, BigInt(record.partition))],
    [SPRING_DEAD_LETTER.originalOffset, bigEndian(8, record.offset)],
    [SPRING_DEAD_LETTER.originalTimestamp, bigEndian(8, BigInt(Math.trunc(record.timestampMs)))],
    textHeader(SPRING_DEAD_LETTER.originalTimestampType, 'LogAppendTime'),
    textHeader(SPRING_DEAD_LETTER.consumerGroup, group),
    textHeader(SPRING_DEAD_LETTER.exceptionFqcn, `io.docstream.errors.${failure.code}`),
    textHeader(SPRING_DEAD_LETTER.exceptionMessage, failure.message),
    textHeader(SPRING_DEAD_LETTER.exceptionStacktrace, (failure.stack ?? '').slice(0, MAX_STACK_CHARACTERS)),
  ];
}

function bigEndian(bytes: 4 | 8, value: bigint): HeaderValue {
  const buffer = new Uint8Array(bytes);
  const view = new DataView(buffer.buffer);
  if (bytes === 4) view.setInt32(0, Number(value));
  else view.setBigInt64(0, value);
  return buffer;
}
