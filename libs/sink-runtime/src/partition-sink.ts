import {
  FatalError,
  classifyError,
  decideStart,
  type ConsumedRecord,
  type Delivery,
  type Failure,
  type Membership,
  type TopicPartition,
} from '@docstream/core';
import { backoffMs } from '@docstream/stage-runtime';
import { CommitFollower } from './commit-follower.js';
import { buildSinkDeadLetter } from './dead-letter.js';
import { RecordWindow } from './record-window.js';
import { MAX_HEALTHY_FAILURES, repeatWhileAway, type SinkEngine } from './sink-engine.js';

/** Times that an error without class, or a position beyond the end, may end a tenure before the service gives up. */
const MAX_BROKEN_TENURES = 5;

interface Prepared<Change> {
  readonly record: ConsumedRecord;
  /** Null: nothing to write; or nobody can tell whose the record is, and it lies in the dead letters. */
  readonly change: Change | null;
}

/**
 * One partition: take over, then batch after batch, each in one database transaction with the position. It lives for
 * one assignment; what it loses (fenced, reset) it takes over again.
 */
export class PartitionSink<Change> {
  readonly #partition: TopicPartition;
  readonly #membership: Membership;
  readonly #engine: SinkEngine<Change>;
  readonly #commits: CommitFollower;
  /** Aborts at once: waits end, nothing new begins. */
  readonly #stopped = new AbortController();
  /** Aborts when the present tenure is over. */
  #tenure = new AbortController();
  #window: RecordWindow | undefined;
  #isPaused = false;
  #isCutOff = false;
  #wake: () => void = () => undefined;
  #epoch = 0n;
  #next = 0n;
  #life: Promise<void> = Promise.resolve();

  constructor(partition: TopicPartition, membership: Membership, engine: SinkEngine<Change>) {
    this.#partition = { topic: partition.topic, partition: partition.partition };
    this.#membership = membership;
    this.#engine = engine;
    this.#commits = new CommitFollower((offset) => membership.commit(this.#partition, offset), engine.logger);
  }

  begin(): void {
    this.#life = this.#live();
  }

  state(): { readonly isTaken: boolean; readonly waiting: number } {
    return {
      isTaken: this.#window !== undefined,
      waiting: this.#window?.waiting ?? 0,
    };
  }

  deliver(delivery: Delivery): void {
    const { windowRecords, windowBytes } = this.#engine.settings;
    const window = this.#window;
    if (window === undefined) return;
    window.add(delivery);
    if (!this.#isPaused && (window.waiting >= windowRecords || window.bytes >= windowBytes)) {
      this.#isPaused = true;
      this.#membership.pause(this.#partition);
    }
    this.#wake();
  }

  /** The log no longer has the fetch position. What is in hand is stored first: dropped, it would be lost, too. */
  retakeWhenDrained(): void {
    this.#isCutOff = true;
    this.#wake();
  }

  /** The epoch is no longer ours: takes over again. */
  retake(): void {
    if (this.#stopped.signal.aborted) return;
    // What is on its way from the old position must not be taken for the new one.
    this.#membership.pause(this.#partition);
    this.#tenure.abort();
    this.#wake();
  }

  /** True when the epoch in the database is not the one we hold. */
  isStale(epoch: bigint | undefined): boolean {
    return this.#window !== undefined && epoch !== this.#epoch;
  }

  /** Begins nothing new; resolves when the transaction under way is done. */
  async giveUp(): Promise<void> {
    this.#stopped.abort();
    this.#tenure.abort();
    this.#wake();
    await this.#life;
    this.#commits.stop();
  }

  /** As giveUp, and tells Kafka the last position: we still own the partition. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#tenure.abort();
    this.#wake();
    await this.#life;
    await this.#commits.settle();
  }

  /** Repeats what Kafka did not take. */
  nudge(): void {
    this.#commits.nudge();
  }

  async #live(): Promise<void> {
    const { clock, logger, onFatal, settings, random } = this.#engine;
    const facts = { ...this.#partition };
    for (let broken = 0; !this.#stopped.signal.aborted;) {
      try {
        await this.#takeOver();
        for (; !this.#tenure.signal.aborted; broken = 0) await this.#applyNext();
      } catch (error) {
        if (this.#stopped.signal.aborted) break;
        const failure = classifyError(error);
        if (failure.failureClass === 'lost') {
          logger.info('the partition was lost; it is taken over again if it is still ours', facts);
          await clock.sleep(settings.retakeDelayMs * (0.75 + random() / 2), this.#stopped.signal);
          continue;
        }
        broken += 1;
        // A new leader of the partition may not know yet how far its log goes.
        const isFinal = failure.failureClass === 'fatal' && failure.code !== 'POSITION_BEYOND_END';
        if (isFinal || broken >= MAX_BROKEN_TENURES) {
          this.#window = undefined;
          onFatal(error);
          return;
        }
        logger.error('storing failed; the partition is taken over again', { ...facts, error });
        await clock.sleep(backoffMs(broken, 500, 10_000, random), this.#stopped.signal);
      }
    }
    this.#window = undefined;
  }

  /** Position from the database, which is the truth; compared with the log's range before the first fetch. */
  async #takeOver(): Promise<void> {
    const { broker, database, observer, sink } = this.#engine;
    this.#window = undefined;
    this.#tenure = new AbortController();
    if (this.#stopped.signal.aborted) this.#tenure.abort();
    await repeatWhileAway(this.#engine, this.#tenure.signal, async () => {
      const { epoch, nextOffset } = await database.takeOver(sink.group, this.#partition);
      const range = await broker.logRange(this.#partition);
      const known =
        nextOffset === null
          ? await broker.committed(sink.group, this.#partition)
          : { offset: nextOffset, metadata: '' };
      const decision = decideStart(known, range);
      if (decision.kind === 'stop') {
        throw new FatalError(decision.code, `${this.#name()}: ${decision.reason}`, {
          facts: { ...this.#partition },
        });
      }
      this.#epoch = epoch;
      this.#next = decision.position.offset;
      const [lost] = decision.lost;
      if (lost !== undefined) await this.#recordLoss(nextOffset, lost.from, lost.to);
      else if (nextOffset === null) {
        await database.apply(sink.group, this.#partition, { epoch, from: null, to: this.#next }, []);
      }
    });
    this.#isPaused = false;
    this.#isCutOff = false;
    this.#window = new RecordWindow(this.#next);
    this.#membership.start(this.#partition, this.#next);
    this.#commits.follow(this.#next);
    observer.onTakeOver(this.#partition);
  }

  async #recordLoss(nextOffset: bigint | null, from: bigint, to: bigint): Promise<void> {
    const { database, logger, observer, sink } = this.#engine;
    if (nextOffset === null) {
      await database.apply(sink.group, this.#partition, { epoch: this.#epoch, from: null, to: from }, []);
    }
    await database.recordLoss(sink.group, this.#partition, { epoch: this.#epoch, from, to });
    observer.onLost(this.#partition, from, to);
    logger.error('records were deleted before they were stored', { ...this.#partition, from, to });
  }

  async #applyNext(): Promise<void> {
    const { settings, withSlot } = this.#engine;
    const window = this.#window;
    if (window === undefined) return;
    if (window.waiting === 0 && window.fetchPosition === this.#next) {
      if (this.#isCutOff) return this.retake();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (this.#tenure.signal.aborted) resolve();
      });
      return;
    }
    await withSlot(async () => {
      const { records, next } = window.take(settings.batchRecords, settings.batchBytes);
      await this.#applyBatch(records, next);
    });
    if (
      !this.#isCutOff &&
      this.#isPaused &&
      window.waiting * 2 < settings.windowRecords &&
      window.bytes * 2 < settings.windowBytes
    ) {
      this.#isPaused = false;
      this.#membership.resume(this.#partition);
    }
  }

  async #applyBatch(records: readonly ConsumedRecord[], next: bigint): Promise<void> {
    const { clock, logger, observer } = this.#engine;
    const prepared: Prepared<Change>[] = [];
    for (const record of records) prepared.push(await this.#prepare(record));
    const beginMs = clock.nowMs();
    try {
      await this.#commit(prepared, next);
    } catch (error) {
      const { failureClass, code } = classifyError(error);
      if (records.length === 0 || (failureClass !== 'poison' && failureClass !== 'unknown')) throw error;
      if (records.length > 1) logger.warn('a batch was refused; its records are stored one by one', { code });
      for (const [index, one] of prepared.entries()) {
        await this.#commitAlone(one, index === prepared.length - 1 ? next : one.record.offset + 1n);
      }
    }
    if (records.length > 0) {
      observer.onApplied(this.#partition.topic, records.length, (clock.nowMs() - beginMs) / 1_000);
    }
  }

  /** Decodes and projects; a record that can't be is in the dead letters when this resolves. */
  async #prepare(record: ConsumedRecord): Promise<Prepared<Change>> {
    const { sink } = this.#engine;
    return this.#withAttempts(
      record,
      async (): Promise<Prepared<Change>> => ({ record, change: await sink.project(record) }),
      (change) => Promise.resolve({ record, change }),
    );
  }

  async #commitAlone(prepared: Prepared<Change>, next: bigint): Promise<void> {
    const { record } = prepared;
    await this.#withAttempts(
      record,
      () => this.#commit([prepared], next),
      (change) => this.#commit([{ record, change }], next),
    );
  }

  /** Poison at once, what is unknown after some attempts: a dead letter first, then `otherwise` in the database. */
  async #withAttempts<T>(
    record: ConsumedRecord,
    work: () => Promise<T>,
    otherwise: (change: Change | null) => Promise<T>,
  ): Promise<T> {
    const { clock, random, settings } = this.#engine;
    const { signal } = this.#tenure;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await repeatWhileAway(this.#engine, signal, work, MAX_HEALTHY_FAILURES);
      } catch (error) {
        const failure = classifyError(error);
        if (failure.failureClass !== 'poison' && failure.failureClass !== 'unknown') throw error;
        if (failure.failureClass === 'unknown' && attempt < settings.maxAttempts) {
          await clock.sleep(backoffMs(attempt, 100, 5_000, random), signal);
          continue;
        }
        return otherwise(await this.#deadLetter(record, failure, attempt));
      }
    }
  }

  async #deadLetter(record: ConsumedRecord, failure: Failure, attempts: number): Promise<Change | null> {
    const { logger, observer, producer, sink } = this.#engine;
    const { group, deadLetterTopic: topic } = sink;
    await repeatWhileAway(this.#engine, this.#tenure.signal, () =>
      producer.produce([buildSinkDeadLetter(record, { topic, group, failure, attempts })]),
    );
    observer.onDeadLettered(record.topic, failure.code);
    logger.warn('a record was dead-lettered', {
      ...this.#partition,
      offset: record.offset,
      code: failure.code,
    });
    return sink.projectDeadLetter(record, failure);
  }

  /** Rows and position in one transaction; Kafka's position follows later. */
  async #commit(prepared: readonly Prepared<Change>[], next: bigint): Promise<void> {
    const { database, sink } = this.#engine;
    const changes = prepared.flatMap(({ change }) => (change === null ? [] : [change]));
    const move = { epoch: this.#epoch, from: this.#next, to: next };
    await repeatWhileAway(
      this.#engine,
      this.#tenure.signal,
      () => database.apply(sink.group, this.#partition, move, changes),
      changes.length === 0 ? Infinity : MAX_HEALTHY_FAILURES,
    );
    this.#next = next;
    this.#commits.follow(next);
  }

  #name(): string {
    return `${this.#partition.topic}/${this.#partition.partition}`;
  }
}
