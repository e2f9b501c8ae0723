import { describe, expect, it } from '@jest/globals';
import { estimate, estimateRatio } from './bootstrap.js';

const items = [
  ...[1, 1, 1, 0].map((right) => ({ group: 'a', right })),
  ...[1, 0].map((right) => ({ group: 'b', right })),
  { group: 'c', right: 1 },
  { group: 'd', right: 0 },
];
const share = (drawn: readonly { right: number }[]): number =>
  drawn.reduce((sum, { right }) => sum + right, 0) / drawn.length;

describe('intervals', () => {
  it('are the same for the same items', () => {
    expect(estimate(items, share)).toEqual(estimate(items, share));
  });

  it('have the statistic of all items inside', () => {
    const { value, interval, count } = estimate(items, share);
    expect({ value, count }).toEqual({ value: 5 / 8, count: 8 });
    expect(interval?.[0]).toBeGreaterThanOrEqual(0);
    expect(interval?.[0]).toBeLessThan(value);
    expect(interval?.[1]).toBeGreaterThan(value);
  });

  it('are the same whether documents or sums of groups are drawn', () => {
    const byRatio = estimateRatio(
      items,
      ({ right }) => right,
      () => 1,
    );
    expect(byRatio).toEqual(estimate(items, share));
  });

  it('of one group say nothing', () => {
    const alone = items.filter(({ group }) => group === 'a');
    expect(estimate(alone, share)).toEqual({ value: 0.75, interval: null, count: 4 });
  });

  it('are wide when all is in two groups, however many documents these have', () => {
    const two = Array.from({ length: 100 }, (_, index) => ({ group: String(index % 2), right: index % 2 }));
    expect(estimate(two, share).interval).toEqual([0, 1]);
  });

  it('of nothing are no number', () => {
    expect(estimate([], share)).toEqual({ value: Number.NaN, interval: null, count: 0 });
  });
});
