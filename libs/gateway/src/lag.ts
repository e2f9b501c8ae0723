import { lagOf, type PartitionLag } from '@docstream/core';

/** Offsets that retention deleted before the group had worked on them. */
export function lostOffsetsOf({ committed, logStart }: PartitionLag): bigint {
  return committed !== null && committed < logStart ? logStart - committed : 0n;
}

interface Sample {
  readonly atMs: number;
  readonly logEnd: bigint;
}

const MAX_SAMPLES = 240;

/**
 * Time lag from samples of the log's end: how long ago the end stood where the group stands now, interpolated. Older
 * than the oldest sample it is a lower bound. One sample a call and partition, 240 kept.
 */
export class LagClock {
  readonly #samples = new Map<string, Sample[]>();

  observe(positions: readonly PartitionLag[], nowMs: number): void {
    const seen = new Set<string>();
    for (const { topic, partition, logEnd } of positions) {
      const key = `${topic}/${partition}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const samples = this.#samples.get(key) ?? [];
      const last = samples.at(-1);
      // A smaller end is another log under the same name.
      if (last !== undefined && last.logEnd > logEnd) samples.length = 0;
      samples.push({ atMs: nowMs, logEnd });
      if (samples.length > MAX_SAMPLES) samples.shift();
      this.#samples.set(key, samples);
    }
  }

  lagSeconds(position: PartitionLag, nowMs: number): number {
    const lag = lagOf(position);
    if (lag === 0n) return 0;
    const at = position.logEnd - lag;
    const samples = this.#samples.get(`${position.topic}/${position.partition}`) ?? [];
    const after = samples.findIndex(({ logEnd }) => logEnd > at);
    const later = samples[after];
    if (later === undefined) return 0;
    const earlier = samples[after - 1];
    const atMs = earlier === undefined ? later.atMs : interpolate(earlier, later, at);
    return Math.max(0, (nowMs - atMs) / 1000);
  }
}

function interpolate(earlier: Sample, later: Sample, at: bigint): number {
  const share = Number(at - earlier.logEnd) / Number(later.logEnd - earlier.logEnd);
  return earlier.atMs + share * (later.atMs - earlier.atMs);
}
