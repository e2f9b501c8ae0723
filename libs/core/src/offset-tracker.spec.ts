import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_METADATA_LENGTH } from './offset-metadata.js';
import { OffsetTracker } from './offset-tracker.js';
import type { CommittedPosition } from './ports/broker.js';

const begin = (offset = 0n): OffsetTracker => OffsetTracker.restore({ offset, metadata: '' });

describe('OffsetTracker', () => {
  it('commits nothing past an incomplete record', () => {
    const tracker = begin(10n);
    for (const offset of [10n, 11n, 12n]) tracker.deliver(offset);
    tracker.complete(11n);
    tracker.complete(12n);
    expect(tracker.position()).toEqual({ offset: 10n, metadata: 'v1;d=1-2' });
    tracker.complete(10n);
    expect(tracker.position()).toEqual({ offset: 13n, metadata: 'v1' });
  });

  it('moves to the fetch position over markers when nothing is incomplete, so that lag is 0 at rest', () => {
    const tracker = begin();
    tracker.deliver(0n);
    tracker.advance(2n);
    expect(tracker.watermark()).toBe(0n);
    tracker.complete(0n);
    expect(tracker.watermark()).toBe(2n);
  });

  it('skips after a restore what was done above the watermark', () => {
    const tracker = begin(5n);
    for (const offset of [5n, 7n, 9n]) tracker.deliver(offset);
    tracker.complete(7n);
    const successor = OffsetTracker.restore(tracker.position());
    expect([5n, 7n, 9n].map((offset) => successor.deliver(offset))).toEqual([true, false, true]);
    successor.complete(5n);
    expect(successor.watermark()).toBe(9n);
  });

  it('refuses a record that was delivered before', () => {
    const tracker = begin();
    expect(tracker.deliver(3n)).toBe(true);
    expect(tracker.deliver(3n)).toBe(false);
    expect(tracker.deliver(2n)).toBe(false);
  });

  it('carries attempts over to the successor and forgets them when the record is done', () => {
    const tracker = begin(1n);
    tracker.deliver(1n);
    tracker.fail(1n);
    expect(tracker.fail(1n)).toBe(2);
    const successor = OffsetTracker.restore(tracker.position());
    successor.deliver(1n);
    expect(successor.attemptsOf(1n)).toBe(2);
    successor.complete(1n);
    expect(successor.position().metadata).toBe('v1');
  });

  it('throws when a record is completed twice or was never delivered', () => {
    const tracker = begin();
    tracker.deliver(0n);
    tracker.deliver(1n);
    tracker.complete(1n);
    expect(() => tracker.complete(1n)).toThrow(RangeError);
    expect(() => tracker.complete(8n)).toThrow(RangeError);
  });

  it('forgets what a committed position says of offsets that it has passed: never delivered again, they are gone', () => {
    const tracker = OffsetTracker.restore({ offset: 10n, metadata: 'v1;d=2-3;a=4:2' });
    tracker.deliver(20n);
    const committed = tracker.position();
    expect(committed).toEqual({ offset: 20n, metadata: 'v1' });
    const successor = OffsetTracker.restore(committed);
    expect([20n, 21n, 22n, 23n].every((offset) => successor.deliver(offset))).toBe(true);
  });

  it('has no room for one more range before the metadata is longer than a broker takes', () => {
    const tracker = begin();
    for (let offset = 0n; offset < 20_000n; offset += 1n) tracker.deliver(offset);
    let completed = 0;
    for (let offset = 1n; offset < 20_000n && tracker.hasRoom(); offset += 2n, completed += 1) {
      tracker.complete(offset);
    }
    expect(completed).toBeGreaterThan(800);
    expect(tracker.position().metadata.length).toBeLessThanOrEqual(MAX_METADATA_LENGTH);
    tracker.complete(0n);
    expect(tracker.watermark()).toBe(2n);
  });

  it('has room again when the ranges have grown together', () => {
    const tracker = begin();
    for (let offset = 0n; offset < 20_000n; offset += 1n) tracker.deliver(offset);
    for (let offset = 1n; offset < 19_999n; offset += 1n) {
      expect(tracker.hasRoom()).toBe(true);
      tracker.complete(offset);
    }
    expect(tracker.position()).toEqual({ offset: 0n, metadata: 'v1;d=1-ffi' });
  });

  it('does each visible record exactly once over any gaps, orders of completion and take-overs', () => {
    const step = fc.record({ pick: fc.nat(), takeOver: fc.boolean() });
    fc.assert(
      // Every record is visible, a marker, or aborted; a take-over keeps only what was committed.
      fc.property(
        fc.array(fc.constantFrom('record', 'marker'), { maxLength: 60 }),
        fc.array(step, { maxLength: 200 }),
        (log, steps) => {
          const done: number[] = [];
          let tracker = begin();
          let inWork: bigint[] = [];
          const fetch = (): void => {
            for (let at = Number(tracker.fetchPosition()); at < log.length; at += 1) {
              if (log[at] === 'record' && tracker.deliver(BigInt(at))) inWork.push(BigInt(at));
            }
            tracker.advance(BigInt(log.length));
          };
          const finish = (index: number): void => {
            const [offset] = inWork.splice(index % inWork.length, 1);
            if (offset === undefined) return;
            tracker.complete(offset);
            done.push(Number(offset));
          };
          fetch();
          for (const { pick, takeOver } of steps) {
            if (takeOver) {
              tracker = OffsetTracker.restore(tracker.position());
              inWork = [];
              fetch();
            }
            if (inWork.length > 0) finish(pick);
          }
          while (inWork.length > 0) finish(0);
          expect(done.sort((a, b) => a - b)).toEqual(
            log.flatMap((kind, at) => (kind === 'record' ? [at] : [])),
          );
          expect(tracker.watermark()).toBe(BigInt(log.length));
        },
      ),
    );
  });

  it('publishes each committed record of one-record transactions once, every third aborted, whatever dies between commits', () => {
    const actions = fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.record({ kind: fc.constant('finish' as const), pick: fc.nat() }) },
        { weight: 2, arbitrary: fc.record({ kind: fc.constant('fetch' as const), pick: fc.nat(9) }) },
        { weight: 2, arbitrary: fc.record({ kind: fc.constant('commit' as const), pick: fc.nat() }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant('die' as const), pick: fc.nat() }) },
      ),
      { maxLength: 300 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), actions, (transactions, steps) => {
        // Each transaction leaves its record at an even offset and its marker behind it.
        const end = BigInt(2 * transactions);
        const visible = Array.from({ length: transactions }, (_, index) => index)
          .filter((index) => index % 3 !== 2)
          .map((index) => BigInt(2 * index));
        const published: bigint[] = [];
        let committed: CommittedPosition = { offset: 0n, metadata: '' };
        let tracker = OffsetTracker.restore(committed);
        let inWork: bigint[] = [];
        let ready: bigint[] = [];
        const fetch = (records: number): void => {
          const to = tracker.fetchPosition() + BigInt(records);
          const next = to > end ? end : to;
          for (const offset of visible) {
            if (offset < tracker.fetchPosition() || offset >= next) continue;
            if (tracker.deliver(offset)) inWork.push(offset);
          }
          tracker.advance(next);
        };
        const commit = (): void => {
          for (const offset of ready) tracker.complete(offset);
          published.push(...ready);
          ready = [];
          const position = tracker.position();
          expect(position.offset).toBeGreaterThanOrEqual(committed.offset);
          expect(visible.filter((offset) => offset < position.offset && !published.includes(offset))).toEqual(
            [],
          );
          committed = position;
        };
        for (const { kind, pick } of steps) {
          if (kind === 'fetch') fetch(pick);
          if (kind === 'finish' && inWork.length > 0) ready.push(...inWork.splice(pick % inWork.length, 1));
          if (kind === 'commit') commit();
          if (kind === 'die') {
            tracker = OffsetTracker.restore(committed);
            inWork = [];
            ready = [];
          }
        }
        fetch(Number(end));
        ready.push(...inWork.splice(0));
        commit();
        expect(published.toSorted((a, b) => Number(a - b))).toEqual(visible);
        expect(committed).toEqual({ offset: end, metadata: 'v1' });
      }),
    );
  });

  it('says where a window of 50,000 records stands after each of them: one batch may bring as many', () => {
    const tracker = OffsetTracker.restore({ offset: 0n, metadata: '' });
    for (let offset = 0n; offset < 50_000n; offset += 1n) tracker.deliver(offset);
    for (let offset = 0n; offset < 50_000n; offset += 1n) {
      tracker.complete(offset);
      if (tracker.position().offset !== offset + 1n || tracker.windowSize() !== Number(49_999n - offset)) {
        throw new Error(`behind at ${offset}`);
      }
    }
    expect(tracker.isIdle()).toBe(true);
  });
});
