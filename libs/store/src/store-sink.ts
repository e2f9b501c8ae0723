import { TOPICS, groupOf } from '@docstream/contracts';
import { readGap, type ConsumedRecord, type EventCodec, type StoreChange } from '@docstream/core';
import type { SinkDefinition } from '@docstream/sink-runtime';
import { STORE_TOPICS, decodeRecord, type TopicKind } from './decode-record.js';
import { projectDeadLetter, projectRecord } from './project-record.js';

export interface StoreSinkOptions {
  readonly codec: EventCodec;
  /** What the records of each topic are; tests take topics of their own. */
  readonly topics?: Readonly<Record<string, TopicKind>>;
  readonly group?: string;
  readonly deadLetterTopic?: string;
}

/** The store: every topic's events become rows; of the positions only the gaps. */
export function createStoreSink(options: StoreSinkOptions): SinkDefinition<StoreChange> {
  const { codec, topics = STORE_TOPICS } = options;
  const isPosition = ({ topic }: ConsumedRecord): boolean => topics[topic] === 'position';
  return {
    name: 'store',
    group: options.group ?? groupOf('store'),
    topics: Object.keys(topics),
    deadLetterTopic: options.deadLetterTopic ?? TOPICS.storeDeadLetter.name,
    project: async (record) =>
      isPosition(record)
        ? readGap(record, (value) => codec.decode(TOPICS.positions, value))
        : projectRecord(record, await decodeRecord(codec, record, topics)),
    // A position is no document's: it lies in the dead letters, and no row tells of it.
    projectDeadLetter: (record, failure) => (isPosition(record) ? null : projectDeadLetter(record, failure)),
  };
}
