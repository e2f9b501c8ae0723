import type { RuntimeSettings } from './settings.js';

/** Of what a transaction may hold, kept however slow the broker is. */
const LEAST_SHARE = 1 / 64;
const GROWTH = 1.05;

export interface TransactionSize {
  readonly records: number;
  readonly bytes: number;
}

/**
 * What one transaction of a partition may hold. Half as much after one that took so long, committed or not, that its
 * time-out was near: the same again would fail again, with all work of the partition. Grows slowly where large ones are
 * quick. Belongs to the partition's worker: a failed transaction ends its tenure.
 */
export class TransactionLimit {
  readonly #settings: RuntimeSettings;
  #share = 1;

  constructor(settings: RuntimeSettings) {
    this.#settings = settings;
  }

  get size(): TransactionSize {
    const { transactionRecords, transactionBytes } = this.#settings;
    return {
      records: Math.max(1, Math.floor(transactionRecords * this.#share)),
      bytes: Math.floor(transactionBytes * this.#share),
    };
  }

  /** How long that much took. */
  report({ records, bytes }: TransactionSize, tookMs: number): void {
    const { slowTransactionMs } = this.#settings;
    const limit = this.size;
    const isLarge = records * 2 > limit.records || bytes * 2 > limit.bytes;
    if (tookMs >= slowTransactionMs) this.#share = Math.max(LEAST_SHARE, this.#share / 2);
    else if (isLarge && tookMs * 2 < slowTransactionMs) this.#share = Math.min(1, this.#share * GROWTH);
  }
}
