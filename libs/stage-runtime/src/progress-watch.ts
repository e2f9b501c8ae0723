import { within, type Clock, type Logger } from '@docstream/core';
import type { HealthChecks } from './dependency-gate.js';

/** What can be seen of a runtime at one moment. */
export interface ProgressSample {
  /** Work is there, and nothing that we know of stands in its way: no pause, no dependency that is away. */
  readonly canProgress: boolean;
  /** When the group's coordinator or a fetch last answered us; null before we are a member. */
  readonly lastContactMs: number | null;
}

export interface ProgressSettings {
  /** So long may nothing be begun or finished although it could be. */
  readonly stalledMs: number;
  /** So long may a member hear nothing from a broker that answers others. */
  readonly silentMs: number;
  /** How often it is looked at. */
  readonly lookEveryMs: number;
}

export const DEFAULT_PROGRESS: ProgressSettings = {
  stalledMs: 600_000,
  silentMs: 180_000,
  lookEveryMs: 10_000,
};

export interface ProgressOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Health checks of the dependencies: while one of them fails, a restart of ours would mend nothing. */
  readonly checks: HealthChecks;
  readonly settings?: Partial<ProgressSettings>;
}

const CHECK_DEADLINE_MS = 5_000;

/**
 * Tells a process that is stuck, which a restart may help, from one that waits. Alive: it progresses, has nothing to do,
 * is paused, or a dependency is away. The verdict is taken back when it moves again after all.
 */
export class ProgressWatch {
  readonly #options: ProgressOptions;
  readonly #settings: ProgressSettings;
  /** Since when it could have progressed and did not. */
  #sinceMs: number;
  #trouble: string | null = null;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#settings = { ...DEFAULT_PROGRESS, ...options.settings };
    this.#sinceMs = options.clock.nowMs();
  }

  /** What is wrong; null while it is alive. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Something was begun, finished, or failed. */
  progressed(): void {
    this.#sinceMs = this.#options.clock.nowMs();
    this.#trouble = null;
  }

  /** Looks again and again until the signal aborts. */
  async run(sample: () => ProgressSample, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look(sample);
      await this.#options.clock.sleep(this.#settings.lookEveryMs, signal);
    }
  }

  /** Asks the dependencies only before it would call the process stuck. Never rejects. */
  async look(sample: () => ProgressSample): Promise<void> {
    if (!sample().canProgress) this.progressed();
    const suspected = this.#suspect(sample());
    if (suspected === null) this.#trouble = null;
    else if (await this.#areAllHealthy()) {
      // It may have moved while we asked.
      const trouble = this.#suspect(sample());
      if (trouble !== null && this.#trouble === null) this.#options.logger.error(`not alive: ${trouble}`);
      this.#trouble = trouble;
    } else this.progressed();
  }

  #suspect({ canProgress, lastContactMs }: ProgressSample): string | null {
    const nowMs = this.#options.clock.nowMs();
    const { stalledMs, silentMs } = this.#settings;
    const stalledForMs = nowMs - this.#sinceMs;
    if (canProgress && stalledForMs > stalledMs) {
      return `records wait, nothing stands in their way, and none moved for ${seconds(stalledForMs)} s`;
    }
    const silentForMs = lastContactMs === null ? 0 : nowMs - lastContactMs;
    if (silentForMs > silentMs) {
      return `the broker answers, but the membership has heard nothing of it for ${seconds(silentForMs)} s`;
    }
    return null;
  }

  async #areAllHealthy(): Promise<boolean> {
    const late = (): Error => new Error('no answer');
    const asked = Object.values(this.#options.checks).map((check) =>
      within(CHECK_DEADLINE_MS, check(), late, this.#options.clock),
    );
    const answers = await Promise.allSettled(asked);
    return answers.every(({ status }) => status === 'fulfilled');
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 1_000);
}
