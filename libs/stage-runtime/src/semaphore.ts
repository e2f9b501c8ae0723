/**
 * Counting semaphore, first come first served: bounds the records in work over all partitions of a process. Its size
 * may change at any time; 0 lets nobody through until it grows again, and takes nothing from those who are in.
 */
export class Semaphore {
  #size: number;
  #taken = 0;
  readonly #waiting = new Set<() => void>();

  constructor(size: number) {
    if (!Number.isInteger(size) || size < 1)
      throw new RangeError(`concurrency must be at least 1, not ${size}`);
    this.#size = size;
  }

  get taken(): number {
    return this.#taken;
  }

  /** True with a slot, which must be given back; false without one, when the signal aborts first. */
  async acquire(signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted === true) return false;
    if (this.#taken < this.#size) {
      this.#taken += 1;
      return true;
    }
    return new Promise<boolean>((resolve) => {
      const enter = (): void => {
        signal?.removeEventListener('abort', giveUp);
        resolve(true);
      };
      const giveUp = (): void => {
        this.#waiting.delete(enter);
        resolve(false);
      };
      this.#waiting.add(enter);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }

  release(): void {
    this.#taken -= 1;
    this.#admit();
  }

  resize(size: number): void {
    this.#size = size;
    this.#admit();
  }

  #admit(): void {
    for (const enter of this.#waiting) {
      if (this.#taken >= this.#size) return;
      this.#waiting.delete(enter);
      this.#taken += 1;
      enter();
    }
  }
}
