import type { OutgoingRecord } from '@docstream/core';

/** Bytes of a record on the wire with its batch, rounded up: what brokers compare with max.message.bytes. */
export function outgoingBytes(record: OutgoingRecord): number {
  const headers = record.headers.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + (value?.byteLength ?? 0) + 10,
    0,
  );
  return (record.key?.byteLength ?? 0) + (record.value?.byteLength ?? 0) + headers + 200;
}
