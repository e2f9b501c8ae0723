import type { Identity } from '@docstream/contracts';
import {
  DocstreamError,
  classifyError,
  type BlobStore,
  type Clock,
  type ConsumedRecord,
  type EventCodec,
  type Failure,
  type Logger,
  type OutgoingRecord,
  type PositionReset,
  type StageBroker,
  type StageDefinition,
} from '@docstream/core';
import { backoffMs } from './backoff.js';
import { buildDeadLetter } from './dead-letter.js';
import type { DependencyGate } from './dependency-gate.js';
import type { StageObserver } from './observer.js';
import { runStage, type StageTools } from './run-stage.js';
import type { StageAdmission } from './stage-admission.js';
import type { RuntimeSettings } from './settings.js';

type LogFacts = Readonly<Record<string, unknown>>;

const HELD_INITIAL_MS = 200;
const HELD_MAX_MS = 600_000;
const HELD_QUIETLY = 3;

/** What a record came to: records to publish, events or dead letters. */
export interface RecordOutcome {
  readonly outputs: readonly OutgoingRecord[];
}

/** What one attempt came to. */
export type AttemptStep =
  | { readonly kind: 'outcome'; readonly outcome: RecordOutcome }
  | {
      readonly kind: 'wait';
      readonly dependency: string;
      readonly identity: Identity;
      readonly failure: Failure;
    }
  | { readonly kind: 'again' | 'hopeless'; readonly identity: Identity; readonly failure: Failure };

export interface EngineParts {
  readonly group: string;
  readonly broker: StageBroker;
  readonly codec: EventCodec;
  readonly blobStore: BlobStore;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly observer: StageObserver;
  readonly settings: RuntimeSettings;
  readonly admission: StageAdmission;
  readonly gate: DependencyGate;
  readonly onFatal: (error: unknown) => void;
}

/** What all partitions of a stage share: the stage itself, its tools, and the policy for failures. */
export class StageEngine<In = unknown, Loaded = unknown, Out = unknown> implements EngineParts {
  readonly group: string;
  readonly broker: StageBroker;
  readonly codec: EventCodec;
  readonly blobStore: BlobStore;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly observer: StageObserver;
  readonly settings: RuntimeSettings;
  readonly admission: StageAdmission;
  readonly gate: DependencyGate;
  readonly onFatal: (error: unknown) => void;
  readonly stage: StageDefinition<In, Loaded, Out>;
  readonly #execute: StageTools<Loaded, Out>['execute'];

  constructor(
    stage: StageDefinition<In, Loaded, Out>,
    execute: StageTools<Loaded, Out>['execute'],
    parts: EngineParts,
  ) {
    this.stage = stage;
    this.#execute = execute;
    this.group = parts.group;
    this.broker = parts.broker;
    this.codec = parts.codec;
    this.blobStore = parts.blobStore;
    this.clock = parts.clock;
    this.random = parts.random;
    this.logger = parts.logger;
    this.observer = parts.observer;
    this.settings = parts.settings;
    this.admission = parts.admission;
    this.gate = parts.gate;
    this.onFatal = parts.onFatal;
  }

  /** Rejects only with errors of the classes lost and fatal. */
  async attempt(
    record: ConsumedRecord,
    attempt: number,
    reset: PositionReset | null = null,
  ): Promise<AttemptStep> {
    const startedMs = this.clock.nowMs();
    const tools = { codec: this.codec, clock: this.clock, execute: this.#execute };
    const result = await runStage(record, attempt, this.stage, tools, reset);
    if ('outputs' in result) {
      this.observer.onOutcome('published', null, this.#secondsSince(startedMs));
      this.admission.report(result.identity.documentId, null);
      return { kind: 'outcome', outcome: { outputs: result.outputs } };
    }
    const { identity, failure } = result;
    this.observer.onFailure(failure.failureClass, failure.code);
    switch (failure.failureClass) {
      case 'transient':
        return { kind: 'wait', dependency: failure.dependency ?? '', identity, failure };
      case 'poison':
        return { kind: 'hopeless', identity, failure };
      case 'unknown':
        return { kind: 'again', identity, failure };
      case 'lost':
      case 'fatal':
        throw new DocstreamError(failure.code, failure.message, {
          facts: { documentId: identity.documentId },
        });
    }
  }

  /**
   * Repeats the work until its dependencies are up; rejects with every other error, and when the signal aborts. Where a
   * healthy dependency refuses, less and less often, and not silently: `held` says which record.
   */
  async untilUp<T>(work: () => Promise<T>, signal: AbortSignal, held: LogFacts = {}): Promise<T> {
    for (let refusals = 0; ;) {
      try {
        return await work();
      } catch (thrown) {
        const failure = classifyError(thrown);
        if (failure.failureClass !== 'transient' || signal.aborted) throw thrown;
        if (!(await this.gate.passOrWait(failure.dependency ?? '', signal))) continue;
        refusals += 1;
        const retryInMs = backoffMs(refusals, HELD_INITIAL_MS, HELD_MAX_MS, this.random);
        this.#reportHeld(failure, { ...held, refusals, retryInMs });
        await this.clock.sleep(retryInMs, signal);
      }
    }
  }

  #reportHeld(failure: Failure, facts: LogFacts & { readonly refusals: number }): void {
    this.observer.onFailure(failure.failureClass, failure.code);
    // A dependency that has just come back may refuse once.
    if (facts.refusals < HELD_QUIETLY) return;
    const { code, dependency, message } = failure;
    this.logger.error('held: a dependency that is healthy refuses, and the offset can not go on', {
      ...facts,
      code,
      dependency,
      reason: message,
    });
  }

  async deadLetter(
    record: ConsumedRecord,
    identity: Identity,
    failure: Failure,
    attempts: number,
  ): Promise<RecordOutcome> {
    const facts = { stage: this.stage.name, group: this.group, identity, failure, attempts };
    const outputs = await buildDeadLetter(record, facts, this);
    this.observer.onOutcome('dead-lettered', failure.code, 0);
    this.admission.report(identity.documentId, failure);
    this.logger.warn('dead letter', {
      documentId: identity.documentId,
      run: identity.run,
      topic: record.topic,
      partition: record.partition,
      offset: record.offset.toString(),
      code: failure.code,
      attempts,
      reason: failure.message,
    });
    return { outputs };
  }

  #secondsSince(startedMs: number): number {
    return (this.clock.nowMs() - startedMs) / 1_000;
  }
}
