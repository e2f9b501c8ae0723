import { promisify } from 'node:util';
import { gzip, unzip, zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import createSnappyCodec from 'kafkajs-snappy';
import lz4 from 'lz4js';

const { CompressionCodecs, CompressionTypes } = kafkajs;

interface EncoderLike {
  readonly buffer: Buffer;
}

interface SnappyCodec {
  compress(encoder: EncoderLike): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}

const MAX_BATCH_BYTES = 256 * 1_048_576;

/** What Java's producer puts before its blocks (xerial/snappy-java): these 8 bytes and two version numbers. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const XERIAL_HEADER_BYTES = 16;

const compressGzip = promisify(gzip);
const decompressGzip = promisify(unzip);
const compressZstd = promisify(zstdCompress);
const decompressZstd = promisify(zstdDecompress);
const snappy = createSnappyCodec() as SnappyCodec;

/**
 * Registers snappy, lz4 and zstd, without which kafkajs fails the whole batch of a foreign producer, which then can't
 * even be dead-lettered. A batch that would take more than `maxBytes` fails before it takes them: a few kilobytes can
 * stand for gigabytes.
 */
export function registerCompressionCodecs(maxBytes = MAX_BATCH_BYTES): void {
  const bounded = { maxOutputLength: maxBytes };
  CompressionCodecs[CompressionTypes.GZIP] = () => ({
    compress: async (encoder: EncoderLike) => compressGzip(encoder.buffer),
    decompress: (buffer: Buffer) => orTooLarge(decompressGzip(buffer, bounded), maxBytes),
  });
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: (encoder: EncoderLike) => snappy.compress(encoder),
    decompress: (buffer: Buffer) => decompressSnappy(buffer, maxBytes),
  });
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: async (encoder: EncoderLike) => Buffer.from(lz4.compress(encoder.buffer)),
    decompress: async (buffer: Buffer) => {
      const bytes = lz4.decompressBound(buffer);
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      return Buffer.from(lz4.decompress(buffer, bytes));
    },
  });
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: async (encoder: EncoderLike) => compressZstd(encoder.buffer),
    decompress: (buffer: Buffer) => orTooLarge(decompressZstd(buffer, bounded), maxBytes),
  });
}

/** Block by block: each says at its beginning what it unpacks to. */
async function decompressSnappy(buffer: Buffer, maxBytes: number): Promise<Buffer> {
  const blocks = isXerial(buffer) ? cutBlocks(buffer) : [buffer];
  if (blocks.some(isXerial)) throw new Error('a snappy block holds blocks itself');
  const bytes = blocks.reduce((sum, block) => sum + snappyBytes(block), 0);
  if (bytes > maxBytes) throw tooLarge(maxBytes);
  const unpacked: Buffer[] = [];
  for (const block of blocks) unpacked.push(await snappy.decompress(block));
  return Buffer.concat(unpacked);
}

function isXerial(buffer: Buffer): boolean {
  return buffer.subarray(0, XERIAL.byteLength).equals(XERIAL);
}

function cutBlocks(buffer: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEADER_BYTES; at + 4 <= buffer.byteLength;) {
    const end = at + 4 + buffer.readUInt32BE(at);
    blocks.push(buffer.subarray(at + 4, end));
    at = end;
  }
  return blocks;
}

/** The varint before the block: bytes that it unpacks to. */
function snappyBytes(block: Buffer): number {
  let bytes = 0;
  for (const [index, byte] of block.subarray(0, 5).entries()) {
    bytes += (byte & 127) * 2 ** (7 * index);
    if (byte < 128) return bytes;
  }
  throw new Error('a snappy block does not say what it unpacks to');
}

async function orTooLarge(decompressed: Promise<Buffer>, maxBytes: number): Promise<Buffer> {
  try {
    return await decompressed;
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    throw code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(maxBytes, error) : error;
  }
}

function tooLarge(maxBytes: number, cause?: unknown): Error {
  // No RangeError: for kafkajs that is one that no consumer recovers from.
  return new Error(`a compressed batch holds more than ${maxBytes} bytes`, { cause });
}
