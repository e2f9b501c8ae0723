import { TOPICS, type EventTypes } from '@docstream/contracts';
import { FatalError, classifyError } from './errors.js';
import type { StageBroker, TopicPartition } from './ports/broker.js';
import type { EventCodec } from './ports/event-codec.js';
import type { PositionMirror, PositionRecord } from './ports/position-mirror.js';

/** Key of a group's position on `docstream.positions.v1`. */
export function positionKeyOf(group: string, { topic, partition }: TopicPartition): string {
  return `${group}/${topic}/${partition}`;
}

/** The mirror on the positions topic. */
export function createPositionMirror(
  broker: Pick<StageBroker, 'newestOf'>,
  codec: Pick<EventCodec, 'decode'>,
): PositionMirror {
  return {
    read: async (group, partition, signal) => {
      const name = positionKeyOf(group, partition);
      const newest = await broker.newestOf(TOPICS.positions.name, new TextEncoder().encode(name), signal);
      if (newest === null || newest.value === null) return null;
      try {
        return toPositionRecord(await codec.decode(TOPICS.positions, newest.value));
      } catch (cause) {
        const { failureClass } = classifyError(cause);
        if (failureClass !== 'poison') throw cause;
        const where = `${TOPICS.positions.name}/${newest.partition} at ${newest.offset}`;
        throw new FatalError('POSITION_UNKNOWN', `the position of ${name} in ${where} can't be read`, {
          cause,
        });
      }
    },
  };
}

function toPositionRecord(position: EventTypes['Position']): PositionRecord {
  const { offset, metadata, recordedAt, auditId, previousWatermark } = position;
  return {
    offset: BigInt(offset),
    metadata,
    recordedAtMs: recordedAt,
    auditId,
    previousWatermark: previousWatermark === null ? null : BigInt(previousWatermark),
  };
}
