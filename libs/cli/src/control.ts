import {
  decodeControl,
  encodeControl,
  type ControlEntry,
  type ControlSource,
  type StageName,
} from '@docstream/contracts';
import { DependencyError, type RecordProducer, type TopicFollower } from '@docstream/core';

export interface Said {
  readonly stage: StageName;
  readonly paused: boolean;
  readonly reason: string | null;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly by: string;
}

/** Tells every member of a stage to pause or to go on; going on closes an open breaker as well. */
export async function sayControl(producer: RecordProducer, said: Said): Promise<void> {
  const { stage, paused, reason, atMs, by } = said;
  const word = { paused, reason, at: new Date(atMs).toISOString(), by };
  const sources: readonly ControlSource[] = paused ? ['operator'] : ['operator', 'breaker'];
  await producer.produce(sources.map((source) => encodeControl({ stage, source, word })));
}

/** The pauses that hold now. DependencyError BROKER_UNAVAILABLE when the topic could not be read in time. */
export async function readPauses(
  follower: TopicFollower,
  deadlineMs: number,
): Promise<readonly ControlEntry[]> {
  const latest = new Map<string, ControlEntry>();
  const late = AbortSignal.timeout(deadlineMs);
  await follower.start(({ key, value }) => {
    const entry = decodeControl(key, value);
    if (entry !== null) latest.set(`${entry.stage}/${entry.source}`, entry);
  }, late);
  if (late.aborted) {
    throw new DependencyError('BROKER_UNAVAILABLE', 'kafka', 'the control topic could not be read in time');
  }
  return [...latest.values()].filter(({ word }) => word.paused);
}
