import { TOPICS, type EventTypes } from '@docstream/contracts';
import {
  OffsetTracker,
  OwnershipLostError,
  buildPositionRecord,
  encodeOffsetMetadata,
  type ConsumedRecord,
  type PartitionPublisher,
} from '@docstream/core';
import { MemoryBroker, MemoryCodec, hurriedClock, silentLogger } from '@docstream/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { silentObserver } from './observer.js';
import { settleStart, type StartTools } from './start-position.js';

const GROUP = 'docstream.parser.v1';
const TOPIC = 'docstream.ingest.v1';
const AT = { topic: TOPIC, partition: 0 };

let broker: MemoryBroker;
let codec: MemoryCodec;
let observed: string[];
let publisher: PartitionPublisher;
let tools: StartTools;

beforeEach(async () => {
  broker = new MemoryBroker();
  codec = new MemoryCodec();
  observed = [];
  for (let offset = 0; offset < 90; offset += 1) {
    broker.append({ topic: TOPIC, key: null, value: Buffer.from(String(offset)), headers: [] });
  }
  publisher = await broker.takeOver(GROUP, AT);
  tools = {
    group: GROUP,
    broker,
    codec,
    clock: hurriedClock,
    random: () => 0.5,
    logger: silentLogger,
    observer: {
      ...silentObserver,
      onLost: (_at, from, to) => void observed.push(`lost ${from}-${to}`),
      onPosition: (_at, event) => void observed.push(event),
    },
  };
});

const settle = () => settleStart(tools, AT, publisher);
const mirror = async (offset: bigint, metadata = 'v1', group = GROUP): Promise<void> => {
  broker.append(await buildPositionRecord({ ...tools, group }, AT, { offset, metadata }));
};
const positions = (): Promise<[string, EventTypes['Position']][]> =>
  Promise.all(
    broker
      .records(TOPICS.positions.name)
      .map(async ({ key, value }: ConsumedRecord): Promise<[string, EventTypes['Position']]> => [
        Buffer.from(key ?? []).toString(),
        await codec.decode(TOPICS.positions, value ?? new Uint8Array()),
      ]),
  );

describe('settleStart', () => {
  it('commits nothing when the committed offset is ours and in range', async () => {
    broker.setCommitted(GROUP, AT, { offset: 7n, metadata: 'v1;d=2' });
    await mirror(3n);
    expect(await settle()).toEqual({ offset: 7n, metadata: 'v1;d=2' });
    expect(broker.transactions).toBe(0);
    expect(observed).toEqual([]);
  });

  it('begins at 0 when nobody knows a position', async () => {
    expect(await settle()).toEqual({ offset: 0n, metadata: 'v1' });
  });

  it('restores the newest position of its own key and commits it', async () => {
    await mirror(3n);
    await mirror(7n, 'v1;d=2');
    await mirror(50n, 'v1', 'docstream.other.v1');
    expect(await settle()).toEqual({ offset: 7n, metadata: 'v1;d=2' });
    expect(await broker.committed(GROUP, AT)).toEqual({ offset: 7n, metadata: 'v1;d=2' });
    expect(observed).toEqual(['restored']);
    await settle();
    expect(observed).toEqual(['restored']);
  });

  it('takes a move back from outside for a reset: its records get new runs, what was done above stays done', async () => {
    await mirror(40n, 'v1;d=2');
    broker.setCommitted(GROUP, AT, { offset: 5n, metadata: '' });
    const settled = await settle();
    await settle();
    expect(observed).toEqual(['moved']);
    const tracker = OffsetTracker.restore(settled);
    const reset = tracker.resetOf(39n);
    expect(tracker.resetOf(40n)).toBeNull();
    expect(tracker.deliver(41n)).toBe(true);
    expect(tracker.deliver(42n)).toBe(false);
    expect((await positions()).slice(1)).toEqual([
      [
        `${GROUP}/${TOPIC}/0`,
        expect.objectContaining({
          offset: 5,
          metadata: settled.metadata,
          auditId: reset?.auditId,
          previousWatermark: 40,
        }),
      ],
    ]);
  });

  it('reads all up to the highest done record again as new runs when what is done has no room so far from there', async () => {
    for (let offset = 90; offset < 102_100; offset += 1) {
      broker.append({ topic: TOPIC, key: null, value: null, headers: [] });
    }
    // Every second record is done.
    const done = new Set(Array.from({ length: 900 }, (_, index) => 100_001n + 2n * BigInt(index)));
    await mirror(100_000n, encodeOffsetMetadata(100_000n, { done, attempts: new Map([[100_000n, 2]]) }));
    broker.setCommitted(GROUP, AT, { offset: 0n, metadata: '' });
    const settled = await settle();
    expect(settled.offset).toBe(0n);
    const tracker = OffsetTracker.restore(settled);
    const auditId = tracker.resetOf(99_999n)?.auditId;
    expect([...done].filter((offset) => tracker.resetOf(offset)?.auditId !== auditId)).toEqual([]);
    expect(tracker.resetOf(101_800n)).toBeNull();
    expect(tracker.attemptsOf(100_000n)).toBe(2);
    const gaps = (await positions()).filter(([key]) => key.includes('/skipped/'));
    // Their old runs never have another event: they end here.
    expect(gaps.map(([, { lostFrom, lostTo }]) => [lostFrom, lostTo])).toEqual(
      [...done].map((offset) => [Number(offset) - 1, Number(offset)]),
    );
    expect(new Set(gaps.map(([, gap]) => gap.auditId))).toEqual(new Set([auditId]));
    await settle();
    expect(observed).toEqual(['moved']);
  });

  it('records what a move forward from outside skipped', async () => {
    await mirror(40n);
    broker.setCommitted(GROUP, AT, { offset: 60n, metadata: '' });
    expect(await settle()).toEqual({ offset: 60n, metadata: 'v1' });
    const [key, gap] = (await positions()).at(-1) ?? [];
    expect(key).toBe(`${GROUP}/${TOPIC}/0/skipped/40`);
    expect(gap).toMatchObject({ lostFrom: 40, lostTo: 60, auditId: expect.stringMatching(/^[0-9a-z]{26}$/) });
  });

  it('publishes each lost range under a key of its own with the new position, then counts it', async () => {
    broker.setCommitted(GROUP, AT, { offset: 10n, metadata: 'v1;d=3-4' });
    broker.deleteBelow(TOPIC, 0, 20n);
    expect(await settle()).toEqual({ offset: 20n, metadata: 'v1' });
    expect(broker.transactions).toBe(1);
    expect(await broker.committed(GROUP, AT)).toEqual({ offset: 20n, metadata: 'v1' });
    expect(
      (await positions()).map(([key, { offset, lostFrom, lostTo }]) => [key, offset, lostFrom, lostTo]),
    ).toEqual([
      [`${GROUP}/${TOPIC}/0/lost/10`, 20, 10, 13],
      [`${GROUP}/${TOPIC}/0/lost/15`, 20, 15, 20],
      [`${GROUP}/${TOPIC}/0`, 20, null, null],
    ]);
    expect(observed).toEqual(['lost 10-13', 'lost 15-20']);
    await settle();
    expect(observed).toHaveLength(2);
  });

  it('counts no loss that could not be committed', async () => {
    broker.setCommitted(GROUP, AT, { offset: 10n, metadata: 'v1' });
    broker.deleteBelow(TOPIC, 0, 20n);
    broker.fence(GROUP, AT);
    await expect(settle()).rejects.toThrow(OwnershipLostError);
    expect(observed).toEqual([]);
    expect(await broker.committed(GROUP, AT)).toEqual({ offset: 10n, metadata: 'v1' });
  });

  it('stops when nobody knows a position and the log has lost its beginning', async () => {
    broker.deleteBelow(TOPIC, 0, 20n);
    await expect(settle()).rejects.toMatchObject({ code: 'POSITION_UNKNOWN', failureClass: 'fatal' });
  });

  it('stops rather than guess when the newest mirrored position cannot be read', async () => {
    await mirror(7n);
    const key = Buffer.from(`${GROUP}/${TOPIC}/0`);
    broker.append({ topic: TOPICS.positions.name, key, value: Buffer.from('?'), headers: [] });
    await expect(settle()).rejects.toMatchObject({ code: 'POSITION_UNKNOWN', failureClass: 'fatal' });
  });
});
