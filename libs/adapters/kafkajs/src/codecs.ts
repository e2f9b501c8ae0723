import { promisify } from 'node:util';
import { gzip, unzip, zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import SnappyCodec from 'kafkajs-snappy';
import lz4 from 'lz4js';

const { CompressionCodecs, CompressionTypes } = kafkajs;

interface EncoderLike {
  readonly buffer: Buffer;
}

const MAX_BATCH_BYTES = 256 * 1_048_576;

const compressGzip = promisify(gzip);
const decompressGzip = promisify(unzip);
const compressZstd = promisify(zstdCompress);
const decompressZstd = promisify(zstdDecompress);

/**
 * Registers snappy, lz4 and zstd, without which kafkajs fails the whole batch of a foreign producer, which then can't
 * even be dead-lettered. A batch of gzip, lz4 or zstd that would take more than `maxBytes` fails before it takes them:
 * a few kilobytes can stand for gigabytes.
 */
export function registerCompressionCodecs(maxBytes = MAX_BATCH_BYTES): void {
  const bounded = { maxOutputLength: maxBytes };
  CompressionCodecs[CompressionTypes.GZIP] = () => ({
    compress: async (encoder: EncoderLike) => compressGzip(encoder.buffer),
    decompress: (buffer: Buffer) => orTooLarge(decompressGzip(buffer, bounded), maxBytes),
  });
  CompressionCodecs[CompressionTypes.Snappy] = SnappyCodec;
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

async function orTooLarge(decompressed: Promise<Buffer>, maxBytes: number): Promise<Buffer> {
  try {
    return await decompressed;
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    throw code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(maxBytes, error) : error;
  }
}

function tooLarge(maxBytes: number, cause?: unknown): Error {
  return new RangeError(`a compressed batch holds more than ${maxBytes} bytes`, { cause });
}
