import { HEADERS } from '@docstream/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import kafkajs, { type KafkaMessage } from 'kafkajs';
import Batch from 'kafkajs/src/consumer/batch.js';
import { createRequire } from 'node:module';
import { registerCompressionCodecs } from './codecs.js';
import { crc32c } from './crc32c.js';
import { DECODER_LIMITS, decodeBatches, replaceFetchDecoder } from './fetch-decoder.js';
import { encodeProduce, type ProduceToEncode } from './produce-encoder.js';
import { BATCH_HEADER_BYTES, type BatchRecord } from './record-batch.js';
import { toConsumedRecord } from './records.js';

const require = createRequire(import.meta.url);
const DECODER = 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js';
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => object;
type Decode = (decoder: object) => Promise<BatchRecord[]>;
const original = require(DECODER) as Decode;

type Message = ProduceToEncode['topicData'][number]['partitions'][number]['messages'][number];

interface Shape {
  readonly baseOffset?: bigint;
  readonly attributes?: number;
  readonly count?: number;
  readonly lastOffsetDelta?: number;
  /** In the place of the records. */
  readonly body?: Buffer;
}

const COMPRESSION = { gzip: 1, snappy: 2, lz4: 3, zstd: 4 };
/** Before the batch in a request with one topic of one letter. */
const REQUEST_BYTES = 27;
const PRODUCED_MS = 1_795_000_000_000;

function batchOf(messages: readonly Message[], shape: Shape = {}): Buffer {
  const partitions = [{ partition: 0, messages }];
  const { buffer } = encodeProduce(
    { acks: -1, timeout: 1, topicData: [{ topic: 't', partitions }] },
    PRODUCED_MS,
  );
  const plain = buffer.subarray(REQUEST_BYTES);
  const batch = Buffer.concat([
    plain.subarray(0, BATCH_HEADER_BYTES),
    shape.body ?? plain.subarray(BATCH_HEADER_BYTES),
  ]);
  batch.writeBigInt64BE(shape.baseOffset ?? 0n, 0);
  batch.writeInt32BE(batch.byteLength - 12, 8);
  batch.writeInt16BE(shape.attributes ?? 0, 21);
  batch.writeInt32BE(shape.lastOffsetDelta ?? messages.length - 1, 23);
  batch.writeInt32BE(shape.count ?? messages.length, 57);
  batch.writeUInt32BE(crc32c(batch, 21), 17);
  return batch;
}

async function compressed(messages: readonly Message[], type: number, shape: Shape = {}): Promise<Buffer> {
  registerCompressionCodecs();
  const codecs = kafkajs.CompressionCodecs as Record<
    number,
    () => { compress(encoder: object): Promise<Buffer> }
  >;
  const body = await codecs[type]?.().compress({ buffer: batchOf(messages).subarray(BATCH_HEADER_BYTES) });
  return batchOf(messages, { ...shape, attributes: type, ...(body === undefined ? {} : { body }) });
}

const inResponse = (bytes: Buffer): object => {
  const size = Buffer.alloc(4);
  size.writeInt32BE(bytes.byteLength);
  return new Decoder(Buffer.concat([size, bytes]));
};
const message = (value: string | Buffer, key: string | null = null): Message => ({ key, value, headers: {} });
const textOf = ({ value }: BatchRecord): string | undefined => value?.toString();
/** What becomes of it for a consumer that fetched at that offset. */
const consume = (messages: readonly BatchRecord[], from = 0): Batch =>
  new Batch('t', String(from), { partition: 0, messages, abortedTransactions: [] });
const reasonOf = (record: BatchRecord | undefined): string => String(record?.headers[HEADERS.undecodable]);

describe('decodeBatches', () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
  const name = fc.string({ maxLength: 20 }).map((text) => `h${text}`);
  const messages = fc.array(
    fc.record({
      key: fc.option(bytes),
      value: fc.option(bytes),
      headers: fc.dictionary(name, fc.oneof(bytes, fc.array(bytes, { minLength: 2, maxLength: 3 })), {
        noNullPrototype: true,
      }),
    }),
    { minLength: 1, maxLength: 50 },
  );

  it.each([
    ['plain', 0],
    ['in a transaction', 0x10],
    ['of markers', 0x30],
    ['with the time of the log', 0x08],
    ['compressed with gzip', COMPRESSION.gzip],
    ['compressed with zstd', COMPRESSION.zstd],
  ])('reads the same records as kafkajs does from a batch %s', async (_, attributes) => {
    const baseOffset = fc.bigInt({ min: 0n, max: 2n ** 62n });
    await fc.assert(
      fc.asyncProperty(messages, baseOffset, async (input, base) => {
        const batch =
          (attributes & 7) === 0
            ? batchOf(input, { baseOffset: base, attributes })
            : await compressed(input, attributes, { baseOffset: base });
        expect(await decodeBatches(batch)).toEqual(await original(inResponse(batch)));
      }),
      { numRuns: 30 },
    );
  });

  it('reads 200,000 records of one batch, and all batches that are there whole', async () => {
    const many = batchOf(Array.from({ length: 200_000 }, () => message('x')));
    const read = await decodeBatches(many);
    expect([read.length, read.at(-1)?.offset]).toEqual([200_000, '199999']);
    const two = Buffer.concat([
      batchOf([message('a')]),
      batchOf([message('b')], { baseOffset: 7n }),
      many.subarray(0, 99),
    ]);
    expect((await decodeBatches(two)).map(textOf)).toEqual(['a', 'b']);
  });

  it('reads 100,000 headers of one record, of one name and of many', async () => {
    const headers = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, index) => [`h${index}`, Buffer.from('v')]),
    );
    const repeated = { again: Array.from({ length: 50_000 }, () => Buffer.from('v')) };
    const [record] = await decodeBatches(
      batchOf([{ key: null, value: null, headers: { ...headers, ...repeated } }]),
    );
    expect(Object.keys(record?.headers ?? {})).toHaveLength(50_001);
    expect(record?.headers['again']).toHaveLength(50_000);
  });

  it('keeps headers with the names of what every object has', async () => {
    const headers = JSON.parse('{"constructor":"a","__proto__":"b","toString":["c","d"]}') as Record<
      string,
      string
    >;
    const [record] = await decodeBatches(batchOf([{ key: null, value: null, headers }]));
    expect(Object.entries(record?.headers ?? {})).toEqual([
      ['constructor', Buffer.from('a')],
      ['__proto__', Buffer.from('b')],
      ['toString', [Buffer.from('c'), Buffer.from('d')]],
    ]);
  });

  it('leaves the rest of a response that unpacks to very much to the next fetch', async () => {
    const batches = [0n, 1n, 2n].map((baseOffset) => batchOf([message('x'.repeat(1_000))], { baseOffset }));
    const read = (limits: object) => decodeBatches(Buffer.concat(batches), { ...DECODER_LIMITS, ...limits });
    expect(await read({ bytes: 2_000 })).toHaveLength(2);
    expect(await read({ records: 1 })).toHaveLength(1);
  });

  it('goes past a batch of which compaction has left the header only', async () => {
    const empty = batchOf([], { baseOffset: 100n, lastOffsetDelta: 9 });
    const batch = consume(await decodeBatches(empty), 100);
    expect(batch.messages).toEqual([]);
    expect([batch.lastOffset(), batch.fetchedOffset]).toEqual(['109', '100']);
    const packed = batchOf([], { baseOffset: 100n, lastOffsetDelta: 9, attributes: COMPRESSION.zstd });
    expect(consume(await decodeBatches(packed), 100).lastOffset()).toBe('109');
  });

  it('goes past the end of a batch whose last records compaction has removed', async () => {
    const batch = consume(await decodeBatches(batchOf([message('a')], { lastOffsetDelta: 9 })));
    expect(batch.messages.map(({ offset }) => offset)).toEqual(['0']);
    expect(batch.lastOffset()).toBe('9');
  });
});

describe('a batch that cannot be read', () => {
  const broken = (shape: Shape) =>
    batchOf([message('first'), message('second')], { baseOffset: 7n, ...shape });
  it.each([
    ['a compression that nobody knows', broken({ attributes: 5 }), 'compression: no. 5'],
    [
      'compressed bytes that are none',
      broken({ attributes: COMPRESSION.gzip, body: Buffer.from('none') }),
      'header',
    ],
    ['less records than it says', broken({ count: 3 }), 'the bytes end'],
    ['far less records than it says', broken({ count: 2_000_000_000 }), 'more than 250000 records'],
    ['more bytes than its records', broken({ count: 1 }), 'behind the last record'],
    ['a negative number of records', broken({ count: -1 }), 'cannot be -1 records'],
    ['offsets beyond its own', broken({ lastOffsetDelta: 0 }), 'do not ascend'],
  ])('for %s is one record at its end that has its bytes and says why', async (_, batch, reason) => {
    const bytes = Buffer.concat([
      batchOf([message('before')]),
      batch,
      batchOf([message('after')], { baseOffset: 9n }),
    ]);
    const read = await decodeBatches(bytes);
    expect(read.map(textOf)).toEqual(['before', batch.toString(), 'after']);
    const [, record] = read;
    expect(record?.offset).toBe(String(batch.readBigInt64BE(0) + BigInt(batch.readInt32BE(23))));
    expect(reasonOf(record)).toContain(reason);
    const consumed = toConsumedRecord('t', 0, record as unknown as KafkaMessage);
    expect(consumed).toMatchObject({ key: null, timestampMs: PRODUCED_MS, value: batch });
  });

  it('says so when its checksum is wrong, too', async () => {
    const batch = broken({ count: 3 });
    batch.writeUInt32BE(1, 17);
    expect(reasonOf((await decodeBatches(batch))[0])).toContain('Its checksum is wrong.');
  });

  it.each(Object.entries(COMPRESSION))('is one that unpacks with %s to more than it may', async (_, type) => {
    const batch = await compressed([message(Buffer.alloc(8_000_000))], type);
    registerCompressionCodecs(1_000_000);
    try {
      expect((await decodeBatches(batch)).map(reasonOf)).toEqual([
        expect.stringContaining('holds more than 1000000 bytes'),
      ]);
    } finally {
      registerCompressionCodecs();
    }
  });

  it('is fetched again where it has markers: which records count depends on them', async () => {
    await expect(decodeBatches(broken({ attributes: 0x30, count: 3 }))).rejects.toThrow('cannot be read');
  });

  it('is fetched again where there was no memory for it', async () => {
    const { gzip } = COMPRESSION;
    const codecs = kafkajs.CompressionCodecs as Record<number, unknown>;
    const batch = await compressed([message('a')], gzip);
    codecs[gzip] = () => ({
      decompress: () => Promise.reject(new RangeError('Array buffer allocation failed')),
    });
    try {
      // No RangeError: kafkajs would give its consumer up for good.
      await expect(decodeBatches(batch)).rejects.toMatchObject({ name: 'Error' });
    } finally {
      registerCompressionCodecs();
    }
  });
});

describe('replaceFetchDecoder', () => {
  it('takes the place of kafkajs’s own for batches of records, and leaves it the older format', async () => {
    replaceFetchDecoder();
    const replaced = require(DECODER) as Decode;
    const bytes = Buffer.concat([
      batchOf([message('a')]),
      batchOf([], { baseOffset: 1n, lastOffsetDelta: 0 }),
    ]);
    expect(await original(inResponse(bytes))).toHaveLength(1);
    expect(await replaced(inResponse(bytes))).toHaveLength(2);
    expect(await replaced(inResponse(Buffer.alloc(0)))).toEqual([]);
    // Offset, size, checksum, magic 1, attributes, time, no key, the value.
    const old = Buffer.from(
      '0000000000000005' +
        '00000017' +
        '00000000' +
        '01' +
        '00' +
        '0000000000000001' +
        'ffffffff' +
        '00000001' +
        '61',
      'hex',
    );
    expect((await replaced(inResponse(old))).map(({ offset, value }) => [offset, String(value)])).toEqual([
      ['5', 'a'],
    ]);
  });
});
