import type { ConsumedRecord } from './ports/broker.js';

/** What a record takes beside its bytes, and each of its headers: objects, and views of the bytes [measured]. */
const RECORD_OVERHEAD = 300;
const HEADER_OVERHEAD = 200;

/** Bytes that a record takes while it is held, near enough for limits; on the wire it takes less. */
export function bytesHeld({
  key,
  value,
  headers,
}: Pick<ConsumedRecord, 'key' | 'value' | 'headers'>): number {
  let bytes = RECORD_OVERHEAD + (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  for (const [name, content] of headers) bytes += HEADER_OVERHEAD + name.length + (content?.byteLength ?? 0);
  return bytes;
}
