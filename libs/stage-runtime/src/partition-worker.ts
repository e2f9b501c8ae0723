import {
  DocstreamError,
  OffsetTracker,
  classifyError,
  type CommittedPosition,
  type ConsumedRecord,
  type Delivery,
  type Failure,
  type Membership,
  type OutgoingRecord,
  type PartitionPublisher,
  type TopicPartition,
} from '@docstream/core';
import { backoffMs } from './backoff.js';
import { buildPositionRecord } from './position-record.js';
import type { RecordOutcome, StageEngine } from './stage-engine.js';
import { RecordQueue } from './record-queue.js';
import { settleStart } from './start-position.js';

/** So often is a log that ends before our position looked at before it counts as cut off. */
const BEYOND_END_CHECKS = 5;

/** After so many owners that ended here without progress, one record of theirs may have killed them. */
const SUSPICIOUS_TENURES = 3;

/** What one take-over began; everything that belongs to an older one is dropped when it finishes. */
interface Tenure {
  readonly publisher: PartitionPublisher;
  readonly tracker: OffsetTracker;
  readonly queue: RecordQueue;
  readonly ready: { readonly record: ConsumedRecord; readonly outputs: readonly OutgoingRecord[] }[];
  readonly ended: AbortController;
  /** Aborts when the tenure ends, and when nothing new is begun any more. */
  readonly signal: AbortSignal;
  /** To be called when a position of now or later is committed, or never will be. */
  readonly waiting: (() => void)[];
  /** Where it began. */
  readonly start: bigint;
  committed: CommittedPosition;
  isFlushing: boolean;
  isPaused: boolean;
  isIdleCommitDue: boolean;
  /** Whether the position says that we began to work; nothing is begun before. */
  begun: 'no' | 'soon' | 'yes';
  /** Records that are worked on one by one, each attempt committed before it begins: any may end this process. */
  suspects: number;
  /** Taken from the queue and not finished. */
  inHand: number;
}

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
  #tenure: Tenure | undefined;
  #takingOver: Promise<void> = Promise.resolve();
  #inWork = 0;

  constructor(partition: TopicPartition, membership: Membership, engine: StageEngine) {
    this.#partition = partition;
    this.#membership = membership;
    this.#engine = engine;
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

  async #takeOver(): Promise<void> {
    for (let attempt = 1; this.#tenure === undefined && !this.#isOver(); attempt += 1) {
      let publisher: PartitionPublisher | undefined;
      try {
        this.#membership.pause(this.#partition);
        // Fence first, then read: read before, a predecessor's last commit would be missed [tried: a duplicate].
        publisher = await this.#engine.broker.takeOver(this.#engine.group, this.#partition);
        const position = await settleStart(this.#engine, this.#partition, publisher);
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
    if (tenure.tracker.isIdle()) this.#commitSoon(tenure);
  }

  /** Starts nothing new, waits for what is in work, publishes it. Resolves early when `signal` aborts. */
  async drain(signal: AbortSignal): Promise<void> {
    this.#draining.abort();
    this.#membership.pause(this.#partition);
    while (!signal.aborted && this.#tenure !== undefined && (this.#inWork > 0 || this.#tenure.isFlushing)) {
      await this.#engine.clock.sleep(20, signal);
    }
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
    const ended = new AbortController();
    const tracker = OffsetTracker.restore(position);
    const tenure: Tenure = {
      publisher,
      tracker,
      queue: new RecordQueue(),
      ready: [],
      ended,
      signal: AbortSignal.any([ended.signal, this.#draining.signal]),
      waiting: [],
      start: position.offset,
      committed: position,
      isFlushing: false,
      isPaused: false,
      isIdleCommitDue: false,
      begun: 'no',
      suspects: tracker.tenures < SUSPICIOUS_TENURES ? 0 : this.#engine.settings.windowRecords,
      inHand: 0,
    };
    if (tenure.suspects > 0) this.#warnOfSuspects(tracker.tenures);
    this.#tenure = tenure;
    this.#engine.observer.onTakeOver(this.#partition);
    this.#membership.start(this.#partition, position.offset);
  }

  async #endTenure(): Promise<void> {
    const tenure = this.#tenure;
    this.#tenure = undefined;
    if (tenure === undefined) return;
    tenure.ended.abort();
    for (const wake of tenure.waiting.splice(0)) wake();
    await tenure.publisher.close();
  }

  #startWork(tenure: Tenure): void {
    if (this.#draining.signal.aborted) return;
    if (tenure.begun !== 'yes') return void this.#beginWork(tenure);
    while (tenure.suspects === 0 || tenure.inHand === 0) {
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
    await this.#committed(tenure);
    tenure.begun = 'yes';
    if (!tenure.ended.signal.aborted) this.#startWork(tenure);
  }

  #warnOfSuspects(tenures: number): void {
    this.#engine.logger.warn('its owners ended here without progress: records are worked on one by one', {
      ...this.#partition,
      tenures,
    });
  }

  /** One record to its outcome; never rejects. */
  async #work(tenure: Tenure, record: ConsumedRecord): Promise<void> {
    if (!(await this.#engine.admission.acquire(tenure.signal))) return;
    this.#inWork += 1;
    try {
      if (tenure.signal.aborted) return;
      const outcome = await this.#bringToOutcome(tenure, record);
      if (outcome === undefined || tenure.ended.signal.aborted) return;
      tenure.ready.push({ record, outputs: outcome.outputs });
      void this.#flush(tenure);
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

  async #bringToOutcome(tenure: Tenure, record: ConsumedRecord): Promise<RecordOutcome | undefined> {
    const { signal } = tenure;
    let isCounted = false;
    for (let healthyFailures = 0; !signal.aborted;) {
      const attempt = tenure.tracker.attemptsOf(record.offset) + (isCounted ? 0 : 1);
      if (tenure.suspects > 0 && !isCounted) {
        if (attempt > this.#engine.stage.retry.maxAttempts)
          return this.#giveUpOn(tenure, record, attempt - 1);
        isCounted = true;
        tenure.tracker.fail(record.offset);
        await this.#committed(tenure);
        if (signal.aborted) break;
      }
      const step = await this.#engine.attempt(record, attempt);
      if (step.kind === 'outcome') return step.outcome;
      if (step.kind === 'wait') {
        const isHealthy = await this.#engine.gate.passOrWait(step.dependency, signal);
        if (isHealthy && step.failure.retryAfterMs !== undefined) {
          await this.#engine.clock.sleep(step.failure.retryAfterMs, signal);
          continue;
        }
        healthyFailures += isHealthy ? 1 : 0;
        // The dependency is well and this record keeps failing: then it is the record, or a bug.
        if (healthyFailures < 3) {
          if (isHealthy) await this.#engine.clock.sleep(200 * healthyFailures, signal);
          continue;
        }
      }
      if (step.kind === 'hopeless' || attempt >= this.#engine.stage.retry.maxAttempts) {
        const { identity, failure } = step;
        return this.#engine.untilUp(
          () => this.#engine.deadLetter(record, identity, failure, attempt),
          signal,
        );
      }
      if (!isCounted) tenure.tracker.fail(record.offset);
      isCounted = false;
      await this.#pauseAfter(tenure, record, attempt, step.failure);
      healthyFailures = 0;
    }
    return undefined;
  }

  /** All its attempts were begun, and none of those who began them lived to tell. */
  #giveUpOn(tenure: Tenure, record: ConsumedRecord, attempts: number): Promise<RecordOutcome> {
    const identity = this.#engine.stage.identify(record);
    const what = 'The service ended each time it worked on this record.';
    const failure = classifyError(new DocstreamError('WORKER_CRASHED', what));
    return this.#engine.untilUp(
      () => this.#engine.deadLetter(record, identity, failure, attempts),
      tenure.signal,
    );
  }

  /** Attempts are committed before the repeat, so that they count for a successor as well. */
  async #pauseAfter(
    tenure: Tenure,
    record: ConsumedRecord,
    attempt: number,
    failure: Failure,
  ): Promise<void> {
    const { initialDelayMs, maxDelayMs } = this.#engine.stage.retry;
    this.#engine.logger.warn('a record failed and is tried again', {
      ...this.#partition,
      offset: record.offset.toString(),
      attempt,
      code: failure.code,
      reason: failure.message,
    });
    await this.#committed(tenure);
    await this.#engine.clock.sleep(
      backoffMs(attempt, initialDelayMs, maxDelayMs, this.#engine.random),
      tenure.signal,
    );
  }

  /** Resolves when what is known now is committed; a transaction under way took its position before. */
  async #committed(tenure: Tenure): Promise<void> {
    if (tenure.ended.signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    tenure.waiting.push(resolve);
    void this.#flush(tenure);
    await promise;
  }

  #pauseWhenFull(tenure: Tenure): void {
    const { windowRecords, windowBytes } = this.#engine.settings;
    const isFull =
      tenure.tracker.windowSize() >= windowRecords ||
      tenure.queue.bytes >= windowBytes ||
      tenure.tracker.isMetadataNearlyFull();
    if (!isFull || tenure.isPaused) return;
    tenure.isPaused = true;
    this.#membership.pause(this.#partition);
  }

  #resumeWhenRoomy(tenure: Tenure): void {
    const { windowRecords, windowBytes } = this.#engine.settings;
    const isRoomy =
      tenure.tracker.windowSize() <= windowRecords / 2 &&
      tenure.queue.bytes <= windowBytes / 2 &&
      !tenure.tracker.isMetadataNearlyFull();
    if (!tenure.isPaused || !isRoomy || tenure.signal.aborted) return;
    tenure.isPaused = false;
    this.#membership.resume(this.#partition);
  }

  #commitSoon(tenure: Tenure): void {
    if (tenure.isIdleCommitDue || !this.#isBehind(tenure)) return;
    tenure.isIdleCommitDue = true;
    void this.#engine.clock.sleep(this.#engine.settings.idleCommitMs, tenure.ended.signal).then(() => {
      tenure.isIdleCommitDue = false;
      return this.#flush(tenure);
    });
  }

  #isBehind(tenure: Tenure): boolean {
    const { offset, metadata } = tenure.tracker.position();
    return offset !== tenure.committed.offset || metadata !== tenure.committed.metadata;
  }

  /** Publishes what is ready, one transaction after the other; under load they grow by themselves. Never rejects. */
  async #flush(tenure: Tenure): Promise<void> {
    if (tenure.isFlushing) return;
    tenure.isFlushing = true;
    try {
      while (!tenure.ended.signal.aborted && this.#hasNews(tenure)) {
        await this.#publishOnce(tenure);
        if (tenure.tracker.isIdle()) tenure.suspects = 0;
        this.#resumeWhenRoomy(tenure);
      }
    } catch (thrown) {
      await this.#onTrouble(tenure, thrown);
    } finally {
      tenure.isFlushing = false;
    }
  }

  #hasNews(tenure: Tenure): boolean {
    this.#forgetTenures(tenure);
    return tenure.waiting.length > 0 || this.#nextReady(tenure) >= 0 || this.#isBehind(tenure);
  }

  /** Index of what may be published next. The rest waits where the position's metadata has no room for it. */
  #nextReady({ ready, tracker }: Tenure): number {
    if (ready.length === 0 || tracker.hasRoom()) return ready.length === 0 ? -1 : 0;
    const watermark = tracker.watermark();
    return ready.findIndex(({ record }) => record.offset === watermark);
  }

  async #publishOnce(tenure: Tenure): Promise<void> {
    const outputs: OutgoingRecord[] = [];
    const { transactionRecords, transactionBytes } = this.#engine.settings;
    let bytes = 0;
    // Taken from the front and removed at once: one splice a record moves all that wait behind it.
    let taken = 0;
    while (outputs.length < transactionRecords && bytes < transactionBytes) {
      let next = tenure.ready[taken];
      if (next !== undefined && tenure.tracker.hasRoom()) taken += 1;
      else {
        tenure.ready.splice(0, taken);
        taken = 0;
        const index = this.#nextReady(tenure);
        [next] = index < 0 ? [] : tenure.ready.splice(index, 1);
      }
      if (next === undefined) break;
      outputs.push(...next.outputs);
      bytes += next.outputs.reduce((sum, output) => sum + (output.value?.byteLength ?? 0), 0);
      tenure.tracker.complete(next.record.offset);
    }
    this.#forgetTenures(tenure);
    tenure.ready.splice(0, taken);
    const position = tenure.tracker.position();
    const waiting = tenure.waiting.splice(0);
    const startedMs = this.#engine.clock.nowMs();
    try {
      const mirror = await this.#engine.untilUp(
        () => buildPositionRecord(this.#engine, this.#partition, position),
        tenure.ended.signal,
      );
      await tenure.publisher.publish([...outputs, mirror], position);
    } finally {
      for (const wake of waiting) wake();
    }
    tenure.committed = position;
    this.#engine.observer.onTransaction(outputs.length, (this.#engine.clock.nowMs() - startedMs) / 1_000);
  }

  /** Progress is a watermark that moved, and no suspect left. */
  #forgetTenures({ tracker, suspects, start }: Tenure): void {
    if (suspects === 0 && tracker.watermark() > start) tracker.forgetTenures();
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
