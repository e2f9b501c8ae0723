import type { Clock, Logger } from '@docstream/core';
import { backoffMs } from './backoff.js';

export type HealthChecks = Readonly<Record<string, () => Promise<void>>>;

const INITIAL_DELAY_MS = 200;
const MAX_DELAY_MS = 10_000;

/**
 * Waits while a dependency is away. The verdict is the dependency's own health check, not the record that failed:
 * nothing is dead-lettered and no attempt is spent because a database restarts.
 */
export class DependencyGate {
  readonly #checks: HealthChecks;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #logger: Logger;
  readonly #onChange: (dependency: string, isDown: boolean) => void;
  readonly #stopped: AbortSignal;
  readonly #down = new Map<string, { readonly sinceMs: number; readonly healed: Promise<void> }>();

  constructor(options: {
    readonly checks: HealthChecks;
    readonly clock: Clock;
    readonly random: () => number;
    readonly logger: Logger;
    readonly onChange: (dependency: string, isDown: boolean) => void;
    /** Ends all probing. */
    readonly stopped: AbortSignal;
  }) {
    this.#checks = options.checks;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#logger = options.logger;
    this.#onChange = options.onChange;
    this.#stopped = options.stopped;
  }

  /** Dependencies that are away, and since when. */
  down(): ReadonlyMap<string, number> {
    return new Map([...this.#down].map(([name, { sinceMs }]) => [name, sinceMs]));
  }

  /**
   * Resolves at once with true when the dependency is healthy (then the failure is the record's), and with false after
   * an outage has ended, or when the signal aborts.
   */
  async passOrWait(dependency: string, signal: AbortSignal): Promise<boolean> {
    const outage = this.#down.get(dependency);
    if (outage === undefined && (await this.#isHealthy(dependency))) return true;
    const over = new AbortController();
    await Promise.race([this.#outage(dependency), aborted(signal, over.signal)]);
    // The signal outlives this wait by far: a listener left behind by each would be a leak.
    over.abort();
    return false;
  }

  #outage(dependency: string): Promise<void> {
    const known = this.#down.get(dependency);
    if (known !== undefined) return known.healed;
    const healed = this.#probe(dependency);
    this.#down.set(dependency, { sinceMs: this.#clock.nowMs(), healed });
    this.#onChange(dependency, true);
    this.#logger.warn(`${dependency} is away: work waits, offsets stay`, { dependency });
    return healed;
  }

  async #probe(dependency: string): Promise<void> {
    const signal = this.#stopped;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      await this.#clock.sleep(backoffMs(attempt, INITIAL_DELAY_MS, MAX_DELAY_MS, this.#random), signal);
      if (await this.#isHealthy(dependency)) break;
    }
    this.#down.delete(dependency);
    if (signal.aborted) return;
    this.#onChange(dependency, false);
    this.#logger.info(`${dependency} is back: work goes on`, { dependency });
  }

  async #isHealthy(dependency: string): Promise<boolean> {
    const check = this.#checks[dependency];
    if (check === undefined) return true;
    try {
      await check();
      return true;
    } catch (error) {
      this.#logger.debug(`${dependency} is not healthy`, { dependency, error: String(error) });
      return false;
    }
  }
}

/** Pending for ever when `over` aborts first. */
function aborted(signal: AbortSignal, over: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true, signal: over });
  });
}
