import { describe, expect, it } from '@jest/globals';
import { Breaker, type Verdict } from './breaker.js';

class Bench {
  nowMs = 1_000_000;
  readonly breaker = new Breaker(
    () => this.nowMs,
    () => 1,
  );
  #serial = 0;

  see(verdict: Verdict, times: number): void {
    for (let count = 0; count < times; count += 1) {
      this.#serial += 1;
      this.breaker.report(`d${this.#serial}`, verdict);
    }
  }

  probeAfter(ms: number): string {
    this.nowMs += ms;
    this.breaker.beginProbe();
    return this.breaker.state.kind;
  }
}

describe('Breaker', () => {
  it('stays closed below 20 unexplained failures and opens at the 20th', () => {
    const bench = new Bench();
    const { breaker } = bench;
    bench.see('unexplained', 19);
    expect(breaker.state.kind).toBe('closed');
    bench.see('unexplained', 1);
    expect(breaker.state).toEqual({ kind: 'open', sinceMs: 1_000_000, probeAtMs: 1_030_000 });
  });

  it('looks at the last 50 documents only', () => {
    const bench = new Bench();
    const { breaker } = bench;
    bench.see('unexplained', 19);
    bench.see('succeeded', 31);
    bench.see('unexplained', 18);
    expect(breaker.state.kind).toBe('closed');
    bench.see('unexplained', 2);
    expect(breaker.state.kind).toBe('open');
  });

  it('is not opened by any number of bad PDFs', () => {
    const bench = new Bench();
    const { breaker } = bench;
    bench.see('explained', 500);
    expect(breaker.state.kind).toBe('closed');
  });

  it('counts a document once, with its latest verdict', () => {
    const { breaker } = new Bench();
    for (let time = 0; time < 100; time += 1) breaker.report('same', 'unexplained');
    expect(breaker.state.kind).toBe('closed');
  });

  it('lets one through after 30 s, and closes when it succeeds, with nothing remembered', () => {
    const bench = new Bench();
    const { breaker } = bench;
    bench.see('unexplained', 20);
    expect(bench.probeAfter(29_999)).toBe('open');
    expect(bench.probeAfter(1)).toBe('half-open');
    bench.see('succeeded', 1);
    expect(breaker.state.kind).toBe('closed');
    bench.see('unexplained', 19);
    expect(breaker.state.kind).toBe('closed');
  });

  it('doubles the wait with each failed probe, up to ten minutes, and remembers since when it is open', () => {
    const bench = new Bench();
    const { breaker } = bench;
    bench.see('unexplained', 20);
    const waits: number[] = [];
    for (let probe = 0; probe < 7; probe += 1) {
      const { state } = breaker;
      if (state.kind !== 'open') throw new Error(state.kind);
      const waitMs = state.probeAtMs - bench.nowMs;
      waits.push(waitMs);
      expect(bench.probeAfter(waitMs)).toBe('half-open');
      bench.see('unexplained', 1);
    }
    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
    expect(breaker.openSinceMs).toBe(1_000_000);
  });

  it('learns nothing of a probe that is poison: another one may try', () => {
    const bench = new Bench();
    const { breaker } = bench;
    bench.see('unexplained', 20);
    bench.probeAfter(30_000);
    bench.see('explained', 3);
    expect(breaker.state.kind).toBe('half-open');
  });

  it('is not closed by work that began before it opened', () => {
    const bench = new Bench();
    const { breaker } = bench;
    bench.see('unexplained', 20);
    bench.see('succeeded', 4);
    expect(breaker.state.kind).toBe('open');
  });
});
