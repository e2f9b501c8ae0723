import { TOPICS } from '@docstream/contracts';
import {
  buildGapRecord,
  buildPositionRecord,
  decideStart,
  encodeOffsetMetadata,
  type OutgoingRecord,
} from '@docstream/core';
import { MemoryCodec } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import { encodeProduce } from './produce-encoder.js';
import { cutSends } from './publisher.js';

const AT = { topic: TOPICS.parsed.name, partition: 11 };
const TOOLS = { group: 'docstream.classifier.v1', codec: new MemoryCodec(), clock: { nowMs: () => 0 } };

/** As a take-over publishes them: every second record below `start` was done, and as many above it were tried. */
async function lossRecords(watermark: bigint, ranges: number): Promise<readonly OutgoingRecord[]> {
  const start = watermark + 2n * BigInt(ranges);
  const done = new Set(Array.from({ length: ranges }, (_, index) => watermark + 2n * BigInt(index) + 1n));
  const attempts = new Map(Array.from({ length: 1_000 }, (_, index) => [start + BigInt(index), 1]));
  const committed = { offset: watermark, metadata: encodeOffsetMetadata(watermark, { done, attempts }) };
  const decision = decideStart(committed, { start, end: start + 10_000n });
  if (decision.kind === 'stop') throw new Error(decision.reason);
  const { lost, position } = decision;
  const gaps = lost.map((gap) => buildGapRecord(TOOLS, AT, position, { ...gap, state: 'lost' }));
  return Promise.all([...gaps, buildPositionRecord(TOOLS, AT, position)]);
}

describe('cutSends', () => {
  it.each([550, 1_100])(
    'keeps the batches of a loss with %i ranges below what the positions topic takes',
    async (ranges) => {
      const records = await lossRecords(1_000_000_000n, ranges);
      expect(records).toHaveLength(ranges + 1);
      const sizes = cutSends(records).map(
        (topicMessages) =>
          encodeProduce(
            {
              acks: -1,
              timeout: 1,
              topicData: topicMessages.map(({ topic, messages }) => ({
                topic,
                partitions: [{ partition: 0, messages: messages as never }],
              })),
            },
            0,
          ).buffer.byteLength,
      );
      expect(Math.max(...sizes)).toBeLessThanOrEqual(TOPICS.positions.maxRecordBytes);
    },
  );
});
