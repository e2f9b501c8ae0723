import type { ConsumedRecord, OutgoingRecord } from '@docstream/core';
import type { RecordHeaders } from '@docstream/contracts';
import type { IHeaders, KafkaMessage, Message } from 'kafkajs';

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
  const grouped = new Map<string, Buffer[]>();
  for (const [name, value] of headers) {
    const values = grouped.get(name) ?? [];
    values.push(value === null ? Buffer.alloc(0) : asBuffer(value));
    grouped.set(name, values);
  }
  return Object.fromEntries(
    [...grouped].map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
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
