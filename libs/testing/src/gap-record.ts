import { TOPICS, gapKey, type GapState } from '@docstream/contracts';
import type { ConsumedRecord } from '@docstream/core';
import { MemoryCodec } from './builders.js';

export interface GapOf {
  readonly state: GapState;
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** [from, to) */
  readonly from: bigint;
  readonly to: bigint;
}

const codec = new MemoryCodec();

/** The record on the positions topic that tells of a gap, as MemoryCodec writes it. */
export async function gapRecord(
  { state, group, topic, partition, from, to }: GapOf,
  place: { readonly offset: bigint; readonly timestampMs?: number },
): Promise<ConsumedRecord> {
  const { offset, timestampMs = 1_700_000_000_000 } = place;
  const value = await codec.encode(TOPICS.positions, {
    group,
    topic,
    partition,
    offset: Number(to),
    metadata: '',
    recordedAt: timestampMs,
    auditId: state === 'skipped' ? 'audit-1' : null,
    previousWatermark: null,
    lostFrom: Number(from),
    lostTo: Number(to),
  });
  const key = Buffer.from(gapKey(group, topic, partition, state, from));
  return { topic: TOPICS.positions.name, partition: 0, offset, timestampMs, key, value, headers: [] };
}
