import type { ConsumedRecord, OutgoingRecord, RecordProducer, TopicFollower } from '@docstream/core';

/** A small topic of one partition in memory, with any number of followers. */
export class MemoryTopic implements RecordProducer {
  readonly records: ConsumedRecord[] = [];
  readonly #listeners = new Set<(record: ConsumedRecord) => void>();
  outage: Error | undefined;

  async produce(records: readonly OutgoingRecord[]) {
    if (this.outage !== undefined) throw this.outage;
    return records.map(({ topic, key, value, headers }) => {
      const offset = BigInt(this.records.length);
      const record = { topic, partition: 0, offset, key, value, headers, timestampMs: 0 };
      this.records.push(record);
      for (const listener of this.#listeners) listener(record);
      return { topic, partition: 0, offset };
    });
  }

  follower(): TopicFollower {
    let listener: (record: ConsumedRecord) => void = () => undefined;
    return {
      start: async (onRecord) => {
        listener = onRecord;
        for (const record of this.records) onRecord(record);
        this.#listeners.add(listener);
      },
      close: async () => void this.#listeners.delete(listener),
    };
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }
}
