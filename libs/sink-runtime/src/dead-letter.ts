import {
  DEAD_LETTER_HEADERS,
  deadLetterHeaders,
  type ConsumedRecord,
  type DeadLetterReason,
  type OutgoingRecord,
} from '@docstream/core';

/**
 * The original record byte for byte with the reason beside it. Identity headers stay as they are: the sink's input has
 * them already. Repeated after a failure: deduplicated by its source.
 */
export function buildSinkDeadLetter(
  record: ConsumedRecord,
  { topic, ...reason }: DeadLetterReason & { readonly topic: string },
): OutgoingRecord {
  return {
    topic,
    key: record.key,
    value: record.value,
    headers: [
      ...record.headers.filter(([name]) => !DEAD_LETTER_HEADERS.has(name)),
      ...deadLetterHeaders(record, reason),
    ],
  };
}
