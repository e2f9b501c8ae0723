import { DependencyError, type LogRange, type TopicPartition } from '@docstream/core';
import type { AdminConnection } from './admin-connection.js';
import { KAFKA } from './errors.js';

const DEADLINE_MS = 10_000;

/** What the partition keeps. */
export function readLogRange(
  connection: AdminConnection,
  { topic, partition }: TopicPartition,
): Promise<LogRange> {
  return connection.ask(`reading the range of ${topic}/${partition}`, DEADLINE_MS, async (admin) => {
    const found = (await admin.fetchTopicOffsets(topic)).find((entry) => entry.partition === partition);
    if (found === undefined)
      throw new DependencyError('BROKER_UNAVAILABLE', KAFKA, `${topic} has no partition ${partition}`);
    return { start: BigInt(found.low), end: BigInt(found.high) };
  });
}
