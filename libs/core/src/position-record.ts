import { TOPICS, gapKey, type GapState } from '@docstream/contracts';
import type { CommittedPosition, OutgoingRecord, TopicPartition } from './ports/broker.js';
import type { Clock } from './ports/clock.js';
import type { EventCodec } from './ports/event-codec.js';
import { positionKeyOf } from './position-mirror.js';
import type { LostRange } from './position-rules.js';

export interface PositionRecordTools {
  readonly group: string;
  readonly codec: Pick<EventCodec, 'encode'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** Who moved a position, and where it had been. */
export interface RecordedReset {
  readonly auditId: string;
  readonly previousWatermark: bigint;
}

/** The position once more, on a compacted topic: Kafka forgets an empty group's offsets after a while. */
export function buildPositionRecord(
  tools: PositionRecordTools,
  partition: TopicPartition,
  position: CommittedPosition,
  reset: RecordedReset | null = null,
): Promise<OutgoingRecord> {
  return build(tools, partition, position, { reset }, positionKeyOf(tools.group, partition));
}

/**
 * Records that are never read, under a key of its own, so that compaction keeps it: the store marks what lay in the
 * range as `lost` to retention or as `skipped` by a reset. Without the position's metadata: a loss can have a thousand
 * ranges, and so many copies of it are more than the topic takes in one batch.
 */
export function buildGapRecord(
  tools: PositionRecordTools,
  partition: TopicPartition,
  { offset }: Pick<CommittedPosition, 'offset'>,
  gap: LostRange & { readonly state: GapState },
  reset: RecordedReset | null = null,
): Promise<OutgoingRecord> {
  const key = gapKey(tools.group, partition.topic, partition.partition, gap.state, gap.from);
  return build(tools, partition, { offset, metadata: '' }, { gap, reset }, key);
}

/** Says for good that a reset was carried out in that partition: the next position takes the place of its record. */
export async function buildResetRecord(
  tools: PositionRecordTools,
  partition: TopicPartition,
  position: CommittedPosition,
  reset: RecordedReset,
): Promise<OutgoingRecord> {
  const key = resetKeyOf(tools.group, partition, reset.auditId);
  return build(tools, partition, position, { reset }, key);
}

export function resetKeyOf(group: string, partition: TopicPartition, auditId: string): string {
  return `${positionKeyOf(group, partition)}/reset/${auditId}`;
}

async function build(
  { group, codec, clock }: PositionRecordTools,
  { topic, partition }: TopicPartition,
  { offset, metadata }: CommittedPosition,
  { gap = null, reset }: { readonly gap?: LostRange | null; readonly reset: RecordedReset | null },
  key: string,
): Promise<OutgoingRecord> {
  const value = await codec.encode(TOPICS.positions, {
    group,
    topic,
    partition,
    offset: Number(offset),
    metadata,
    recordedAt: clock.nowMs(),
    auditId: reset?.auditId ?? null,
    previousWatermark: reset === null ? null : Number(reset.previousWatermark),
    lostFrom: gap === null ? null : Number(gap.from),
    lostTo: gap === null ? null : Number(gap.to),
  });
  return { topic: TOPICS.positions.name, key: new TextEncoder().encode(key), value, headers: [] };
}
