import { createRequire } from 'node:module';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { javaPartitioner, murmur2 } from './partitioner.js';
import { encodeProduce, type EncodedRequest, type ProduceToEncode } from './produce-encoder.js';

const require = createRequire(import.meta.url);
const original = require('kafkajs/src/protocol/requests/produce/v3/request.js') as (
  request: ProduceToEncode,
) => { encode(): Promise<EncodedRequest> };

const NOW_MS = 1_795_000_000_000;
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const text = fc.string({ unit: 'binary', maxLength: 20 });
const message = fc.record({
  key: fc.oneof(fc.constant(null), bytes, text),
  value: fc.oneof(fc.constant(null), bytes),
  headers: fc.dictionary(text, fc.oneof(bytes, text, fc.array(bytes, { maxLength: 3 })), {
    noNullPrototype: true,
  }),
});
const partition = fc.record({
  partition: fc.nat({ max: 1_000 }),
  firstSequence: fc.nat(),
  messages: fc.array(message, { minLength: 1, maxLength: 150 }),
});
const request: fc.Arbitrary<ProduceToEncode> = fc.record(
  {
    acks: fc.constantFrom(-1, 0, 1),
    timeout: fc.nat(),
    transactionalId: fc.oneof(fc.constant(null), text),
    producerId: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 62n }).map(String), fc.nat()),
    producerEpoch: fc.nat({ max: 32_767 }),
    topicData: fc.array(fc.record({ topic: text, partitions: fc.array(partition, { maxLength: 3 }) }), {
      maxLength: 3,
    }),
  },
  { requiredKeys: ['acks', 'timeout', 'topicData'] },
);

describe('encodeProduce', () => {
  it('writes the same bytes as kafkajs does', async () => {
    jest.useFakeTimers({ now: NOW_MS });
    try {
      await fc.assert(
        fc.asyncProperty(request, async (input) => {
          const expected = await original(input).encode();
          expect(encodeProduce(input, NOW_MS).buffer.equals(expected.buffer)).toBe(true);
        }),
      );
    } finally {
      jest.useRealTimers();
    }
  });

  it('writes a header without a value, which kafkajs refuses', () => {
    const messages = [{ key: null, value: null, headers: { none: null } }];
    const { buffer } = encodeProduce(
      { acks: -1, timeout: 1, topicData: [{ topic: 't', partitions: [{ partition: 0, messages }] }] },
      NOW_MS,
    );
    expect([...buffer.subarray(-13)]).toEqual([24, 0, 0, 0, 1, 1, 2, 8, ...Buffer.from('none'), 1]);
  });
});

describe('javaPartitioner', () => {
  it('chooses the partition that kafkajs chooses', () => {
    const theirs = kafkajs.Partitioners.DefaultPartitioner();
    const ours = javaPartitioner();
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 50 }), (key, count) => {
        const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
          ...{ partitionId, partitionErrorCode: 0, leader: 1, replicas: [1], isr: [1] },
        }));
        const args = { topic: 't', partitionMetadata, message: { key, value: null } };
        expect(ours(args)).toBe(theirs(args));
      }),
    );
  });

  it('hashes as the Java client does', () => {
    // From Kafka's own UtilsTest.
    expect(['21', 'foobar', 'a-little-bit-long-string'].map((key) => murmur2(Buffer.from(key)))).toEqual([
      -973932308, -790332482, -985981536,
    ]);
  });
});
