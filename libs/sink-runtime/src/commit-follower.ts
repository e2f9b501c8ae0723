import type { Logger } from '@docstream/core';

/**
 * Tells Kafka the newest position, one request at a time. Kafka's position is for lag only, so a failed commit is
 * repeated by the next one and never holds up the work.
 */
export class CommitFollower {
  readonly #commit: (offset: bigint) => Promise<void>;
  readonly #logger: Logger;
  #wanted: bigint | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(commit: (offset: bigint) => Promise<void>, logger: Logger) {
    this.#commit = commit;
    this.#logger = logger;
  }

  follow(offset: bigint): void {
    if (this.#isStopped) return;
    this.#wanted = offset;
    this.#running ??= this.#run();
  }

  /** Tries again when the last attempts failed. */
  nudge(): void {
    if (this.#wanted !== undefined) this.#running ??= this.#run();
  }

  /** Sends nothing more: a late position would stand behind that of the next owner. */
  stop(): void {
    this.#wanted = undefined;
    this.#isStopped = true;
  }

  /** Resolves when the newest position was sent, or could not be. */
  async settle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let failures = 0; this.#wanted !== undefined && failures < 3;) {
      const offset = this.#wanted;
      this.#wanted = undefined;
      try {
        await this.#commit(offset);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!this.#isStopped) this.#wanted ??= offset;
        this.#logger.debug('Kafka did not take the position; the database has it', { error: String(error) });
      }
    }
    this.#running = undefined;
  }
}
