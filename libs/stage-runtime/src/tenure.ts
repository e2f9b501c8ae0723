import {
  OffsetTracker,
  buildPositionRecord,
  type CommittedPosition,
  type ConsumedRecord,
  type OutgoingRecord,
  type PartitionPublisher,
  type TopicPartition,
} from '@docstream/core';
import { RecordQueue } from './record-queue.js';
import type { StageEngine } from './stage-engine.js';

/** After so many owners that ended here without progress, one record of theirs may have killed them. */
const SUSPICIOUS_TENURES = 3;

export interface TenureListener {
  /** A transaction is committed: there may be room again. */
  onPublished(tenure: Tenure): void;
  /** Publishing failed, or the next work cannot go on: the tenure is to be ended. */
  onTrouble(tenure: Tenure, thrown: unknown): Promise<void>;
}

interface Ready {
  readonly record: ConsumedRecord;
  readonly outputs: readonly OutgoingRecord[];
}

/**
 * What one take-over of a partition began: the publisher that fenced the predecessor, what is delivered and done, and
 * what waits for its transaction. Everything that belongs to an older tenure is dropped when it finishes.
 */
export class Tenure {
  readonly queue = new RecordQueue();
  readonly tracker: OffsetTracker;
  /** Aborts when the tenure ends, and when nothing new is begun any more. */
  readonly signal: AbortSignal;
  isPaused = false;
  /** Whether the position says that we began to work; nothing is begun before. */
  begun: 'no' | 'soon' | 'yes' = 'no';
  /** Records that are worked on one by one, each attempt committed before it begins: any may end this process. */
  suspects: number;
  /** Taken from the queue and not finished. */
  inHand = 0;
  readonly #engine: StageEngine;
  readonly #partition: TopicPartition;
  readonly #publisher: PartitionPublisher;
  readonly #listener: TenureListener;
  readonly #ended = new AbortController();
  readonly #start: bigint;
  readonly #ready: Ready[] = [];
  /** To be called when a position of now or later is committed, or never will be. */
  readonly #waiting: (() => void)[] = [];
  #committed: CommittedPosition;
  #isFlushing = false;
  #isIdleCommitDue = false;
  /** What Kafka said instead of what we committed, when it was last asked. */
  #foreign: string | null = null;

  constructor(
    engine: StageEngine,
    partition: TopicPartition,
    publisher: PartitionPublisher,
    position: CommittedPosition,
    draining: AbortSignal,
    listener: TenureListener,
  ) {
    this.#engine = engine;
    this.#partition = partition;
    this.#publisher = publisher;
    this.#listener = listener;
    this.#start = position.offset;
    this.#committed = position;
    this.tracker = OffsetTracker.restore(position);
    this.signal = AbortSignal.any([this.#ended.signal, draining]);
    this.suspects = this.tracker.tenures < SUSPICIOUS_TENURES ? 0 : engine.settings.windowRecords;
  }

  get hasEnded(): boolean {
    return this.#ended.signal.aborted;
  }

  get isFlushing(): boolean {
    return this.#isFlushing;
  }

  /** Nothing of it is published from here on. Resolves when the transaction under way is over. */
  async end(): Promise<void> {
    this.#ended.abort();
    for (const wake of this.#waiting.splice(0)) wake();
    await this.#publisher.close();
  }

  /** A record reached its outcome: it is published with the next transaction. */
  publish(record: ConsumedRecord, outputs: readonly OutgoingRecord[]): void {
    this.#ready.push({ record, outputs });
    void this.#flush();
  }

  /** Resolves when what is known now is committed; a transaction under way took its position before. */
  async commit(): Promise<void> {
    if (this.hasEnded) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    void this.#flush();
    await promise;
  }

  /** Whoever drains has not died of a record: its tenure is not held against those that it leaves. */
  async leaveInOrder(): Promise<void> {
    if (this.tracker.tenures === 0 || this.suspects > 0) return;
    this.tracker.forgetTenures();
    await this.commit();
  }

  /** At rest: the position follows the fetch position a moment later, so that lag is 0. */
  commitSoon(): void {
    if (this.#isIdleCommitDue || !this.#isBehind()) return;
    this.#isIdleCommitDue = true;
    void this.#engine.clock.sleep(this.#engine.settings.idleCommitMs, this.#ended.signal).then(() => {
      this.#isIdleCommitDue = false;
      return this.#flush();
    });
  }

  /**
   * True when somebody else committed a position: a publisher at rest hears only so that it was fenced. Believed when
   * seen twice: what is read right after a commit of ours may be older.
   */
  async isMoved(): Promise<boolean> {
    const ours = this.#committed;
    if (this.#isFlushing) return false;
    const found = await this.#engine.broker.committed(this.#engine.group, this.#partition);
    if (found === null || this.#isFlushing || this.#committed !== ours || this.hasEnded) return false;
    const isSame =
      found.offset === ours.offset && (found.metadata === ours.metadata || !found.metadata.startsWith('v1'));
    const foreign = isSame ? null : `${found.offset} ${found.metadata}`;
    const isMoved = foreign !== null && foreign === this.#foreign;
    this.#foreign = foreign;
    return isMoved;
  }

  #isBehind(): boolean {
    const { offset, metadata } = this.tracker.position();
    return offset !== this.#committed.offset || metadata !== this.#committed.metadata;
  }

  /** Publishes what is ready, one transaction after the other; under load they grow by themselves. Never rejects. */
  async #flush(): Promise<void> {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    try {
      while (!this.hasEnded && this.#hasNews()) {
        await this.#publishOnce();
        if (this.tracker.isIdle()) this.suspects = 0;
        this.#listener.onPublished(this);
      }
    } catch (thrown) {
      await this.#listener.onTrouble(this, thrown);
    } finally {
      this.#isFlushing = false;
    }
  }

  #hasNews(): boolean {
    this.#forgetTenures();
    return this.#waiting.length > 0 || this.#nextReady() >= 0 || this.#isBehind();
  }

  /** Index of what may be published next. The rest waits where the position's metadata has no room for it. */
  #nextReady(): number {
    if (this.#ready.length === 0 || this.tracker.hasRoom()) return this.#ready.length === 0 ? -1 : 0;
    const watermark = this.tracker.watermark();
    return this.#ready.findIndex(({ record }) => record.offset === watermark);
  }

  async #publishOnce(): Promise<void> {
    const outputs: OutgoingRecord[] = [];
    const { transactionRecords, transactionBytes } = this.#engine.settings;
    let bytes = 0;
    // Taken from the front and removed at once: one splice a record moves all that wait behind it.
    let taken = 0;
    while (outputs.length < transactionRecords && bytes < transactionBytes) {
      let next = this.#ready[taken];
      if (next !== undefined && this.tracker.hasRoom()) taken += 1;
      else {
        this.#ready.splice(0, taken);
        taken = 0;
        const index = this.#nextReady();
        [next] = index < 0 ? [] : this.#ready.splice(index, 1);
      }
      if (next === undefined) break;
      outputs.push(...next.outputs);
      bytes += next.outputs.reduce((sum, output) => sum + (output.value?.byteLength ?? 0), 0);
      this.tracker.complete(next.record.offset);
    }
    this.#forgetTenures();
    this.#ready.splice(0, taken);
    const position = this.tracker.position();
    const waiting = this.#waiting.splice(0);
    const startedMs = this.#engine.clock.nowMs();
    try {
      const mirror = await this.#engine.untilUp(
        () => buildPositionRecord(this.#engine, this.#partition, position),
        this.#ended.signal,
      );
      await this.#publisher.publish([...outputs, mirror], position);
    } finally {
      for (const wake of waiting) wake();
    }
    this.#committed = position;
    this.#engine.observer.onTransaction(outputs.length, (this.#engine.clock.nowMs() - startedMs) / 1_000);
  }

  /** Progress is a watermark that moved, and no suspect left. */
  #forgetTenures(): void {
    if (this.suspects === 0 && this.tracker.watermark() > this.#start) this.tracker.forgetTenures();
  }
}
