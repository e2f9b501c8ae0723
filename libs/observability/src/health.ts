import type { Clock } from '@docstream/core';

export interface HealthCheck {
  readonly name: string;
  readonly ok: boolean;
  /** What is wrong and what to do, or what is noteworthy; no secrets, no document text. */
  readonly detail: string | null;
  /** ISO 8601: since when the check has been what it is. */
  readonly since: string;
}

/** Healthy when every check is ok; a report without checks is healthy. */
export interface HealthReport {
  readonly checks: readonly HealthCheck[];
}

export function isHealthy(report: HealthReport): boolean {
  return report.checks.every((check) => check.ok);
}

/** Remembers checks by name and since when each has been as it is. */
export class HealthBoard {
  readonly #clock: Clock;
  readonly #checks = new Map<string, HealthCheck>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The detail may change at any time; `since` moves only when `ok` does. */
  set(name: string, ok: boolean, detail: string | null = null): void {
    const known = this.#checks.get(name);
    const since = known?.ok === ok ? known.since : new Date(this.#clock.nowMs()).toISOString();
    this.#checks.set(name, { name, ok, detail, since });
  }

  remove(name: string): void {
    this.#checks.delete(name);
  }

  report(): HealthReport {
    return { checks: [...this.#checks.values()] };
  }
}

/** Liveness is progress: not ok while there is a trouble, which a restart may mend. */
export function reportProgress(board: HealthBoard, trouble: string | null): HealthReport {
  board.set('progress', trouble === null, trouble);
  return board.report();
}
