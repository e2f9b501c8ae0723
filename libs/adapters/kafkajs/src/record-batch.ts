/** Bytes of a batch before its records, in Kafka's record format v2 (KIP-98). */
export const BATCH_HEADER_BYTES = 61;
/** Where a batch's length is counted from. */
const LENGTH_END = 12;
/** Length, attributes, both deltas, no key, no value, no headers. */
const MIN_RECORD_BYTES = 7;
const COMPRESSION = 0x07;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

/** What kafkajs lets each record of a batch know of it. */
export interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly partitionLeaderEpoch: number;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
  readonly lastOffsetDelta: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly maxTimestamp: string;
  /** 0: the producer's · 1: the broker's. */
  readonly timestampType: number;
  readonly magicByte: number;
}

export interface BatchHeader {
  /** Of the whole batch. */
  readonly bytes: number;
  readonly baseOffset: bigint;
  readonly lastOffset: bigint;
  /** 0: none · 1: gzip · 2: snappy · 3: lz4 · 4: zstd. */
  readonly compression: number;
  readonly count: number;
  readonly context: BatchContext;
}

/** A record as kafkajs's decoder gives it. */
export interface BatchRecord {
  readonly magicByte: number;
  readonly attributes: number;
  readonly timestamp: string;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, Buffer | null | (Buffer | null)[]>;
  isControlRecord: boolean;
  readonly batchContext: BatchContext;
}

/** The batch whose first byte is at `from`; at least BATCH_HEADER_BYTES must be there. */
export function readBatchHeader(bytes: Buffer, from: number): BatchHeader {
  const attributes = bytes.readInt16BE(from + 21);
  const baseOffset = bytes.readBigInt64BE(from);
  const lastOffsetDelta = bytes.readInt32BE(from + 23);
  return {
    bytes: bytes.readInt32BE(from + 8) + LENGTH_END,
    baseOffset,
    lastOffset: baseOffset + BigInt(lastOffsetDelta),
    compression: attributes & COMPRESSION,
    count: bytes.readInt32BE(from + 57),
    context: {
      firstOffset: baseOffset.toString(),
      firstTimestamp: bytes.readBigInt64BE(from + 27).toString(),
      partitionLeaderEpoch: bytes.readInt32BE(from + 12),
      inTransaction: (attributes & TRANSACTIONAL) !== 0,
      isControlBatch: (attributes & CONTROL) !== 0,
      lastOffsetDelta,
      producerId: bytes.readBigInt64BE(from + 43).toString(),
      producerEpoch: bytes.readInt16BE(from + 51),
      firstSequence: bytes.readInt32BE(from + 53),
      maxTimestamp: bytes.readBigInt64BE(from + 35).toString(),
      timestampType: (attributes & LOG_APPEND_TIME) === 0 ? 0 : 1,
      magicByte: bytes.readInt8(from + 16),
    },
  };
}

/** The records of a batch, unpacked; they view the bytes. An Error when these are not what the header says. */
export function readRecords(bytes: Buffer, { count, context }: BatchHeader): BatchRecord[] {
  if (count < 0 || count * MIN_RECORD_BYTES > bytes.byteLength) {
    throw new Error(`${bytes.byteLength} bytes cannot be ${count} records`);
  }
  const cursor = new Cursor(bytes);
  const [baseOffset, firstMs] = [BigInt(context.firstOffset), BigInt(context.firstTimestamp)];
  const records: BatchRecord[] = [];
  for (let former = -1; records.length < count;) {
    const end = cursor.varint() + cursor.at;
    const attributes = cursor.byte();
    const ageMs = cursor.varlong();
    const timestamp = context.timestampType === 1 ? context.maxTimestamp : (firstMs + ageMs).toString();
    const delta = cursor.varint();
    if (delta <= former || delta > context.lastOffsetDelta) throw new Error('the offsets do not ascend');
    former = delta;
    const [key, value] = [cursor.bytesOrNull(), cursor.bytesOrNull()];
    const headers = readHeaders(cursor);
    if (cursor.at !== end) throw new Error('a record has another length than it says');
    const offset = (baseOffset + BigInt(delta)).toString();
    const facts = { magicByte: context.magicByte, attributes, timestamp, offset };
    const isControlRecord = context.isControlBatch;
    records.push({ ...facts, key, value, headers, isControlRecord, batchContext: context });
  }
  if (cursor.at !== bytes.byteLength) throw new Error('there are bytes behind the last record');
  return records;
}

/** Grouped by name, as kafkajs does it: in time that grows with their number, and with names of every kind. */
function readHeaders(cursor: Cursor): BatchRecord['headers'] {
  const headers: BatchRecord['headers'] = {};
  const count = cursor.varint();
  if (count < 0) throw new Error(`a record has ${count} headers`);
  for (let read = 0; read < count; read += 1) {
    const name = cursor.take(cursor.varint()).toString();
    const value = cursor.bytesOrNull();
    const former = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (Array.isArray(former)) former.push(value);
    else if (former !== undefined) headers[name] = [former, value];
    else if (name !== '__proto__') headers[name] = value;
    else
      Object.defineProperty(headers, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return headers;
}

/** Reads on; an Error where the bytes end too early. */
class Cursor {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw new Error('the bytes end within a record');
    this.at += 1;
    return byte;
  }

  /** Zigzag, 32 bits. */
  varint(): number {
    let bits = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      bits |= (byte & 127) << shift;
      if (byte < 128) return (bits >>> 1) ^ -(bits & 1);
    }
    throw new Error('a number has more than 5 bytes');
  }

  /** Zigzag, 64 bits. */
  varlong(): bigint {
    let bits = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      if (shift === 0n && byte < 128) return BigInt((byte >>> 1) ^ -(byte & 1));
      bits |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, (bits >> 1n) ^ -(bits & 1n));
    }
    throw new Error('a number has more than 10 bytes');
  }

  bytesOrNull(): Buffer | null {
    const length = this.varint();
    return length === -1 ? null : this.take(length);
  }

  take(length: number): Buffer {
    const from = this.at;
    this.at = from + length;
    if (length < 0 || this.at > this.#bytes.byteLength) {
      throw new Error(`${length} bytes should be where ${this.#bytes.byteLength - from} are left`);
    }
    return this.#bytes.subarray(from, this.at);
  }
}
