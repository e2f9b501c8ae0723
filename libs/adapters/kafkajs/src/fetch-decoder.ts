import { HEADERS } from '@docstream/contracts';
import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';
import { crc32c } from './crc32c.js';
import {
  BATCH_HEADER_BYTES,
  readBatchHeader,
  readRecords,
  type BatchHeader,
  type BatchRecord,
} from './record-batch.js';

const require = createRequire(import.meta.url);
const DECODER = 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js';
const MAGIC_AT = 16;
const MAGIC = 2;
const CRC_AT = 17;
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

/** As much of kafkajs's Decoder as it hands to its decoder of records. */
interface ResponseDecoder {
  readonly buffer: Buffer;
  readonly offset: number;
  readInt32(): number;
  canReadBytes(length: number): boolean;
  readBytes(length: number): Buffer;
}

type RecordsDecoder = (decoder: ResponseDecoder) => Promise<unknown[]>;

interface Codec {
  decompress(bytes: Buffer): Promise<Buffer>;
}

export interface DecoderLimits {
  /** Records that a batch may have: each takes half a kilobyte, however small it is. */
  readonly batchRecords: number;
  /** Records and bytes, unpacked, after which the rest of a response is left to the next fetch. */
  readonly records: number;
  readonly bytes: number;
}

export const DECODER_LIMITS: DecoderLimits = {
  batchRecords: 250_000,
  records: 100_000,
  bytes: 64 * 1_048_576,
};

let isReplaced = false;

/**
 * Puts our decoder of fetched records in the place of kafkajs's, for which the stack is too small from 125,000 records
 * in a batch, which takes a minute for 10,000 headers, fails its consumer for good over a batch that it cannot read, and
 * stays for ever before one whose records compaction has removed [all tried]. Formats older than v2 stay with kafkajs.
 */
export function replaceFetchDecoder(): void {
  if (isReplaced) return;
  isReplaced = true;
  const original = require(DECODER) as RecordsDecoder;
  const module = require.cache[require.resolve(DECODER)];
  if (module === undefined) return;
  module.exports = (async (decoder) => {
    const { buffer, offset } = decoder;
    const size = buffer.readInt32BE(offset);
    const isOlder = size > MAGIC_AT && buffer[offset + 4 + MAGIC_AT] !== MAGIC;
    if (isOlder) return original(decoder);
    decoder.readInt32();
    return size > 0 && decoder.canReadBytes(size) ? decodeBatches(decoder.readBytes(size)) : [];
  }) satisfies RecordsDecoder;
}

/**
 * The records of the batches that are there whole. A batch that cannot be read becomes one record at its last offset,
 * with its bytes for a value and a header that says why: the stage dead-letters it, and the position goes past it.
 */
export async function decodeBatches(
  bytes: Buffer,
  limits: DecoderLimits = DECODER_LIMITS,
): Promise<BatchRecord[]> {
  const records: BatchRecord[] = [];
  let unpacked = 0;
  for (let at = 0; at + BATCH_HEADER_BYTES <= bytes.byteLength;) {
    const header = readBatchHeader(bytes, at);
    if (header.bytes < BATCH_HEADER_BYTES)
      throw new Error(`a batch has ${header.bytes} bytes: no batch at all`);
    const batch = bytes.subarray(at, at + header.bytes);
    const isWhole = batch.byteLength === header.bytes && header.context.magicByte === MAGIC;
    if (!isWhole || records.length >= limits.records || unpacked >= limits.bytes) break;
    unpacked += await decodeBatch(batch, header, limits, records);
    at += header.bytes;
  }
  return records;
}

/** Appends the batch's records and returns the bytes that they take. */
async function decodeBatch(
  batch: Buffer,
  header: BatchHeader,
  limits: DecoderLimits,
  into: BatchRecord[],
): Promise<number> {
  try {
    if (header.count > limits.batchRecords)
      throw new Error(`it has more than ${limits.batchRecords} records`);
    const bytes = await unpack(batch, header);
    for (const record of readRecords(bytes, header)) into.push(record);
    // Nothing else would tell that the log goes on behind what compaction has removed.
    const last = into.at(-1);
    if (last?.batchContext !== header.context || BigInt(last.offset) < header.lastOffset) {
      into.push(standIn(header, { isControlRecord: true }));
    }
    return bytes.byteLength;
  } catch (error) {
    // Which records count depends on markers: none of them may be missed. And what lacks memory now may have it later.
    if (header.context.isControlBatch || isOutOfMemory(error))
      throw new Error(describe(batch, header, error), { cause: error });
    const why = Buffer.from(describe(batch, header, error));
    into.push(
      standIn(header, { isControlRecord: false, value: batch, headers: { [HEADERS.undecodable]: why } }),
    );
    return batch.byteLength;
  }
}

async function unpack(batch: Buffer, { count, compression }: BatchHeader): Promise<Buffer> {
  const packed = batch.subarray(BATCH_HEADER_BYTES);
  if (compression === 0 || count === 0) return packed;
  const codecs = kafkajs.CompressionCodecs as Record<number, (() => Codec) | undefined>;
  const createCodec = codecs[compression];
  if (createCodec === undefined) throw new Error('its compression is not known');
  return createCodec().decompress(packed);
}

/** What takes the place of records at the end of their batch. */
function standIn(
  { lastOffset, context }: BatchHeader,
  {
    value = null,
    headers = {},
    isControlRecord,
  }: Partial<BatchRecord> & Pick<BatchRecord, 'isControlRecord'>,
): BatchRecord {
  return {
    magicByte: context.magicByte,
    attributes: 0,
    timestamp: context.maxTimestamp,
    offset: lastOffset.toString(),
    key: null,
    value,
    headers,
    isControlRecord,
    batchContext: context,
  };
}

function describe(
  batch: Buffer,
  { count, baseOffset, lastOffset, compression }: BatchHeader,
  error: unknown,
): string {
  const reason = error instanceof Error ? error.message : String(error);
  const isDamaged = crc32c(batch, CRC_AT + 4) !== batch.readUInt32BE(CRC_AT);
  const packing = CODECS[compression] ?? `no. ${compression}`;
  return (
    `A batch of ${count} records (offsets ${baseOffset} to ${lastOffset}, ${batch.byteLength} bytes, ` +
    `compression: ${packing}) cannot be read: ${reason}.${isDamaged ? ' Its checksum is wrong.' : ''}`
  );
}

function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isRefused =
    'code' in error && (error.code === 'Z_MEM_ERROR' || error.code === 'ERR_MEMORY_ALLOCATION_FAILED');
  return isRefused || error.message === 'Array buffer allocation failed';
}
