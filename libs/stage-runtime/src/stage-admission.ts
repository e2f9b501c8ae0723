import type { ControlWord } from '@docstream/contracts';
import type { Clock, Failure, Logger } from '@docstream/core';
import { Breaker, DEFAULT_BREAKER, type BreakerSettings, type BreakerState } from './breaker.js';
import { Semaphore } from './semaphore.js';

export interface AdmissionState {
  /** What the operator said, while the stage is paused by one. */
  readonly paused: ControlWord | null;
  readonly breaker: BreakerState;
  /** Records in work. */
  readonly inWork: number;
  /** Records that may be in work at the same time now; 0 while the stage pauses. */
  readonly limit: number;
}

export interface AdmissionOptions {
  readonly stage: string;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Ends all waiting for probes. */
  readonly stopped: AbortSignal;
  readonly breaker?: BreakerSettings;
}

/**
 * Who may begin with a record: bounded by concurrency, nobody while an operator or the breaker pauses the stage, one at
 * a time while the breaker probes. What is in work goes on; membership, offsets and fetching up to the window stay.
 */
export class StageAdmission {
  readonly #options: AdmissionOptions;
  readonly #slots: Semaphore;
  readonly #breaker: Breaker;
  #paused: ControlWord | null = null;
  #onBreaker: (isOpen: boolean, reason: string) => void = () => undefined;
  #isTiming = false;

  constructor(options: AdmissionOptions) {
    const { concurrency, clock, random, breaker = DEFAULT_BREAKER } = options;
    this.#options = options;
    this.#slots = new Semaphore(concurrency);
    this.#breaker = new Breaker(() => clock.nowMs(), random, breaker);
  }

  /** True with a slot, to be given back by `release`; false when the signal aborts first. */
  acquire(signal: AbortSignal): Promise<boolean> {
    return this.#slots.acquire(signal);
  }

  release(): void {
    this.#slots.release();
  }

  /** What a document came to in this stage: null, or why it became a dead letter. */
  report(documentId: string, failure: Failure | null): void {
    const before = this.#breaker.state.kind;
    if (failure === null) this.#breaker.report(documentId, 'succeeded');
    else this.#breaker.report(documentId, failure.failureClass === 'poison' ? 'explained' : 'unexplained');
    const isOpen = this.#isOpen();
    if (isOpen !== (before !== 'closed')) this.#announce(isOpen, failure);
    else if (before === 'half-open' && this.state().breaker.kind === 'open') {
      this.#log('warn', 'a probe failed, too', failure);
    }
    this.#adjust();
  }

  /** An operator's word. */
  pause(word: ControlWord): void {
    const { logger, stage } = this.#options;
    const paused = word.paused ? word : null;
    if (paused?.at === this.#paused?.at && paused?.by === this.#paused?.by) return;
    this.#paused = paused;
    const { at, by, reason } = word;
    if (paused === null) logger.info('work goes on: resumed by an operator', { stage, at, by });
    else logger.warn('paused by an operator: work waits, offsets stay', { stage, at, by, reason });
    this.#adjust();
  }

  /** What another member's breaker says, or an operator's resume. */
  setBreaker({ paused, by, reason }: ControlWord): void {
    if (paused === this.#isOpen()) return;
    const { logger, stage } = this.#options;
    if (paused) {
      this.#breaker.open();
      logger.error('the breaker of another member opened: the stage pauses and probes', {
        stage,
        by,
        reason,
      });
    } else {
      this.#breaker.close();
      logger.info('the breaker was closed: work goes on', { stage, by });
    }
    this.#adjust();
  }

  /** Called when this member's own breaker opens or closes. */
  onBreaker(listener: (isOpen: boolean, reason: string) => void): void {
    this.#onBreaker = listener;
  }

  state(): AdmissionState {
    return {
      paused: this.#paused,
      breaker: this.#breaker.state,
      inWork: this.#slots.taken,
      limit: this.#limit(),
    };
  }

  #isOpen(): boolean {
    return this.#breaker.state.kind !== 'closed';
  }

  #limit(): number {
    if (this.#paused !== null) return 0;
    switch (this.#breaker.state.kind) {
      case 'closed':
        return this.#options.concurrency;
      case 'half-open':
        return 1;
      case 'open':
        return 0;
    }
  }

  #adjust(): void {
    this.#slots.resize(this.#limit());
    if (this.#breaker.state.kind === 'open' && !this.#isTiming) void this.#timeProbe();
  }

  async #timeProbe(): Promise<void> {
    const { clock, stopped } = this.#options;
    this.#isTiming = true;
    try {
      for (let { state } = this.#breaker; state.kind === 'open'; { state } = this.#breaker) {
        await clock.sleep(Math.max(1, state.probeAtMs - clock.nowMs()), stopped);
        if (stopped.aborted) return;
        this.#breaker.beginProbe();
      }
    } finally {
      this.#isTiming = false;
    }
    this.#adjust();
  }

  #announce(isOpen: boolean, failure: Failure | null): void {
    const { windowDocuments, threshold } = this.#options.breaker ?? DEFAULT_BREAKER;
    const reason = isOpen
      ? `${threshold} of at most ${windowDocuments} documents were dead-lettered for a reason nobody knows (last: ${failure?.code})`
      : 'a probe succeeded';
    if (isOpen) this.#log('error', `the breaker opened: ${reason}; the stage pauses and probes`, failure);
    else this.#log('info', 'the breaker closed: a probe succeeded, work goes on', null);
    this.#onBreaker(isOpen, reason);
  }

  #log(level: 'info' | 'warn' | 'error', text: string, failure: Failure | null): void {
    const { stage, logger } = this.#options;
    const { state } = this.#breaker;
    const probeAt = state.kind === 'open' ? new Date(state.probeAtMs).toISOString() : null;
    logger[level](text, { stage, code: failure?.code ?? null, reason: failure?.message ?? null, probeAt });
  }
}
