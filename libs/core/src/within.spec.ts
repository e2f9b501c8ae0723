import { describe, expect, it } from '@jest/globals';
import type { Clock } from './ports/clock.js';
import { within } from './within.js';

const late = (): Error => new Error('late');
const noTimeAtAll: Clock = { nowMs: () => 0, sleep: () => Promise.resolve() };

describe('within', () => {
  it('gives what the work gives, and stops the clock', async () => {
    let signal: AbortSignal | undefined;
    const clock: Clock = {
      nowMs: () => 0,
      sleep: (_, given) => {
        signal = given;
        return new Promise(() => undefined);
      },
    };
    expect(await within(1_000, Promise.resolve('done'), late, clock)).toBe('done');
    expect(signal?.aborted).toBe(true);
  });

  it('rejects as the work does', async () => {
    await expect(within(1_000, Promise.reject(new TypeError('a bug')), late)).rejects.toThrow('a bug');
  });

  it('rejects when the work takes too long', async () => {
    await expect(within(1_000, new Promise(() => undefined), late, noTimeAtAll)).rejects.toThrow('late');
  });
});
