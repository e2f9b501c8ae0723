import {
  OwnershipLostError,
  classifyError,
  type CommittedPosition,
  type ConsumedRecord,
  type Delivery,
  type Membership,
  type PartitionPublisher,
  type TopicPartition,
} from '@docstream/core';
import { backoffMs } from './backoff.js';
import { bringToOutcome } from './bring-to-outcome.js';
import type { StageEngine } from './stage-engine.js';
import { settleStart } from './start-position.js';
import { Tenure } from './tenure.js';
import { TransactionLimit } from './transaction-limit.js';

/** So often is a log that ends before our position looked at before it counts as cut off. */
const BEYOND_END_CHECKS = 5;

/**
 * One partition of one stage. Takes it over (fence, read the position, seek), works on its records side by side, and
 * publishes what is finished together with the position in one Kafka transaction. Losing the partition is ordinary:
 * the tenure ends, and a new one begins at what is committed.
 */
export class PartitionWorker {
  readonly #partition: TopicPartition;
  readonly #engine: StageEngine;
  readonly #membership: Membership;
  readonly #closed = new AbortController();
  readonly #draining = new AbortController();
  readonly #limit: TransactionLimit;
  #tenure: Tenure | undefined;
  #takingOver: Promise<void> = Promise.resolve();
  #inWork = 0;

  constructor(partition: TopicPartition, membership: Membership, engine: StageEngine) {
    this.#partition = partition;
    this.#membership = membership;
    this.#engine = engine;
    this.#limit = new TransactionLimit(engine.settings);
  }

  get isTaken(): boolean {
    return this.#tenure !== undefined;
  }

  /** Records delivered and not yet published. */
  get backlog(): number {
    return this.#tenure?.tracker.windowSize() ?? 0;
  }

  /** Runs until the partition is taken over or the worker is closed. One at a time: a second would fence the first. */
  takeOver(): Promise<void> {
    this.#takingOver = this.#takingOver.then(() => this.#takeOver());
    return this.#takingOver;
  }

  /**
   * Assigned to us once more. Work goes on under the same tenure: whoever had the partition in between, or moved its
   * position, has fenced our publisher, and then the next transaction says so.
   */
  stay(): void {
    const tenure = this.#tenure;
    if (tenure === undefined || this.#draining.signal.aborted) return;
    this.#membership.start(this.#partition, tenure.tracker.fetchPosition());
    if (tenure.isPaused) this.#membership.pause(this.#partition);
  }

  /** Takes the partition over again when an operator moved its position while it rested. Never rejects. */
  async checkPosition(): Promise<void> {
    const tenure = this.#tenure;
    if (tenure === undefined || this.#isOver()) return;
    try {
      if (!(await tenure.isMoved())) return;
      await this.#onTrouble(tenure, new OwnershipLostError('its position was moved by somebody else'));
    } catch (error) {
      this.#engine.logger.debug('the position could not be looked at', { reason: String(error) });
    }
  }

  async #takeOver(): Promise<void> {
    for (let attempt = 1; this.#tenure === undefined && !this.#isOver(); attempt += 1) {
      let publisher: PartitionPublisher | undefined;
      try {
        this.#membership.pause(this.#partition);
        // Fence first, then read: read before, a predecessor's last commit would be missed [tried: a duplicate].
        publisher = await this.#engine.broker.takeOver(this.#engine.group, this.#partition);
        const position = await settleStart(this.#engine, this.#partition, publisher, this.#closed.signal);
        if (this.#isOver()) return void (await publisher.close());
        this.#begin(publisher, position);
        return;
      } catch (thrown) {
        if (this.#tenure === undefined) await publisher?.close();
        else await this.#endTenure();
        const failure = classifyError(thrown);
        this.#engine.observer.onFailure(failure.failureClass, failure.code);
        // A new leader of the partition may not know yet how far its log goes.
        const isPassing = failure.code === 'POSITION_BEYOND_END' && attempt < BEYOND_END_CHECKS;
        if (failure.failureClass === 'fatal' && !isPassing) return this.#engine.onFatal(thrown);
        this.#engine.logger.warn('could not take over a partition yet', {
          ...this.#partition,
          reason: failure.message,
        });
        await this.#engine.clock.sleep(
          backoffMs(attempt, 200, 5_000, this.#engine.random),
          this.#closed.signal,
        );
      }
    }
  }

  deliver({ records, fetchPosition }: Delivery): void {
    const tenure = this.#tenure;
    if (tenure === undefined || this.#draining.signal.aborted) return;
    for (const record of records) if (tenure.tracker.deliver(record.offset)) tenure.queue.push(record);
    tenure.tracker.advance(fetchPosition);
    this.#pauseWhenFull(tenure);
    this.#startWork(tenure);
    if (tenure.tracker.isIdle()) tenure.commitSoon();
  }

  /** Starts nothing new, waits for what is in work, publishes it. Resolves early when `signal` aborts. */
  async drain(signal: AbortSignal): Promise<void> {
    this.#draining.abort();
    this.#membership.pause(this.#partition);
    while (!signal.aborted && this.#tenure !== undefined && (this.#inWork > 0 || this.#tenure.isFlushing)) {
      await this.#engine.clock.sleep(20, signal);
    }
    if (!signal.aborted) await this.#tenure?.leaveInOrder();
  }

  /**
   * Drops all work. What is not committed is done again by the next owner. Waits for a take-over under way: later it
   * would fence the next owner, who may be in this process.
   */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#endTenure();
    await this.#takingOver;
  }

  /** The log no longer has our fetch position. What is in hand is finished first: dropped, it would be lost, too. */
  async restart(): Promise<void> {
    const tenure = this.#tenure;
    while (tenure?.signal.aborted === false && (!tenure.tracker.isIdle() || tenure.isFlushing)) {
      await this.#engine.clock.sleep(20, tenure.signal);
    }
    if (tenure?.signal.aborted === true || this.#tenure !== tenure) return;
    await this.#endTenure();
    await this.takeOver();
  }

  #begin(publisher: PartitionPublisher, position: CommittedPosition): void {
    const tenure = new Tenure(this.#engine, this.#partition, publisher, position, {
      draining: this.#draining.signal,
      limit: this.#limit,
      onPublished: (published) => {
        this.#resumeWhenRoomy(published);
        this.#startWork(published);
      },
      onTrouble: (troubled, thrown) => this.#onTrouble(troubled, thrown),
    });
    if (tenure.suspects > 0) {
      this.#engine.logger.warn('its owners ended here without progress: records are worked on one by one', {
        ...this.#partition,
        tenures: tenure.tracker.tenures,
      });
    }
    this.#tenure = tenure;
    this.#engine.observer.onTakeOver(this.#partition);
    this.#membership.start(this.#partition, position.offset);
  }

  async #endTenure(): Promise<void> {
    const tenure = this.#tenure;
    this.#tenure = undefined;
    await tenure?.end();
  }

  #startWork(tenure: Tenure): void {
    if (this.#draining.signal.aborted) return;
    if (tenure.begun !== 'yes') return void this.#beginWork(tenure);
    while (!tenure.hasEnded && tenure.mayBegin) {
      const record = tenure.queue.take();
      if (record === undefined) return;
      tenure.inHand += 1;
      void this.#work(tenure, record);
    }
  }

  /** Commits that this tenure begins to work, once there is work: a record that kills its process leaves a trace. */
  async #beginWork(tenure: Tenure): Promise<void> {
    if (tenure.begun !== 'no' || tenure.tracker.isIdle()) return;
    tenure.begun = 'soon';
    tenure.tracker.countTenure();
    await tenure.commit();
    tenure.begun = 'yes';
    if (!tenure.hasEnded) this.#startWork(tenure);
  }

  /** One record to its outcome; never rejects. */
  async #work(tenure: Tenure, record: ConsumedRecord): Promise<void> {
    if (!(await this.#engine.admission.acquire(tenure.signal))) return;
    this.#inWork += 1;
    try {
      if (tenure.signal.aborted) return;
      const outcome = await bringToOutcome(this.#engine, tenure, record);
      if (outcome !== undefined && !tenure.hasEnded) tenure.publish(record, outcome.outputs);
    } catch (thrown) {
      // A dead letter that could not be written while we stop: the next owner writes it, the others go on here.
      const isLeft = this.#draining.signal.aborted && classifyError(thrown).failureClass === 'transient';
      if (!isLeft) await this.#onTrouble(tenure, thrown);
    } finally {
      this.#inWork -= 1;
      this.#engine.admission.release();
      tenure.queue.finish(record);
      tenure.inHand -= 1;
      if (tenure.suspects > 0) tenure.suspects -= 1;
      this.#startWork(tenure);
    }
  }

  #pauseWhenFull(tenure: Tenure): void {
    const { windowRecords, windowBytes } = this.#engine.settings;
    const isFull =
      tenure.tracker.windowSize() >= windowRecords ||
      tenure.bytes >= windowBytes ||
      (!tenure.tracker.isIdle() && tenure.tracker.isMetadataNearlyFull());
    if (!isFull || tenure.isPaused) return;
    tenure.isPaused = true;
    this.#membership.pause(this.#partition);
  }

  #resumeWhenRoomy(tenure: Tenure): void {
    const { windowRecords, windowBytes } = this.#engine.settings;
    const isRoomy =
      tenure.tracker.windowSize() <= windowRecords / 2 &&
      tenure.bytes <= windowBytes / 2 &&
      // With nothing in hand, only what comes next can make it shorter.
      (tenure.tracker.isIdle() || !tenure.tracker.isMetadataNearlyFull());
    if (!tenure.isPaused || !isRoomy || tenure.signal.aborted) return;
    tenure.isPaused = false;
    this.#membership.resume(this.#partition);
  }

  async #onTrouble(tenure: Tenure, thrown: unknown): Promise<void> {
    if (this.#tenure !== tenure) return;
    const failure = classifyError(thrown);
    this.#engine.observer.onFailure(failure.failureClass, failure.code);
    if (failure.failureClass === 'fatal') return this.#engine.onFatal(thrown);
    this.#engine.logger.warn('lost a partition: its work is dropped and it is taken over again', {
      ...this.#partition,
      code: failure.code,
      reason: failure.message,
    });
    await this.#endTenure();
    void this.#retake();
  }

  async #retake(): Promise<void> {
    // A member that was stopped beyond its session hears so by its next heartbeat; taking over at once would fence the
    // new owner, who would fence us, and so on.
    await this.#engine.clock.sleep(this.#engine.settings.retakeDelayMs, this.#closed.signal);
    await this.takeOver();
  }

  /** Nothing is taken over any more: the next owner may have it already. */
  #isOver(): boolean {
    return this.#closed.signal.aborted || this.#draining.signal.aborted;
  }
}
