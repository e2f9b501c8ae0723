import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeOffsetMetadata, encodeOffsetMetadata } from './offset-metadata.js';
import { OffsetTracker } from './offset-tracker.js';
import { moveBackWhole, movePosition, undoMove } from './position-move.js';
import type { CommittedPosition } from './ports/broker.js';

const RESET = { auditId: 'first', timeMs: 1_800_000_000_000 };
const LATER = { auditId: 'second', timeMs: 1_800_000_060_000 };

function moved(known: CommittedPosition, to: bigint, reset = RESET): CommittedPosition {
  const position = movePosition(known, to, reset);
  if (position === null) throw new Error('no room');
  return position;
}

describe('movePosition', () => {
  it('reads again what lies below the old watermark, and keeps done what was done above it', () => {
    const position = moved({ offset: 100n, metadata: 'v1;t=2;d=3-4;a=0:1' }, 90n);
    const tracker = OffsetTracker.restore(position);
    expect([90n, 99n, 100n].map((offset) => tracker.resetOf(offset))).toEqual([RESET, RESET, null]);
    expect([100n, 103n, 104n, 105n].map((offset) => tracker.deliver(offset))).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(tracker.attemptsOf(100n)).toBe(1);
    expect(tracker.tenures).toBe(0);
  });

  it('keeps the newest of two resets, down to which anything is read again', () => {
    const first = moved({ offset: 100n, metadata: 'v1' }, 20n);
    const second = moved({ offset: 40n, metadata: first.metadata.replace(/:[^:]*$/, ':1o') }, 30n, LATER);
    expect(decodeOffsetMetadata(30n, second.metadata).reset).toEqual({ ...LATER, below: 100n });
  });

  it('drops what it goes past when it goes forward', () => {
    expect(moved({ offset: 100n, metadata: 'v1;d=1-2,a;a=0:1,b:2' }, 105n)).toEqual({
      offset: 105n,
      metadata: 'v1;d=5;a=6:2',
    });
  });

  it('refuses when what is done out of order has no room so far from the watermark', () => {
    const done = new Set(Array.from({ length: 800 }, (_, index) => 10_000_000n + 2n * BigInt(index) + 1n));
    const known = {
      offset: 10_000_000n,
      metadata: encodeOffsetMetadata(10_000_000n, { done, attempts: new Map() }),
    };
    expect(movePosition(known, 0n, RESET)).toBeNull();
  });

  it('does each record below the old watermark once more under the reset, over any take-overs and later resets', () => {
    const step = fc.record({
      pick: fc.nat(),
      kind: fc.constantFrom('finish', 'finish', 'take-over', 'reset'),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.array(step, { maxLength: 150 }), (count, steps) => {
        // How often each record was done, by the reset that it was done under.
        const done = Array.from({ length: count }, (): (string | null)[] => []);
        const owed = Array.from({ length: count }, (): Set<string | null> => new Set([null]));
        let tracker = OffsetTracker.restore({ offset: 0n, metadata: 'v1' });
        let inWork: bigint[] = [];
        let resets = 0;
        const begin = (position: CommittedPosition): void => {
          tracker = OffsetTracker.restore(position);
          inWork = [];
          for (let at = position.offset; at < BigInt(count); at += 1n)
            if (tracker.deliver(at)) inWork.push(at);
        };
        const finish = (pick: number): void => {
          const [offset] = inWork.splice(pick % inWork.length, 1);
          if (offset === undefined) return;
          done[Number(offset)]?.push(tracker.resetOf(offset)?.auditId ?? null);
          tracker.complete(offset);
        };
        begin(tracker.position());
        for (const { kind, pick } of steps) {
          if (kind === 'take-over') begin(tracker.position());
          if (kind === 'finish' && inWork.length > 0) finish(pick);
          if (kind === 'reset') {
            const known = tracker.position();
            const to = BigInt(pick % count);
            if (to >= known.offset) continue;
            resets += 1;
            const auditId = `reset${resets}`;
            const { reset } = decodeOffsetMetadata(known.offset, known.metadata);
            const below = reset === undefined || reset.below < known.offset ? known.offset : reset.below;
            // What an earlier reset still owed, this one takes over.
            for (let at = to; at < below; at += 1n) {
              const before = owed[Number(at)] ?? new Set();
              if (at >= known.offset && decodeOffsetMetadata(known.offset, known.metadata).done.has(at))
                continue;
              for (const id of before) if (!done[Number(at)]?.includes(id)) before.delete(id);
              before.add(auditId);
            }
            begin(moved(known, to, { auditId, timeMs: resets }));
          }
        }
        while (inWork.length > 0) finish(0);
        expect(done.map((runs) => runs.toSorted())).toEqual(owed.map((ids) => [...ids].toSorted()));
        expect(tracker.position()).toEqual({ offset: BigInt(count), metadata: 'v1' });
      }),
    );
  });
});

describe('moveBackWhole', () => {
  it('reads again up to the highest done record, or to where an earlier reset reads again', () => {
    const known = { offset: 100n, metadata: 'v1;t=2;r=first:1:5;d=1-2,9;a=0:1' };
    const { position, abandoned } = moveBackWhole(known, 10n, LATER);
    const metadata = decodeOffsetMetadata(10n, position.metadata);
    expect(metadata).toEqual({
      done: new Set(),
      attempts: new Map([[100n, 1]]),
      reset: { ...LATER, below: 110n },
    });
    expect(abandoned).toEqual([
      { from: 100n, to: 101n },
      { from: 103n, to: 109n },
    ]);
    const farther = moveBackWhole({ offset: 100n, metadata: 'v1;r=first:1:1e;d=1' }, 10n, LATER).position;
    expect(decodeOffsetMetadata(10n, farther.metadata).reset?.below).toBe(150n);
  });
});

describe('undoMove', () => {
  const before = { offset: 100n, metadata: 'v1;d=2' };

  it('goes forward to where the group had been, with what was done there', () => {
    expect(undoMove({ offset: 30n, metadata: 'v1;d=1' }, { from: before, to: 0n }, LATER)).toEqual(before);
  });

  it('has nothing to do when all was read again, or when it was undone', () => {
    expect(undoMove({ offset: 140n, metadata: 'v1' }, { from: before, to: 0n }, LATER)).toBe('there');
    expect(undoMove(before, { from: before, to: 0n }, LATER)).toBe('there');
    expect(undoMove(before, { from: before, to: 300n }, LATER)).toBe('there');
  });

  it('goes back over what was skipped and leaves what was done since', () => {
    const position = undoMove({ offset: 305n, metadata: 'v1;d=4' }, { from: before, to: 300n }, LATER);
    if (position === null || position === 'there') throw new Error('it can be undone');
    const { done, reset } = decodeOffsetMetadata(position.offset, position.metadata);
    expect(position.offset).toBe(100n);
    expect([...done].toSorted()).toEqual([102n, 300n, 301n, 302n, 303n, 304n, 309n]);
    expect(reset).toEqual({ ...LATER, below: 305n });
  });

  it('refuses when more was done since than the metadata holds', () => {
    expect(undoMove({ offset: 900_000n, metadata: 'v1' }, { from: before, to: 300n }, LATER)).toBeNull();
  });
});
