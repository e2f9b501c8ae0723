import type { EventName, EventTypes, Identity, TopicContract } from '@docstream/contracts';
import {
  PoisonError,
  identifySubmission,
  readIdentity,
  type ConsumedRecord,
  type DecodedInput,
  type EventCodec,
} from '@docstream/core';

/** Identity from our headers; of a foreign record on our topics, by its value as it lies there. Total. */
export function identifyEvent(record: ConsumedRecord): Identity {
  return readIdentity(record.headers) ?? identifySubmission(record, null);
}

/** An event of a stage with the identity in its headers. Errors: EMPTY_RECORD, UNDECODABLE, and those of the codec. */
export async function decodeEventRecord<Name extends EventName>(
  codec: EventCodec,
  topic: TopicContract<Name>,
  record: ConsumedRecord,
): Promise<DecodedInput<EventTypes[Name]>> {
  if (record.value === null || record.value.byteLength === 0) {
    throw new PoisonError('EMPTY_RECORD', `the record on ${record.topic} has no value`);
  }
  const identity = readIdentity(record.headers);
  if (identity === null) {
    throw new PoisonError(
      'UNDECODABLE',
      `the record on ${record.topic} lacks the docstream-* headers of a stage's event`,
    );
  }
  return { event: await codec.decode(topic, record.value), identity };
}
