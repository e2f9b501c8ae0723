import { groupOf, type StageName } from '@docstream/contracts';
import {
  systemClock,
  type BlobStore,
  type Clock,
  type Delivery,
  type EventCodec,
  type Logger,
  type Membership,
  type MembershipListener,
  type StageBroker,
  type StageContext,
  type StageDefinition,
  type Timed,
  type TopicPartition,
} from '@docstream/core';
import type { BreakerSettings } from './breaker.js';
import { DependencyGate, type HealthChecks } from './dependency-gate.js';
import { silentObserver, type StageObserver } from './observer.js';
import { PartitionWorker } from './partition-worker.js';
import { StageAdmission, type AdmissionState } from './stage-admission.js';
import { DEFAULT_SETTINGS, type RuntimeSettings } from './settings.js';
import { StageEngine } from './stage-engine.js';

export interface StageRuntimeOptions<In, Loaded, Out> {
  readonly stage: StageDefinition<In, Loaded, Out>;
  /** Runs `stage.run`: a worker pool's `run` for a named function. Not needed when the stage runs inline. */
  readonly execute?: (input: Loaded, context: StageContext) => Promise<Timed<Out>>;
  readonly broker: StageBroker;
  readonly codec: EventCodec;
  readonly blobStore: BlobStore;
  /** Health checks of the dependencies that transient errors name. */
  readonly checks: HealthChecks;
  readonly logger: Logger;
  readonly onFatal: (error: unknown) => void;
  readonly observer?: StageObserver;
  readonly settings?: Partial<RuntimeSettings>;
  readonly breaker?: BreakerSettings;
  /** Default: the stage's own group. Tests take random ones. */
  readonly group?: string;
  readonly topic?: string;
  readonly clock?: Clock;
  readonly random?: () => number;
}

export interface StageRuntimeState {
  readonly stage: StageName;
  readonly hasJoined: boolean;
  readonly assigned: number;
  readonly taken: number;
  readonly backlog: number;
  /** Dependencies that are away, with the time since when. */
  readonly down: ReadonlyMap<string, number>;
  readonly admission: AdmissionState;
  /** When the broker last answered our membership; null before there is one. */
  readonly lastContactMs: number | null;
}

/** Runs one stage as a member of its consumer group. Delivery guarantees: docs/delivery.md. */
export class StageRuntime<In, Loaded, Out> implements MembershipListener {
  readonly #engine: StageEngine;
  readonly #topic: string;
  readonly #stopped = new AbortController();
  #membership: Membership | undefined;
  #workers = new Map<string, PartitionWorker>();
  #hasJoined = false;
  #isStopping = false;
  #generation = 0;
  #reassigning: Promise<void> = Promise.resolve();

  constructor(options: StageRuntimeOptions<In, Loaded, Out>) {
    const { stage, logger } = options;
    const clock = options.clock ?? systemClock;
    const random = options.random ?? Math.random;
    const settings = { ...DEFAULT_SETTINGS, ...options.settings };
    const observer = options.observer ?? silentObserver;
    this.#topic = options.topic ?? stage.consumes.name;
    this.#engine = new StageEngine(stage, executorOf(options), {
      group: options.group ?? groupOf(stage.name),
      broker: options.broker,
      codec: options.codec,
      blobStore: options.blobStore,
      clock,
      random,
      logger,
      observer,
      settings,
      admission: new StageAdmission({
        stage: stage.name,
        concurrency: settings.concurrency,
        clock,
        random,
        logger,
        stopped: this.#stopped.signal,
        ...(options.breaker === undefined ? {} : { breaker: options.breaker }),
      }),
      gate: new DependencyGate({
        checks: options.checks,
        clock,
        random,
        logger,
        onChange: (dependency, isDown) => observer.onPaused(dependency, isDown),
        stopped: this.#stopped.signal,
      }),
      onFatal: options.onFatal,
    }) as StageEngine;
  }

  /** Joins the group; resolves when the first assignment is there, and keeps trying while the broker is away. */
  async start(): Promise<void> {
    const { broker, group, clock, logger } = this.#engine;
    while (!this.#isStopping) {
      try {
        const membership = await broker.join(group, [this.#topic], this);
        this.#membership = membership;
        // Stopped while it joined: nobody else would leave.
        if (this.#isStopping) await membership.leave(1_000);
        else void this.#watchPositions();
        return;
      } catch (error) {
        if (this.#isStopping) return;
        if (isFatal(error)) throw error;
        logger.warn('could not join the group yet', { group, reason: String(error) });
        await clock.sleep(2_000, this.#stopped.signal);
      }
    }
  }

  /** Finishes what is in work, commits it and leaves; at the latest after `deadlineMs`, also while the broker is away. */
  async stop(deadlineMs: number): Promise<void> {
    this.#isStopping = true;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), deadlineMs * 0.8);
    try {
      await Promise.all([...this.#workers.values()].map((worker) => worker.drain(deadline.signal)));
    } finally {
      clearTimeout(timer);
    }
    this.#stopped.abort();
    const closing = Promise.all([...this.#workers.values()].map((worker) => worker.close()));
    await Promise.race([closing, this.#engine.clock.sleep(deadlineMs * 0.1)]);
    await this.#membership?.leave(deadlineMs * 0.1);
  }

  /** Where an operator's pause and other members' breakers come in. */
  get admission(): StageAdmission {
    return this.#engine.admission;
  }

  state(): StageRuntimeState {
    const workers = [...this.#workers.values()];
    return {
      stage: this.#engine.stage.name,
      hasJoined: this.#hasJoined,
      assigned: workers.length,
      taken: workers.filter((worker) => worker.isTaken).length,
      backlog: workers.reduce((sum, worker) => sum + worker.backlog, 0),
      down: this.#engine.gate.down(),
      admission: this.#engine.admission.state(),
      lastContactMs: this.#membership?.lastContactMs() ?? null,
    };
  }

  onAssigned(partitions: readonly TopicPartition[]): void {
    // What is in work is finished; where a partition went to another member, that one has fenced us.
    if (this.#isStopping) return;
    this.#generation += 1;
    const generation = this.#generation;
    this.#reassigning = this.#reassigning.then(() => this.#reassign(partitions, generation));
  }

  onDelivery(delivery: Delivery): void {
    this.#workers.get(nameOf(delivery))?.deliver(delivery);
  }

  onOutOfRange(partition: TopicPartition): void {
    void this.#workers.get(nameOf(partition))?.restart();
  }

  onCrash(error: unknown): void {
    this.#engine.onFatal(error);
  }

  /**
   * One assignment after the other; those that a newer one has overtaken are skipped. Work goes on in partitions that
   * stay, is dropped in those that go, and begins with a take-over in those that come.
   */
  async #reassign(partitions: readonly TopicPartition[], generation: number): Promise<void> {
    // join() resolves after the first assignment, hence the wait.
    const membership = await this.#whenMember();
    if (membership === undefined || this.#isStopping || generation !== this.#generation) return;
    const assigned = new Map(partitions.map((partition) => [nameOf(partition), partition]));
    const leaving = [...this.#workers].filter(([name]) => !assigned.has(name));
    for (const [name] of leaving) this.#workers.delete(name);
    for (const worker of this.#workers.values()) worker.stay();
    this.#hasJoined = true;
    // One of them may be ours again by now: its publisher must be gone before the next one is opened.
    await Promise.all(leaving.map(([, worker]) => worker.close()));
    // Overtaken meanwhile: what would be taken over here may have its owner elsewhere by now.
    if (this.#isStopping || generation !== this.#generation) return;
    for (const [name, partition] of assigned) {
      if (this.#workers.has(name)) continue;
      const worker = new PartitionWorker(partition, membership, this.#engine);
      this.#workers.set(name, worker);
      void worker.takeOver();
    }
  }

  async #watchPositions(): Promise<void> {
    const { clock, settings } = this.#engine;
    for (;;) {
      await clock.sleep(settings.positionCheckMs, this.#stopped.signal);
      if (this.#stopped.signal.aborted) return;
      await Promise.all([...this.#workers.values()].map((worker) => worker.checkPosition()));
    }
  }

  async #whenMember(): Promise<Membership | undefined> {
    while (this.#membership === undefined && !this.#stopped.signal.aborted) {
      await this.#engine.clock.sleep(5, this.#stopped.signal);
    }
    return this.#membership;
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

function executorOf<In, Loaded, Out>({
  stage,
  execute,
}: StageRuntimeOptions<In, Loaded, Out>): (input: Loaded, context: StageContext) => Promise<Timed<Out>> {
  if ('inline' in stage.run) return timed(stage.run.inline);
  if (execute !== undefined) return execute;
  throw new TypeError(`stage ${stage.name} names a function: give \`execute\`, e.g. a worker pool's run`);
}

function isFatal(error: unknown): boolean {
  return error instanceof Error && 'failureClass' in error && error.failureClass === 'fatal';
}

function timed<Loaded, Out>(
  inline: (input: Loaded, context: StageContext) => Promise<Out>,
): (input: Loaded, context: StageContext) => Promise<Timed<Out>> {
  return async (input, context) => {
    const startedMs = performance.now();
    const value = await inline(input, context);
    return { value, runMs: Math.round(performance.now() - startedMs) };
  };
}
