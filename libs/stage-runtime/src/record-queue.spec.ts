import type { ConsumedRecord } from '@docstream/core';
import { describe, expect, it } from '@jest/globals';
import { RecordQueue } from './record-queue.js';

const recordOf = (
  offset: number,
  key: string | null,
  headers: ConsumedRecord['headers'] = [],
): ConsumedRecord => ({
  topic: 't',
  partition: 0,
  offset: BigInt(offset),
  key: key === null ? null : Buffer.from(key),
  value: null,
  headers,
  timestampMs: 0,
});

describe('RecordQueue', () => {
  it('hands out the oldest of each key, and the next when that is finished', () => {
    const queue = new RecordQueue();
    const [first, second, third] = [recordOf(0, 'a'), recordOf(1, 'a'), recordOf(2, 'a')];
    const [other, keyless] = [recordOf(3, 'b'), recordOf(4, null)];
    for (const record of [first, second, third, other, keyless]) queue.push(record);
    expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual([
      first,
      other,
      keyless,
      undefined,
    ]);
    queue.finish(first);
    expect([queue.take(), queue.take(), queue.waiting]).toEqual([second, undefined, 1]);
    queue.finish(second);
    expect(queue.take()).toBe(third);
    queue.finish(third);
    queue.push(first);
    expect(queue.take()).toBe(first);
  });

  it('counts what waits or is in work with its headers, and nothing of what is finished', () => {
    const queue = new RecordQueue();
    const record = recordOf(0, null, [['x-large', Buffer.alloc(10_000)]]);
    queue.push(record);
    queue.take();
    expect(queue.bytes).toBeGreaterThan(10_000);
    queue.finish(record);
    expect(queue.bytes).toBe(0);
  });

  it('hands out 200,000 records of one key in their order', () => {
    const queue = new RecordQueue();
    for (let offset = 0; offset < 200_000; offset += 1) queue.push(recordOf(offset, 'same'));
    let next = 0n;
    for (let record = queue.take(); record?.offset === next; record = queue.take()) {
      next += 1n;
      queue.finish(record);
    }
    expect([next, queue.waiting]).toEqual([200_000n, 0]);
  });
});
