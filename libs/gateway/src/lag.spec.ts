import { describe, expect, it } from '@jest/globals';
import { LagClock, lostOffsetsOf } from './lag.js';

const at = { group: 'g', topic: 't', partition: 0, logStart: 0n };

describe('the time lag', () => {
  it('is the age of the moment when the log ended where the group stands', () => {
    const clock = new LagClock();
    clock.observe([{ ...at, committed: 0n, logEnd: 100n }], 0);
    clock.observe([{ ...at, committed: 0n, logEnd: 200n }], 60_000);
    const position = { ...at, committed: 150n, logEnd: 200n };
    expect(clock.lagSeconds(position, 60_000)).toBe(30);
    expect(clock.lagSeconds(position, 90_000)).toBe(60);
  });

  it('is 0 when the group has everything, and counts from the first sample when it stands before it', () => {
    const clock = new LagClock();
    clock.observe([{ ...at, committed: null, logEnd: 100n }], 10_000);
    expect(clock.lagSeconds({ ...at, committed: 100n, logEnd: 100n }, 70_000)).toBe(0);
    expect(clock.lagSeconds({ ...at, committed: null, logEnd: 100n }, 70_000)).toBe(60);
  });

  it('forgets a log that was made anew', () => {
    const clock = new LagClock();
    clock.observe([{ ...at, committed: 0n, logEnd: 100n }], 0);
    clock.observe([{ ...at, committed: 0n, logEnd: 10n }], 50_000);
    expect(clock.lagSeconds({ ...at, committed: 0n, logEnd: 10n }, 60_000)).toBe(10);
  });
});

describe('lost offsets', () => {
  it.each([
    [3n, 5n, 2n],
    [5n, 5n, 0n],
    [null, 5n, 0n],
  ])('with %p committed and the log starting at %p are %p', (committed, logStart, lost) => {
    expect(lostOffsetsOf({ ...at, committed, logStart, logEnd: 9n })).toBe(lost);
  });
});
