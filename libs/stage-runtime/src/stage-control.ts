import {
  decodeControl,
  encodeControl,
  type ControlEntry,
  type ControlSource,
  type StageName,
} from '@docstream/contracts';
import type { Clock, ConsumedRecord, Logger, RecordProducer, TopicFollower } from '@docstream/core';
import { backoffMs } from './backoff.js';
import type { StageAdmission } from './stage-admission.js';

export interface StageControlOptions {
  readonly stage: StageName;
  readonly admission: StageAdmission;
  /** Follows the control topic. */
  readonly follower: TopicFollower;
  readonly producer: RecordProducer;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** This process, unlike every other one: what it said itself it does not hear again. */
  readonly by: string;
}

/** Hears on the control topic what operators and other members say of the stage, and tells them of our breaker. */
export class StageControl {
  readonly #options: StageControlOptions;
  readonly #stopped = new AbortController();
  /** Until everything that lay on the topic was read, only the latest word of each source counts. */
  #early: Map<ControlSource, ControlEntry> | null = new Map();
  #said: { readonly isOpen: boolean; readonly reason: string } | null = null;
  #isSaying = false;

  constructor(options: StageControlOptions) {
    this.#options = options;
    options.admission.onBreaker((isOpen, reason) => {
      this.#said = { isOpen, reason };
      void this.#say();
    });
  }

  /** Resolves when all that was said before is heard: only then may work begin. Waits while the broker is away. */
  async start(): Promise<void> {
    await this.#options.follower.start((record) => this.#hear(record), this.#stopped.signal);
    const early = this.#early ?? new Map<ControlSource, ControlEntry>();
    this.#early = null;
    for (const entry of early.values()) this.#apply(entry);
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#stopped.abort();
    await this.#options.follower.close(deadlineMs);
  }

  #hear({ key, value, offset }: ConsumedRecord): void {
    const entry = decodeControl(key, value);
    if (entry === null) {
      this.#options.logger.warn('a record on the control topic is no word of ours', { offset });
      return;
    }
    if (entry.stage !== this.#options.stage || entry.word.by === this.#options.by) return;
    if (this.#early === null) this.#apply(entry);
    else this.#early.set(entry.source, entry);
  }

  #apply({ source, word }: ControlEntry): void {
    if (source === 'operator') this.#options.admission.pause(word);
    else this.#options.admission.setBreaker(word);
  }

  /** One at a time, and always what holds now: a word that could not be said is overtaken by a newer one. */
  async #say(): Promise<void> {
    if (this.#isSaying) return;
    this.#isSaying = true;
    const { stage, producer, clock, random, logger, by } = this.#options;
    for (let failures = 0; this.#said !== null && !this.#stopped.signal.aborted;) {
      const said = this.#said;
      const at = new Date(clock.nowMs()).toISOString();
      const word = { paused: said.isOpen, reason: said.reason, at, by };
      try {
        await producer.produce([encodeControl({ stage, source: 'breaker', word })]);
        if (this.#said === said) this.#said = null;
      } catch (error) {
        failures += 1;
        logger.debug('could not tell the other members of the breaker yet', { error: String(error) });
        await clock.sleep(backoffMs(failures, 500, 30_000, random), this.#stopped.signal);
      }
    }
    this.#isSaying = false;
  }
}
