import {
  OffsetTracker,
  buildPositionRecord,
  bytesHeld,
  type CommittedPosition,
  type ConsumedRecord,
  type OutgoingRecord,
  type PartitionPublisher,
  type TopicPartition,
} from '@docstream/core';
import { RecordQueue } from './record-queue.js';
import type { StageEngine } from './stage-engine.js';
import type { TransactionLimit } from './transaction-limit.js';

/** After so many owners that ended here without progress, one record of theirs may have killed them. */
const SUSPICIOUS_TENURES = 3;

/** The partition's worker, which outlives its tenures. */
export interface TenureOwner {
  /** Aborts when nothing new is begun any more. */
  readonly draining: AbortSignal;
  readonly limit: TransactionLimit;
  /** A transaction is committed: there may be room again. */
  onPublished(tenure: Tenure): void;
  /** Publishing failed, or the next work cannot go on: the tenure is to be ended. */
  onTrouble(tenure: Tenure, thrown: unknown): Promise<void>;
}

/** What a record became. The record itself is let go. */
interface Ready {
  readonly offset: bigint;
  readonly outputs: readonly OutgoingRecord[];
  readonly bytes: number;
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
  readonly #owner: TenureOwner;
  readonly #ended = new AbortController();
  readonly #start: bigint;
  readonly #ready: Ready[] = [];
  #readyBytes = 0;
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
    owner: TenureOwner,
  ) {
    this.#engine = engine;
    this.#partition = partition;
    this.#publisher = publisher;
    this.#owner = owner;
    this.#start = position.offset;
    this.#committed = position;
    this.tracker = OffsetTracker.restore(position);
    this.signal = AbortSignal.any([this.#ended.signal, owner.draining]);
    this.suspects = this.tracker.tenures < SUSPICIOUS_TENURES ? 0 : engine.settings.windowRecords;
  }

  get hasEnded(): boolean {
    return this.#ended.signal.aborted;
  }

  get isFlushing(): boolean {
    return this.#isFlushing;
  }

  /** Bytes of the records that wait or are in work, and of what waits for its transaction. */
  get bytes(): number {
    return this.queue.bytes + this.#readyBytes;
  }

  /**
   * Whether one more record may be begun: as many as can be in work, while there is room for what they become. Without
   * room, only where nothing else goes on: what is ready may wait for the one at the watermark.
   */
  get mayBegin(): boolean {
    const { concurrency, windowBytes } = this.#engine.settings;
    if (this.suspects > 0) return this.inHand === 0;
    if (this.#readyBytes < windowBytes) return this.inHand < concurrency;
    return this.inHand === 0 && this.#nextReady() < 0;
  }

  /** Nothing of it is published from here on. Resolves when the transaction under way is over. */
  async end(): Promise<void> {
    this.#ended.abort();
    for (const wake of this.#waiting.splice(0)) wake();
    await this.#publisher.close();
  }

  /** A record reached its outcome: it is published with the next transaction. */
  publish({ offset }: ConsumedRecord, outputs: readonly OutgoingRecord[]): void {
    const bytes = outputs.reduce((sum, output) => sum + bytesHeld(output), 0);
    this.#ready.push({ offset, outputs, bytes });
    this.#readyBytes += bytes;
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
        this.#owner.onPublished(this);
      }
    } catch (thrown) {
      await this.#owner.onTrouble(this, thrown);
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
    return this.#ready.findIndex(({ offset }) => offset === watermark);
  }

  async #publishOnce(): Promise<void> {
    const { outputs, bytes } = this.#takeReady();
    this.#forgetTenures();
    const position = this.tracker.position();
    const waiting = this.#waiting.splice(0);
    const { clock, observer } = this.#engine;
    const startedMs = clock.nowMs();
    try {
      const mirror = await this.#engine.untilUp(
        () => buildPositionRecord(this.#engine, this.#partition, position),
        this.#ended.signal,
      );
      await this.#publish([...outputs, mirror], bytes, position);
    } finally {
      for (const wake of waiting) wake();
    }
    this.#committed = position;
    observer.onTransaction(outputs.length, (clock.nowMs() - startedMs) / 1_000);
  }

  async #publish(
    records: readonly OutgoingRecord[],
    bytes: number,
    position: CommittedPosition,
  ): Promise<void> {
    const { clock } = this.#engine;
    const startedMs = clock.nowMs();
    try {
      await this.#publisher.publish(records, position);
    } finally {
      this.#owner.limit.report({ records: records.length, bytes }, clock.nowMs() - startedMs);
    }
  }

  /** What goes into the next transaction: as much as its limit has room for, and what one record became in any case. */
  #takeReady(): { readonly outputs: readonly OutgoingRecord[]; readonly bytes: number } {
    const limit = this.#owner.limit.size;
    const outputs: OutgoingRecord[] = [];
    let bytes = 0;
    // Taken from the front and removed at once: one splice a record moves all that wait behind it.
    let taken = 0;
    for (;;) {
      const isInTurn = this.tracker.hasRoom();
      if (!isInTurn) {
        this.#ready.splice(0, taken);
        taken = 0;
      }
      const index = isInTurn ? taken : this.#nextReady();
      const next = this.#ready[index];
      if (next === undefined) break;
      const isMore = outputs.length + next.outputs.length > limit.records || bytes + next.bytes > limit.bytes;
      if (isMore && outputs.length > 0) break;
      if (isInTurn) taken += 1;
      else this.#ready.splice(index, 1);
      outputs.push(...next.outputs);
      bytes += next.bytes;
      this.tracker.complete(next.offset);
    }
    this.#ready.splice(0, taken);
    this.#readyBytes -= bytes;
    return { outputs, bytes };
  }

  /** Progress is a watermark that moved, and no suspect left. */
  #forgetTenures(): void {
    if (this.suspects === 0 && this.tracker.watermark() > this.#start) this.tracker.forgetTenures();
  }
}
