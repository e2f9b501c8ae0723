export type Bytes = Buffer | string | null | undefined;

/** A record as kafkajs hands it to its encoder. */
export interface RecordToEncode {
  readonly key?: Bytes;
  readonly value?: Bytes;
  readonly headers?: Readonly<Record<string, Bytes | readonly Bytes[]>>;
}

/** A record whose size on the wire is known, ready to be written. */
export interface SizedRecord {
  readonly offsetDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Buffer | null])[];
  /** Bytes without the length that stands in front. */
  readonly bodyBytes: number;
}

export function measureRecord(record: RecordToEncode, offsetDelta: number): SizedRecord {
  const key = toBuffer(record.key);
  const value = toBuffer(record.value);
  const headers = flatten(record.headers ?? {});
  // Attributes and the distance to the batch's time are one byte each: all records of a batch have its time.
  let bodyBytes = 2 + sizeOfVarint(offsetDelta) + sizeOfBytes(key) + sizeOfBytes(value);
  bodyBytes += sizeOfVarint(headers.length);
  for (const [name, content] of headers) {
    const length = Buffer.byteLength(name);
    bodyBytes += sizeOfVarint(length) + length + sizeOfBytes(content);
  }
  return { offsetDelta, key, value, headers, bodyBytes };
}

export function sizeOfRecord({ bodyBytes }: SizedRecord): number {
  return sizeOfVarint(bodyBytes) + bodyBytes;
}

/** Writes Kafka's record format v2 and returns where it ends. */
export function writeRecord(into: Buffer, from: number, record: SizedRecord): number {
  let at = writeVarint(into, from, record.bodyBytes);
  into[at] = 0;
  into[at + 1] = 0;
  at = writeVarint(into, at + 2, record.offsetDelta);
  at = writeBytes(into, at, record.key);
  at = writeBytes(into, at, record.value);
  at = writeVarint(into, at, record.headers.length);
  for (const [name, content] of record.headers) {
    at = writeVarint(into, at, Buffer.byteLength(name));
    at += into.write(name, at);
    at = writeBytes(into, at, content);
  }
  return at;
}

function toBuffer(bytes: Bytes): Buffer | null {
  if (bytes === null || bytes === undefined) return null;
  return typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
}

function flatten(headers: NonNullable<RecordToEncode['headers']>): (readonly [string, Buffer | null])[] {
  const flat: (readonly [string, Buffer | null])[] = [];
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (isRepeated(value)) for (const one of value) flat.push([name, toBuffer(one)]);
    else flat.push([name, toBuffer(value)]);
  }
  return flat;
}

function isRepeated(value: Bytes | readonly Bytes[]): value is readonly Bytes[] {
  return Array.isArray(value);
}

/** Zigzag; the numbers here (lengths, counts, -1 for null) have at most 31 bits. */
function zigzag(number: number): number {
  return ((number << 1) ^ (number >> 31)) >>> 0;
}

function sizeOfVarint(number: number): number {
  let size = 1;
  for (let rest = zigzag(number); rest >= 128; rest >>>= 7) size += 1;
  return size;
}

function sizeOfBytes(bytes: Buffer | null): number {
  return bytes === null ? 1 : sizeOfVarint(bytes.byteLength) + bytes.byteLength;
}

function writeVarint(into: Buffer, from: number, number: number): number {
  let at = from;
  let rest = zigzag(number);
  for (; rest >= 128; rest >>>= 7) {
    into[at] = (rest & 127) | 128;
    at += 1;
  }
  into[at] = rest;
  return at + 1;
}

function writeBytes(into: Buffer, from: number, bytes: Buffer | null): number {
  if (bytes === null) return writeVarint(into, from, -1);
  const at = writeVarint(into, from, bytes.byteLength);
  bytes.copy(into, at);
  return at + bytes.byteLength;
}
