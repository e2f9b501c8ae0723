import { TOPICS, groupOf } from '@docstream/contracts';
import type { DocumentChange, EventCodec } from '@docstream/core';
import type { SinkDefinition } from '@docstream/sink-runtime';
import { STORE_TOPICS, decodeRecord, type RecordKind } from './decode-record.js';
import { projectDeadLetter, projectRecord } from './project-record.js';

export interface StoreSinkOptions {
  readonly codec: EventCodec;
  /** What the records of each topic are; tests take topics of their own. */
  readonly topics?: Readonly<Record<string, RecordKind>>;
  readonly group?: string;
  readonly deadLetterTopic?: string;
}

/** The store: every topic's events become rows. */
export function createStoreSink(options: StoreSinkOptions): SinkDefinition<DocumentChange> {
  const { codec, topics = STORE_TOPICS } = options;
  return {
    name: 'store',
    group: options.group ?? groupOf('store'),
    topics: Object.keys(topics),
    deadLetterTopic: options.deadLetterTopic ?? TOPICS.storeDeadLetter.name,
    project: async (record) => projectRecord(record, await decodeRecord(codec, record, topics)),
    projectDeadLetter,
  };
}
