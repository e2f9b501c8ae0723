import { backoffMs } from './backoff.js';

export interface BreakerSettings {
  /** Distinct documents that are remembered, the latest ones. */
  readonly windowDocuments: number;
  /** Of these so many dead-lettered for a reason nobody knows open it. */
  readonly threshold: number;
  /** Time until the first probe; doubles with each probe that fails. */
  readonly initialProbeMs: number;
  readonly maxProbeMs: number;
}

export const DEFAULT_BREAKER: BreakerSettings = {
  windowDocuments: 50,
  threshold: 20,
  initialProbeMs: 30_000,
  maxProbeMs: 600_000,
};

/** `unexplained`: dead-lettered as a bug would be. `explained`: poison; it tells nothing of the stage's own health. */
export type Verdict = 'succeeded' | 'explained' | 'unexplained';

export type BreakerState =
  | { readonly kind: 'closed' }
  | { readonly kind: 'open'; readonly sinceMs: number; readonly probeAtMs: number }
  | { readonly kind: 'half-open'; readonly sinceMs: number };

/**
 * When most documents fail for a reason that nobody knows, it is the stage that is broken, and each further document
 * would only become one more dead letter. Closed: all may work. Open: none. Half-open: one at a time, as a probe.
 * A sender of bad PDFs never opens it. Pure: time and randomness are given.
 */
export class Breaker {
  readonly #nowMs: () => number;
  readonly #random: () => number;
  readonly #settings: BreakerSettings;
  /** Latest verdict of each document, oldest first. */
  readonly #latest = new Map<string, Verdict>();
  #state: BreakerState = { kind: 'closed' };
  #failedProbes = 0;

  constructor(nowMs: () => number, random: () => number, settings: BreakerSettings = DEFAULT_BREAKER) {
    this.#nowMs = nowMs;
    this.#random = random;
    this.#settings = settings;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Since it opened, over all its probes; null while it is closed. */
  get openSinceMs(): number | null {
    return this.#state.kind === 'closed' ? null : this.#state.sinceMs;
  }

  /** What a document came to. While it is open this is of work that began before: it decides nothing. */
  report(documentId: string, verdict: Verdict): void {
    switch (this.#state.kind) {
      case 'closed':
        this.#remember(documentId, verdict);
        if (this.#unexplained() >= this.#settings.threshold) this.open();
        return;
      case 'open':
        return;
      case 'half-open':
        if (verdict === 'succeeded') this.close();
        else if (verdict === 'unexplained') this.#reopen(this.#state.sinceMs);
    }
  }

  /** Opens it also for what another member of the stage saw. */
  open(): void {
    if (this.#state.kind !== 'closed') return;
    this.#failedProbes = 0;
    this.#wait(this.#nowMs());
  }

  close(): void {
    this.#latest.clear();
    this.#failedProbes = 0;
    this.#state = { kind: 'closed' };
  }

  /** To be called at `probeAtMs` or later: lets one document through. */
  beginProbe(): void {
    if (this.#state.kind !== 'open' || this.#nowMs() < this.#state.probeAtMs) return;
    this.#state = { kind: 'half-open', sinceMs: this.#state.sinceMs };
  }

  #reopen(sinceMs: number): void {
    this.#failedProbes += 1;
    this.#wait(sinceMs);
  }

  #wait(sinceMs: number): void {
    const { initialProbeMs, maxProbeMs } = this.#settings;
    const delayMs = backoffMs(this.#failedProbes + 1, initialProbeMs, maxProbeMs, this.#random);
    this.#state = { kind: 'open', sinceMs, probeAtMs: this.#nowMs() + delayMs };
  }

  #remember(documentId: string, verdict: Verdict): void {
    this.#latest.delete(documentId);
    this.#latest.set(documentId, verdict);
    if (this.#latest.size <= this.#settings.windowDocuments) return;
    const [oldest] = this.#latest.keys();
    if (oldest !== undefined) this.#latest.delete(oldest);
  }

  #unexplained(): number {
    return [...this.#latest.values()].filter((verdict) => verdict === 'unexplained').length;
  }
}
