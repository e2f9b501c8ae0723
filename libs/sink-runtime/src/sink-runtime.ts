import {
  classifyError,
  systemClock,
  type Clock,
  type Delivery,
  type Logger,
  type Membership,
  type MembershipListener,
  type RecordProducer,
  type SinkDatabase,
  type StageBroker,
  type TopicPartition,
} from '@docstream/core';
import { DependencyGate, backoffMs, type HealthChecks } from '@docstream/stage-runtime';
import { PartitionSink } from './partition-sink.js';
import {
  DEFAULT_SINK_SETTINGS,
  silentSinkObserver,
  type SinkDefinition,
  type SinkObserver,
  type SinkSettings,
} from './sink-definition.js';
import { createSlots, type SinkEngine } from './sink-engine.js';

export interface SinkRuntimeOptions<Change> {
  readonly sink: SinkDefinition<Change>;
  readonly broker: StageBroker;
  readonly database: SinkDatabase<Change>;
  /** For dead letters. */
  readonly producer: RecordProducer;
  /** Health checks of the dependencies that transient errors name; the database's is added. */
  readonly checks: HealthChecks;
  /** Must resolve before the group is joined, e.g. a check of the schema's version; repeated while it fails transiently. */
  readonly prepare?: () => Promise<void>;
  readonly logger: Logger;
  readonly onFatal: (error: unknown) => void;
  readonly observer?: SinkObserver;
  readonly settings?: Partial<SinkSettings>;
  readonly clock?: Clock;
  readonly random?: () => number;
}

export interface SinkState {
  readonly hasJoined: boolean;
  readonly assigned: number;
  readonly taken: number;
  readonly waiting: number;
  /** Why the start waits, where it does. */
  readonly waitingFor: string | null;
  /** Dependencies that are away, with the time since when. */
  readonly down: ReadonlyMap<string, number>;
  /** When the broker last answered our membership; null before there is one. */
  readonly lastContactMs: number | null;
}

/** Topics → database: sequential per partition, rows and position in one transaction. */
export class SinkRuntime<Change> implements MembershipListener {
  readonly #engine: SinkEngine<Change>;
  readonly #prepare: () => Promise<void>;
  readonly #stopped = new AbortController();
  #membership: Membership | undefined;
  /** Resolves with the membership of the present attempt to join. */
  #joining = Promise.withResolvers<Membership>();
  #partitions = new Map<string, PartitionSink<Change>>();
  #former: Promise<unknown> = Promise.resolve();
  #hasAssignment = false;
  #waitingFor: string | null = null;
  #watch: Promise<void> = Promise.resolve();

  constructor(options: SinkRuntimeOptions<Change>) {
    const { sink, broker, database, producer, logger, onFatal, observer = silentSinkObserver } = options;
    const { clock = systemClock, random = Math.random, prepare = () => Promise.resolve() } = options;
    const settings = { ...DEFAULT_SINK_SETTINGS, ...options.settings };
    this.#prepare = prepare;
    const gate = new DependencyGate({
      checks: { ...options.checks, database: () => database.checkHealth() },
      clock,
      random,
      logger,
      onChange: (dependency, isDown) => observer.onPaused(dependency, isDown),
      stopped: this.#stopped.signal,
    });
    const withSlot = createSlots(settings.concurrency);
    this.#engine = {
      sink,
      broker,
      database,
      producer,
      gate,
      settings,
      observer,
      logger,
      clock,
      random,
      onFatal,
      withSlot,
    };
  }

  /** Resolves when the group is joined, or at `stop`; keeps trying while a dependency is away. Rejects when fatal. */
  async start(): Promise<void> {
    await this.#join();
    this.#watch = this.#watchEpochs();
  }

  /** Finishes the transactions under way and leaves; at the latest after `deadlineMs`, also while anything is away. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopped.abort();
    const { clock } = this.#engine;
    const finished = Promise.all([...this.#partitions.values()].map((partition) => partition.stop()));
    const expired = new AbortController();
    await Promise.race([
      Promise.all([finished, this.#former, this.#watch]),
      clock.sleep(deadlineMs * 0.7, expired.signal),
    ]);
    expired.abort();
    await this.#membership?.leave(deadlineMs * 0.3);
  }

  state(): SinkState {
    const states = [...this.#partitions.values()].map((partition) => partition.state());
    return {
      hasJoined: this.#hasAssignment,
      assigned: states.length,
      taken: states.filter(({ isTaken }) => isTaken).length,
      waiting: states.reduce((sum, { waiting }) => sum + waiting, 0),
      waitingFor: this.#waitingFor,
      down: this.#engine.gate.down(),
      lastContactMs: this.#membership?.lastContactMs() ?? null,
    };
  }

  /** Every assignment is a take-over of all its partitions: the database knows where each goes on. */
  onAssigned(partitions: readonly TopicPartition[]): void {
    this.#giveUpAll();
    this.#hasAssignment = true;
    const mine = new Map<string, PartitionSink<Change>>();
    this.#partitions = mine;
    const former = this.#former;
    this.#joining.promise.then(
      async (membership) => {
        await former;
        if (this.#partitions !== mine || this.#stopped.signal.aborted) return;
        for (const partition of partitions) {
          const sink = new PartitionSink(partition, membership, this.#engine);
          mine.set(nameOf(partition), sink);
          sink.begin();
        }
      },
      (error: unknown) => this.#engine.logger.debug('joining failed after all', { error: String(error) }),
    );
  }

  onDelivery(delivery: Delivery): void {
    this.#partitions.get(nameOf(delivery))?.deliver(delivery);
  }

  onOutOfRange(partition: TopicPartition): void {
    this.#partitions.get(nameOf(partition))?.retakeWhenDrained();
  }

  onCrash(error: unknown): void {
    const { logger, onFatal } = this.#engine;
    this.#giveUpAll();
    this.#hasAssignment = false;
    if (this.#stopped.signal.aborted) return;
    if (classifyError(error).failureClass === 'fatal') return onFatal(error);
    logger.warn('the membership ended; joining again', { error: String(error) });
    const ended = this.#membership;
    this.#membership = undefined;
    this.#joining = Promise.withResolvers();
    void Promise.resolve(ended?.leave(2_000))
      .then(() => this.#join())
      .catch(onFatal);
  }

  async #join(): Promise<void> {
    const { broker, clock, logger, random, sink } = this.#engine;
    const { signal } = this.#stopped;
    for (let failures = 1; !signal.aborted; failures += 1) {
      const joining = this.#joining;
      // A crash can come before the answer to the join; then another join has begun, and this one is of no use.
      const isSuperseded = (): boolean => this.#joining !== joining;
      try {
        await this.#prepare();
        const membership = await broker.join(sink.group, sink.topics, this);
        if (isSuperseded()) return await membership.leave(2_000);
        this.#waitingFor = null;
        this.#membership = membership;
        joining.resolve(membership);
        if (signal.aborted) await membership.leave(1_000);
        return;
      } catch (error) {
        const failure = classifyError(error);
        if (failure.failureClass !== 'transient' && failure.failureClass !== 'lost') throw error;
        if (isSuperseded()) return;
        this.#giveUpAll();
        joining.promise.catch(() => undefined);
        joining.reject(error);
        this.#joining = Promise.withResolvers();
        if (this.#waitingFor !== failure.code) logger.warn('cannot start yet', { code: failure.code, error });
        this.#waitingFor = failure.code;
        await clock.sleep(backoffMs(failures, 250, 5_000, random), signal);
      }
    }
  }

  #giveUpAll(): void {
    const given = [...this.#partitions.values()].map((partition) => partition.giveUp());
    this.#partitions = new Map();
    this.#former = Promise.all([this.#former, ...given]);
  }

  /** A reset moves epoch and position in the database; whoever holds the partition notices here, at rest too. */
  async #watchEpochs(): Promise<void> {
    const { clock, database, logger, settings, sink } = this.#engine;
    const { signal } = this.#stopped;
    for (;;) {
      await clock.sleep(settings.epochCheckMs, signal);
      if (signal.aborted) return;
      try {
        const held = [...this.#partitions].filter(([, partition]) => partition.state().isTaken);
        if (held.length === 0) continue;
        const epochs = await database.readEpochs(sink.group);
        for (const [name, partition] of held) {
          if (partition.isStale(epochs.get(name))) partition.retake();
          else partition.nudge();
        }
      } catch (error) {
        logger.debug('could not look for resets', { error: String(error) });
      }
    }
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
