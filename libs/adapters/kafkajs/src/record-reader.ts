import {
  DependencyError,
  bytesHeld,
  within,
  type ConsumedRecord,
  type Delivery,
  type LogRange,
  type Logger,
  type Membership,
  type MembershipListener,
  type RecordReader,
  type TopicPartition,
} from '@docstream/core';
import { randomBytes } from 'node:crypto';
import { AdminConnection } from './admin-connection.js';
import type { KafkaClient } from './client.js';
import { KAFKA } from './errors.js';
import { readLogRange } from './log-range.js';
import { DEFAULT_MEMBERSHIP, KafkaMembership } from './membership.js';

export interface RecordReaderSettings {
  /** Longest silence of the broker while somebody waits for a record. */
  readonly silenceMs: number;
  /** Records and bytes that may wait for the caller before fetching stops; one fetch more may come. */
  readonly bufferRecords: number;
  readonly bufferBytes: number;
}

const DEFAULT_SETTINGS: RecordReaderSettings = {
  silenceMs: 30_000,
  bufferRecords: 1_000,
  bufferBytes: 8 * 1_048_576,
};
const LEAVE_WITHIN_MS = 3_000;

/** RecordReader on Apache Kafka: a consumer group of its own for each range, which commits nothing and is deleted. */
export class KafkaRecordReader implements RecordReader {
  readonly #client: KafkaClient;
  readonly #connection: AdminConnection;
  readonly #logger: Logger;
  readonly #settings: RecordReaderSettings;
  readonly #open = new Set<RangeReading>();
  #isClosed = false;

  constructor(client: KafkaClient, logger: Logger, settings: Partial<RecordReaderSettings> = {}) {
    this.#client = client;
    this.#connection = new AdminConnection(client, logger);
    this.#logger = logger;
    this.#settings = { ...DEFAULT_SETTINGS, ...settings };
  }

  async *read({ topic, partition }: TopicPartition, range: LogRange): AsyncGenerator<ConsumedRecord> {
    const at = { topic, partition };
    const log = await readLogRange(this.#connection, at);
    const start = range.start > log.start ? range.start : log.start;
    // The log's end, not the end of what is committed: what an open transaction holds back now is waited for.
    const end = range.end < log.end ? range.end : log.end;
    if (start >= end) return;
    const reading = new RangeReading(at, { start, end }, this.#connection, this.#settings);
    this.#open.add(reading);
    if (this.#isClosed) await reading.leave(LEAVE_WITHIN_MS);
    const group = `docstream-reader-${randomBytes(8).toString('hex')}`;
    const settings = { ...DEFAULT_MEMBERSHIP, maxBytesPerPartition: this.#settings.bufferBytes };
    try {
      reading.begin(
        await KafkaMembership.join(this.#client, group, [topic], reading, this.#logger, settings),
      );
      yield* reading.records();
    } finally {
      this.#open.delete(reading);
      await reading.leave(LEAVE_WITHIN_MS);
      await this.#forget(group);
    }
  }

  async close(deadlineMs: number): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#open].map((reading) => reading.leave(deadlineMs)));
    await this.#connection.close(deadlineMs);
  }

  async #forget(group: string): Promise<void> {
    if (this.#isClosed) return;
    try {
      await this.#connection.ask(`deleting ${group}`, LEAVE_WITHIN_MS, (admin) =>
        admin.deleteGroups([group]),
      );
    } catch (error) {
      // A courtesy: the broker forgets an empty group without offsets by itself.
      this.#logger.debug('a reader left its group behind', { group, error: String(error) });
    }
  }
}

/** One range on its way to one caller. Deliveries wait here; the partition is paused while they are too many. */
class RangeReading implements MembershipListener {
  readonly #partition: TopicPartition;
  readonly #end: bigint;
  readonly #connection: AdminConnection;
  readonly #settings: RecordReaderSettings;
  #membership: Membership | undefined;
  #waiting: ConsumedRecord[] = [];
  #bytes = 0;
  #position: bigint;
  #isPaused = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(
    partition: TopicPartition,
    { start, end }: LogRange,
    connection: AdminConnection,
    settings: RecordReaderSettings,
  ) {
    this.#partition = partition;
    this.#position = start;
    this.#end = end;
    this.#connection = connection;
    this.#settings = settings;
  }

  begin(membership: Membership): void {
    this.#membership = membership;
    if (this.#failure === undefined) membership.start(this.#partition, this.#position);
  }

  async *records(): AsyncGenerator<ConsumedRecord> {
    const { silenceMs } = this.#settings;
    for (;;) {
      const records = this.#waiting;
      this.#waiting = [];
      this.#bytes = 0;
      this.#resume();
      yield* records;
      if (this.#waiting.length > 0) continue;
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#position >= this.#end) return;
      const news = new Promise<void>((resolve) => (this.#wake = resolve));
      await within(silenceMs, news, () => this.#away(`nothing came for ${silenceMs} ms`));
    }
  }

  async leave(deadlineMs: number): Promise<void> {
    this.#fail(this.#away('the reader was closed'));
    await this.#membership?.leave(deadlineMs);
  }

  onAssigned(): void {
    // The first assignment comes before `begin`; a later one paused the partition.
    this.#membership?.start(this.#partition, this.#position);
    if (this.#isPaused) this.#membership?.pause(this.#partition);
  }

  onDelivery({ records, fetchPosition, partition }: Delivery): void {
    if (partition !== this.#partition.partition || this.#position >= this.#end) return;
    this.#position = fetchPosition;
    for (const record of records) {
      if (record.offset >= this.#end) break;
      this.#waiting.push(record);
      this.#bytes += bytesHeld(record);
    }
    const { bufferRecords, bufferBytes } = this.#settings;
    const isFull = this.#waiting.length >= bufferRecords || this.#bytes >= bufferBytes;
    if (isFull || this.#position >= this.#end) {
      this.#isPaused = true;
      this.#membership?.pause(this.#partition);
    }
    this.#wake();
  }

  onOutOfRange(): void {
    this.#skipDeleted().catch((error: unknown) => this.#fail(error));
  }

  onCrash(error: unknown): void {
    this.#fail(error);
  }

  async #skipDeleted(): Promise<void> {
    const { start } = await readLogRange(this.#connection, this.#partition);
    if (start > this.#position) this.#position = start;
    if (this.#position < this.#end) this.#membership?.start(this.#partition, this.#position);
    this.#wake();
  }

  #resume(): void {
    if (!this.#isPaused || this.#position >= this.#end) return;
    this.#isPaused = false;
    this.#membership?.resume(this.#partition);
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  #away(reason: string): DependencyError {
    const { topic, partition } = this.#partition;
    return new DependencyError('BROKER_UNAVAILABLE', KAFKA, `reading ${topic}/${partition}: ${reason}`);
  }
}
