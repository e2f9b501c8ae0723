import type { ErrorCode } from '@docstream/contracts';
import {
  FatalError,
  createPositionMirror,
  decideStart,
  isMirrorNeeded,
  type CommittedPosition,
  type LostRange,
  type PartitionPublisher,
  type TopicPartition,
} from '@docstream/core';
import { buildLossRecord, buildPositionRecord } from './position-record.js';
import type { StageEngine } from './stage-engine.js';

export type StartTools = Pick<StageEngine, 'group' | 'broker' | 'codec' | 'clock' | 'logger' | 'observer'>;

/**
 * Where a tenure begins (the rules: position-rules.ts). To be asked after `publisher` has fenced the predecessor.
 * What differs from what Kafka has (restored, moved, lost) is committed before it resolves, a loss with its record in
 * the same transaction, and only then counted. Rejects with a FatalError when an operator has to decide.
 */
export async function settleStart(
  tools: StartTools,
  partition: TopicPartition,
  publisher: PartitionPublisher,
  signal?: AbortSignal,
): Promise<CommittedPosition> {
  const { broker, codec, group, logger, observer } = tools;
  const committed = await broker.committed(group, partition);
  const range = await broker.logRange(partition);
  const mirrored = isMirrorNeeded(committed, range)
    ? await createPositionMirror(broker, codec).read(group, partition, signal)
    : null;
  const decision = decideStart(committed, range, mirrored);
  if (decision.kind === 'stop') throw positionError(group, partition, decision.code, decision.reason);
  const { position, source, lost, movedFrom } = decision;
  const isLost = committed !== null && committed.offset < range.start;
  if (source !== 'mirror' && movedFrom === null && !isLost) return position;

  const losses = await Promise.all(lost.map((gap) => buildLossRecord(tools, partition, position, gap)));
  await publisher.publish([...losses, await buildPositionRecord(tools, partition, position)], position);
  const offset = position.offset.toString();
  if (source === 'mirror') {
    observer.onPosition(partition, 'restored');
    logger.warn('the committed offset was gone and is restored from the positions topic', {
      ...partition,
      offset,
    });
  }
  if (movedFrom !== null) {
    observer.onPosition(partition, 'moved');
    logger.warn('the committed offset was moved from outside; Kafka wins', {
      ...partition,
      from: movedFrom.toString(),
      to: offset,
    });
  }
  for (const gap of lost) reportLoss(tools, partition, gap);
  return position;
}

function reportLoss(
  { logger, observer }: StartTools,
  partition: TopicPartition,
  { from, to }: LostRange,
): void {
  observer.onLost(partition, from, to);
  logger.error('records were deleted by retention before they were read', {
    ...partition,
    from: from.toString(),
    to: to.toString(),
  });
}

function positionError(
  group: string,
  { topic, partition }: TopicPartition,
  code: ErrorCode,
  reason: string,
): FatalError {
  return new FatalError(code, `${group} can't begin in ${topic}/${partition}: ${reason}`, {
    facts: { topic, partition },
  });
}
