import { HEADERS, SPRING_DEAD_LETTER, textHeader, type HeaderValue } from '@docstream/contracts';
import { formatCoordinates, type ConsumedRecord, type Failure, type OutgoingRecord } from '@docstream/core';

const MAX_STACK_CHARACTERS = 4_000;
/** Replaced; identity headers stay as they are: the sink's input has them already. */
const REPLACED: ReadonlySet<string> = new Set([
  ...Object.values(SPRING_DEAD_LETTER),
  HEADERS.code,
  HEADERS.attempts,
  HEADERS.source,
]);

/** The original record byte for byte with the reason beside it. Repeated after a failure: deduplicated by its source. */
export function buildSinkDeadLetter(
  record: ConsumedRecord,
  { topic, group, failure, attempts }: { topic: string; group: string; failure: Failure; attempts: number },
): OutgoingRecord {
  return {
    topic,
    key: record.key,
    value: record.value,
    headers: [
      ...record.headers.filter(([name]) => !REPLACED.has(name)),
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
      textHeader(
        SPRING_DEAD_LETTER.exceptionStacktrace,
        (failure.stack ?? '').slice(0, MAX_STACK_CHARACTERS),
      ),
    ],
  };
}

function bigEndian(bytes: 4 | 8, value: bigint): HeaderValue {
  const buffer = new Uint8Array(bytes);
  const view = new DataView(buffer.buffer);
  if (bytes === 4) view.setInt32(0, Number(value));
  else view.setBigInt64(0, value);
  return buffer;
}
