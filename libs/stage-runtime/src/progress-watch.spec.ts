import type { Clock } from '@docstream/core';
import { silentLogger } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import { ProgressWatch, type ProgressSample } from './progress-watch.js';

const STALLED_MS = 600_000;
const SILENT_MS = 180_000;

class Bench {
  nowMs = 1_000_000;
  sample: ProgressSample = { canProgress: true, lastContactMs: 1_000_000 };
  isBrokerUp = true;
  questions = 0;
  readonly watch: ProgressWatch;

  constructor() {
    const clock: Clock = { nowMs: () => this.nowMs, sleep: () => new Promise(() => undefined) };
    const checks = {
      kafka: async () => {
        this.questions += 1;
        if (!this.isBrokerUp) throw new Error('away');
      },
    };
    this.watch = new ProgressWatch({ clock, checks, logger: silentLogger });
  }

  /** Looks every ten seconds for so long; contact goes on unless a test says otherwise. */
  async pass(ms: number, { hasContact = true } = {}): Promise<string | null> {
    for (let passed = 0; passed < ms; passed += 10_000) {
      this.nowMs += 10_000;
      if (hasContact) this.sample = { ...this.sample, lastContactMs: this.nowMs };
      await this.watch.look(() => this.sample);
    }
    return this.watch.trouble;
  }
}

describe('ProgressWatch', () => {
  it('calls it stuck when records wait, nothing stands in their way, and none moves', async () => {
    const bench = new Bench();
    expect(await bench.pass(STALLED_MS)).toBeNull();
    expect(bench.questions).toBe(0);
    expect(await bench.pass(10_000)).toContain('none moved for 610 s');
  });

  it('takes it back when something moves after all', async () => {
    const bench = new Bench();
    await bench.pass(STALLED_MS + 10_000);
    bench.watch.progressed();
    expect(bench.watch.trouble).toBeNull();
    expect(await bench.pass(STALLED_MS)).toBeNull();
  });

  it('leaves alone what has nothing to do or is paused, however long, and counts from when it could work', async () => {
    const bench = new Bench();
    bench.sample = { ...bench.sample, canProgress: false };
    expect(await bench.pass(10 * STALLED_MS)).toBeNull();
    bench.sample = { ...bench.sample, canProgress: true };
    expect(await bench.pass(STALLED_MS - 10_000)).toBeNull();
  });

  it('never fails because a dependency is away, and counts anew when it is back', async () => {
    const bench = new Bench();
    bench.isBrokerUp = false;
    expect(await bench.pass(10 * STALLED_MS, { hasContact: false })).toBeNull();
    expect(bench.questions).toBeGreaterThan(0);
    bench.isBrokerUp = true;
    expect(await bench.pass(STALLED_MS - 10_000)).toBeNull();
    expect(await bench.pass(20_000)).toContain('none moved');
  });

  it('calls it stuck when the broker answers and the membership hears nothing', async () => {
    const bench = new Bench();
    bench.sample = { canProgress: false, lastContactMs: bench.nowMs };
    expect(await bench.pass(SILENT_MS, { hasContact: false })).toBeNull();
    expect(await bench.pass(10_000, { hasContact: false })).toContain('has heard nothing of it for 190 s');
    expect(await bench.pass(10_000)).toBeNull();
  });

  it('says nothing of a membership that is yet to begin', async () => {
    const bench = new Bench();
    bench.sample = { canProgress: false, lastContactMs: null };
    expect(await bench.pass(10 * SILENT_MS, { hasContact: false })).toBeNull();
  });
});
