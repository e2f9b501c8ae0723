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
