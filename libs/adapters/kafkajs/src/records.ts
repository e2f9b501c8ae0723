import type { ConsumedRecord, OutgoingRecord } from '@docstream/core';
import type { RecordHeaders } from '@docstream/contracts';
import type { IHeaders, KafkaMessage, Message } from 'kafkajs';

const NOTHING = Buffer.alloc(0);

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

/** kafkajs groups repeated names; their order among each other is kept, that between different names of no meaning. */
function fromKafkaHeaders(headers: IHeaders | undefined): RecordHeaders {
  return Object.entries(headers ?? {}).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : [value];
    return values.map(
      (one) => [name, one === undefined ? null : typeof one === 'string' ? Buffer.from(one) : one] as const,
    );
  });
}

function toKafkaHeaders(headers: RecordHeaders): IHeaders {
  // A foreign record may have any name. Objects without a prototype are slow, hence only where it matters.
  const isHostile = headers.some(([name]) => name === '__proto__');
  const grouped: IHeaders = isHostile ? (Object.create(null) as IHeaders) : {};
  for (const [name, value] of headers) {
    const bytes = value === null ? NOTHING : asBuffer(value);
    const former = Object.hasOwn(grouped, name) ? grouped[name] : undefined;
    if (former === undefined) grouped[name] = bytes;
    else grouped[name] = Array.isArray(former) ? [...former, bytes] : [former, bytes];
  }
  return grouped;
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
