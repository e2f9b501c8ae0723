import { auditIdFrom, type ErrorCode } from '@docstream/contracts';
import {
  FatalError,
  buildGapRecord,
  buildPositionRecord,
  createPositionMirror,
  decideStart,
  isMirrorNeeded,
  moveBackWhole,
  movePosition,
  type CommittedPosition,
  type LostRange,
  type PartitionPublisher,
  type TopicPartition,
} from '@docstream/core';
import type { StageEngine } from './stage-engine.js';

export type StartTools = Pick<
  StageEngine,
  'group' | 'broker' | 'codec' | 'clock' | 'random' | 'logger' | 'observer'
>;

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
  const { source, lost, movedFrom } = decision;
  if (movedFrom !== null && mirrored !== null) {
    return recordMove(tools, partition, publisher, mirrored, decision.position.offset);
  }
  const { position } = decision;
  const isLost = committed !== null && committed.offset < range.start;
  if (source !== 'mirror' && !isLost) return position;

  const losses = await Promise.all(
    lost.map((gap) => buildGapRecord(tools, partition, position, { ...gap, state: 'lost' })),
  );
  await publisher.publish([...losses, await buildPositionRecord(tools, partition, position)], position);
  const offset = position.offset.toString();
  if (source === 'mirror') {
    observer.onPosition(partition, 'restored');
    logger.warn('the committed offset was gone and is restored from the positions topic', {
      ...partition,
      offset,
    });
  }
  for (const gap of lost) reportLoss(tools, partition, gap);
  return position;
}

/** Somebody else moved the committed offset: a reset like ours, whose id is made when it is noticed. */
async function recordMove(
  tools: StartTools,
  partition: TopicPartition,
  publisher: PartitionPublisher,
  known: CommittedPosition,
  to: bigint,
): Promise<CommittedPosition> {
  const { clock, random, logger, observer } = tools;
  const timeMs = clock.nowMs();
  const entropy = Uint8Array.from({ length: 10 }, () => Math.floor(random() * 256));
  const auditId = auditIdFrom(timeMs, entropy);
  const by = { auditId, timeMs };
  const moved = movePosition(known, to, by);
  const { position, abandoned } =
    moved === null ? moveBackWhole(known, to, by) : { position: moved, abandoned: [] };
  const skipped = to > known.offset ? [{ from: known.offset, to }] : abandoned;
  const reset = { auditId, previousWatermark: known.offset };
  const gaps = skipped.map((gap) =>
    buildGapRecord(tools, partition, position, { ...gap, state: 'skipped' }, reset),
  );
  const records = await Promise.all([buildPositionRecord(tools, partition, position, reset), ...gaps]);
  await publisher.publish(records, position);
  observer.onPosition(partition, 'moved');
  logger.warn('the committed offset was moved from outside; Kafka wins', {
    ...partition,
    auditId,
    from: known.offset.toString(),
    to: to.toString(),
  });
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
