import { describe, expect, it } from '@jest/globals';
import type { Clock } from '@docstream/core';
import { HealthBoard, isHealthy } from './health.js';

describe('HealthBoard', () => {
  let nowMs = 0;
  const clock: Clock = { nowMs: () => nowMs, sleep: () => Promise.resolve() };

  it('keeps since while a check stays as it is, whatever its detail', () => {
    const board = new HealthBoard(clock);
    board.set('broker', false, 'refused');
    nowMs = 5000;
    board.set('broker', false, 'timed out');
    expect(board.report().checks).toEqual([
      { name: 'broker', ok: false, detail: 'timed out', since: '1970-01-01T00:00:00.000Z' },
    ]);
    expect(isHealthy(board.report())).toBe(false);
  });

  it('moves since when a check changes, and forgets removed checks', () => {
    const board = new HealthBoard(clock);
    board.set('broker', false);
    nowMs = 9000;
    board.set('broker', true);
    expect(board.report().checks[0]?.since).toBe('1970-01-01T00:00:09.000Z');
    board.remove('broker');
    expect(board.report()).toEqual({ checks: [] });
    expect(isHealthy(board.report())).toBe(true);
  });
});
