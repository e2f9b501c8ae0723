import type { ConsumedRecord, OutgoingRecord } from '@docstream/core';
import type { RecordHeaders } from '@docstream/contracts';
import type { IHeaders, KafkaMessage, Message } from 'kafkajs';

/** What kafkajs's decoder and our encoder know and kafkajs's types don't: a header may have no value. */
type Grouped = Record<string, Buffer | null | (Buffer | null)[]>;

export function toConsumedRecord(topic: string, partition: number, message: KafkaMessage): ConsumedRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key,
    value: message.value,
    headers: fromKafkaHeaders(message.headers),
    timestampMs: Number(message.timestamp),
  };
}

export function toKafkaMessage(record: OutgoingRecord): Message {
  return {
    key: record.key === null ? null : asBuffer(record.key),
    value: record.value === null ? null : asBuffer(record.value),
    headers: toKafkaHeaders(record.headers),
    ...(record.partition === undefined ? {} : { partition: record.partition }),
  };
}

/**
 * kafkajs groups repeated names; their order among each other is kept, that between different names of no meaning. With
 * a name such as `constructor` it takes what every object has for a first value: only bytes are values.
 */
function fromKafkaHeaders(headers: IHeaders | undefined): RecordHeaders {
  return Object.entries((headers ?? {}) as Grouped).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : [value];
    return values.filter((one) => one === null || Buffer.isBuffer(one)).map((one) => [name, one] as const);
  });
}

function toKafkaHeaders(headers: RecordHeaders): IHeaders {
  // A foreign record may have any name. Objects without a prototype are slow, hence only where it matters.
  const isHostile = headers.some(([name]) => name === '__proto__');
  const grouped: Grouped = isHostile ? (Object.create(null) as Grouped) : {};
  for (const [name, value] of headers) {
    const bytes = value === null ? null : asBuffer(value);
    const former = Object.hasOwn(grouped, name) ? grouped[name] : undefined;
    if (former === undefined) grouped[name] = bytes;
    else if (Array.isArray(former)) former.push(bytes);
    else grouped[name] = [former, bytes];
  }
  return grouped as IHeaders;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes of a record on the wire, near enough for limits. */
export function recordBytes(record: OutgoingRecord): number {
  const headers = record.headers.reduce(
    (sum, [name, value]) => sum + name.length + (value?.byteLength ?? 0) + 8,
    0,
  );
  return (record.key?.byteLength ?? 0) + (record.value?.byteLength ?? 0) + headers + 64;
}
