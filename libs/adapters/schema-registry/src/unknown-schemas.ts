import { DependencyError, PoisonError, type Clock } from '@docstream/core';

/** How often, and at what distance, a registry must deny an id before the record is given up. */
export interface DenialPolicy {
  readonly denials: number;
  /** Between two questions for the same id; in between the answer is known, so that a batch does not storm the registry. */
  readonly spacingMs: number;
}

export const DEFAULT_DENIAL_POLICY: DenialPolicy = { denials: 3, spacingMs: 5000 };

interface Denial {
  count: number;
  lastMs: number;
}

/** Ids are the sender's: a hostile one must not fill the memory. */
const MAX_IDS = 10_000;

/**
 * Schema ids that the registry answered with "not found". A registry that was just restarted or lags behind may still
 * learn of an id, so the first denials are transient; afterwards each question that is denied again is poison at once.
 */
export class UnknownSchemas {
  readonly #policy: DenialPolicy;
  readonly #clock: Clock;
  readonly #denials = new Map<number, Denial>();

  constructor(clock: Clock, policy: DenialPolicy = DEFAULT_DENIAL_POLICY) {
    this.#clock = clock;
    this.#policy = policy;
  }

  /** Throws while the last denial is recent; returns when the registry is to be asked (again). */
  check(schemaId: number): void {
    const denial = this.#denials.get(schemaId);
    if (denial === undefined) return;
    if (this.#clock.nowMs() - denial.lastMs < this.#policy.spacingMs) throw this.#verdict(schemaId, denial);
  }

  /** Counts a denial and returns what it means for the record. */
  deny(schemaId: number): DependencyError | PoisonError {
    const denial = this.#denials.get(schemaId) ?? { count: 0, lastMs: 0 };
    denial.count += 1;
    denial.lastMs = this.#clock.nowMs();
    this.#denials.delete(schemaId);
    this.#denials.set(schemaId, denial);
    for (const oldest of this.#denials.keys()) {
      if (this.#denials.size <= MAX_IDS) break;
      this.#denials.delete(oldest);
    }
    return this.#verdict(schemaId, denial);
  }

  forget(schemaId: number): void {
    this.#denials.delete(schemaId);
  }

  #verdict(schemaId: number, { count, lastMs }: Denial): DependencyError | PoisonError {
    if (count >= this.#policy.denials) {
      return new PoisonError(
        'SCHEMA_UNKNOWN',
        `The schema registry does not know schema id ${schemaId} (asked ${count} times).`,
        { facts: { schemaId } },
      );
    }
    const retryAfterMs = Math.max(0, lastMs + this.#policy.spacingMs - this.#clock.nowMs());
    return new DependencyError(
      'REGISTRY_UNAVAILABLE',
      SCHEMA_REGISTRY,
      `The schema registry does not know schema id ${schemaId} yet; asked ${count} of ${this.#policy.denials} times.`,
      { facts: { schemaId, retryAfterMs } },
    );
  }
}

/** Name of the dependency in errors and health checks. */
export const SCHEMA_REGISTRY = 'schema-registry';
