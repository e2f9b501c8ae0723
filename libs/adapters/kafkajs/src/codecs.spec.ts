import { afterAll, describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { registerCompressionCodecs } from './codecs.js';

const { CompressionCodecs, CompressionTypes } = kafkajs;

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}

function codecOf(type: number): Codec {
  const create = CompressionCodecs[type as keyof typeof CompressionCodecs] as () => Codec;
  return create();
}

afterAll(() => registerCompressionCodecs());

describe.each([
  ['gzip', CompressionTypes.GZIP],
  ['snappy', CompressionTypes.Snappy],
  ['lz4', CompressionTypes.LZ4],
  ['zstd', CompressionTypes.ZSTD],
])('a batch compressed with %s', (_, type) => {
  it('is read as it was', async () => {
    registerCompressionCodecs();
    const buffer = Buffer.from('records '.repeat(10_000));
    const compressed = await codecOf(type).compress({ buffer });
    expect(compressed.byteLength).toBeLessThan(buffer.byteLength);
    expect((await codecOf(type).decompress(compressed)).equals(buffer)).toBe(true);
  });

  it('fails, saying so, when it holds more than it may', async () => {
    registerCompressionCodecs(1_000_000);
    const compressed = await codecOf(type).compress({ buffer: Buffer.alloc(8_000_000) });
    await expect(codecOf(type).decompress(compressed)).rejects.toThrow('holds more than 1000000 bytes');
  });
});

describe('blocks of snappy, as Java writes them', () => {
  const blocksOf = async (...texts: readonly string[]): Promise<Buffer> => {
    const parts: Buffer[] = [Buffer.from('82534e41505059000000000100000001', 'hex')];
    for (const text of texts) {
      const block = await codecOf(CompressionTypes.Snappy).compress({ buffer: Buffer.from(text) });
      const size = Buffer.alloc(4);
      size.writeUInt32BE(block.byteLength);
      parts.push(size, block);
    }
    return Buffer.concat(parts);
  };

  it('are read one after the other, and bounded together', async () => {
    registerCompressionCodecs(1_000);
    const { decompress } = codecOf(CompressionTypes.Snappy);
    expect((await decompress(await blocksOf('first ', 'second'))).toString()).toBe('first second');
    await expect(decompress(await blocksOf('x'.repeat(600), 'x'.repeat(600)))).rejects.toThrow(
      'holds more than',
    );
  });

  it('fail where one is cut off, or holds blocks itself', async () => {
    registerCompressionCodecs();
    const { decompress } = codecOf(CompressionTypes.Snappy);
    const whole = await blocksOf('x'.repeat(100), 'yz'.repeat(500));
    await expect(decompress(whole.subarray(0, -1))).rejects.toThrow();
    const size = Buffer.alloc(4);
    size.writeUInt32BE(whole.byteLength);
    const nested = Buffer.concat([whole.subarray(0, 16), size, whole]);
    await expect(decompress(nested)).rejects.toThrow('holds blocks itself');
  });
});
