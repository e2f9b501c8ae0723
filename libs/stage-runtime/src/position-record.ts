import { TOPICS, gapKey } from '@docstream/contracts';
import {
  positionKeyOf,
  type CommittedPosition,
  type LostRange,
  type OutgoingRecord,
  type TopicPartition,
} from '@docstream/core';
import type { StageEngine } from './stage-engine.js';

type Tools = Pick<StageEngine, 'group' | 'codec' | 'clock'>;

/** The position once more, on a compacted topic: Kafka forgets an empty group's offsets after a while. */
export function buildPositionRecord(
  tools: Tools,
  partition: TopicPartition,
  position: CommittedPosition,
): Promise<OutgoingRecord> {
  return build(tools, partition, position, null, positionKeyOf(tools.group, partition));
}

/** A loss, under a key of its own, so that compaction keeps it. The store marks what lay in the range as lost. */
export function buildLossRecord(
  tools: Tools,
  partition: TopicPartition,
  position: CommittedPosition,
  lost: LostRange,
): Promise<OutgoingRecord> {
  const key = gapKey(tools.group, partition.topic, partition.partition, 'lost', lost.from);
  return build(tools, partition, position, lost, key);
}

async function build(
  { group, codec, clock }: Tools,
  { topic, partition }: TopicPartition,
  { offset, metadata }: CommittedPosition,
  lost: LostRange | null,
  key: string,
): Promise<OutgoingRecord> {
  const value = await codec.encode(TOPICS.positions, {
    group,
    topic,
    partition,
    offset: Number(offset),
    metadata,
    recordedAt: clock.nowMs(),
    auditId: null,
    previousWatermark: null,
    lostFrom: lost === null ? null : Number(lost.from),
    lostTo: lost === null ? null : Number(lost.to),
  });
  return { topic: TOPICS.positions.name, key: new TextEncoder().encode(key), value, headers: [] };
}
