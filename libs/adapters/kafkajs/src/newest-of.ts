import type { ConsumedRecord, Logger } from '@docstream/core';
import kafkajs, { type Admin } from 'kafkajs';
import type { AdminConnection } from './admin-connection.js';
import type { KafkaClient } from './client.js';
import { readLogRange } from './log-range.js';
import { KafkaRecordReader } from './record-reader.js';

const DEADLINE_MS = 10_000;

/** Newest committed record with that key; reads its partition whole. A DependencyError when the signal aborts. */
export async function readNewest(
  client: KafkaClient,
  connection: AdminConnection,
  logger: Logger,
  { topic, key }: { readonly topic: string; readonly key: Uint8Array },
  signal?: AbortSignal,
): Promise<ConsumedRecord | null> {
  const partition = await connection.ask(`looking at ${topic}`, DEADLINE_MS, (admin) =>
    partitionOf(admin, topic, key),
  );
  let newest: ConsumedRecord | null = null;
  const reader = new KafkaRecordReader(client, logger);
  const stop = (): void => void reader.close(1_000);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  try {
    const range = await readLogRange(connection, { topic, partition });
    for await (const record of reader.read({ topic, partition }, range)) {
      if (record.key !== null && Buffer.compare(record.key, key) === 0) newest = record;
    }
    return newest;
  } finally {
    signal?.removeEventListener('abort', stop);
    await reader.close(1_000);
  }
}

/** The partition that our producers (and Java's) choose for the key. */
async function partitionOf(admin: Admin, topic: string, key: Uint8Array): Promise<number> {
  // Not fetchTopicMetadata: it makes kafkajs forget the topics that others ask about through the same connection.
  const partitions = await admin.fetchTopicOffsets(topic);
  const partitionMetadata = partitions.map(({ partition: partitionId }) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  const message = { key: Buffer.from(key), value: null };
  return kafkajs.Partitioners.DefaultPartitioner()({ topic, partitionMetadata, message });
}
