import { describe, expect, it } from '@jest/globals';
import type { FetchedPartition, FetchedRecord } from 'kafkajs/src/broker/index.js';
import Batch from 'kafkajs/src/consumer/batch.js';
import { markAborted } from './aborted-records.js';

const [COMMIT, ABORT] = [Buffer.from([0, 0, 0, 1]), Buffer.from([0, 0, 0, 0])];

function record(offset: number, producer: number, marker: Buffer | null = null): FetchedRecord {
  return {
    offset: String(offset),
    key: marker,
    isControlRecord: marker !== null,
    batchContext: { producerId: String(producer), inTransaction: true },
  };
}

/** What kafkajs makes of a fetch that began at `from`. */
function readOffsets(
  messages: FetchedRecord[],
  aborted: readonly (readonly [producer: number, firstOffset: number])[],
  from = 0,
): readonly string[] {
  const partition: FetchedPartition = {
    partition: 0,
    messages,
    abortedTransactions: aborted.map(([producer, first]) => ({
      producerId: String(producer),
      firstOffset: String(first),
    })),
  };
  markAborted(partition);
  return new Batch('topic', String(from), partition).messages.map(({ offset }) => offset);
}

describe('the records of aborted transactions', () => {
  it('are hidden where the transaction that began first ended last', () => {
    const messages = [
      record(10, 1),
      record(11, 2),
      record(12, 2, ABORT),
      record(13, 1, ABORT),
      record(14, 3),
    ];
    expect(
      readOffsets(messages, [
        [2, 11],
        [1, 10],
      ]),
    ).toEqual(['14']);
  });

  it('are hidden where the fetch begins within several of them', () => {
    const messages = [record(12, 2), record(13, 1), record(14, 1, ABORT), record(15, 2, ABORT)];
    expect(
      readOffsets(
        messages,
        [
          [1, 10],
          [2, 11],
        ],
        12,
      ),
    ).toEqual([]);
  });

  it('do not take those of the next, committed transaction of their producer with them', () => {
    const messages = [
      record(0, 1),
      record(1, 1, ABORT),
      record(2, 1),
      record(3, 1, COMMIT),
      record(4, 1),
      record(5, 1, ABORT),
    ];
    expect(
      readOffsets(messages, [
        [1, 0],
        [1, 4],
      ]),
    ).toEqual(['2']);
  });

  it('are told from those of other producers in between, and from records outside transactions', () => {
    const plain = { ...record(2, 1), batchContext: { producerId: '1', inTransaction: false } };
    const messages = [record(0, 1), record(1, 2), plain, record(3, 1, ABORT), record(4, 2, COMMIT)];
    expect(readOffsets(messages, [[1, 0]])).toEqual(['1', '2']);
  });
});
