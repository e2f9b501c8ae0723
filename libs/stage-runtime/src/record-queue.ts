import { bytesHeld, type ConsumedRecord } from '@docstream/core';

/** Records of one partition that wait, handed out so that records of one key keep their order. */
export class RecordQueue {
  /** May be handed out: of each key the oldest only. */
  #free: (ConsumedRecord | undefined)[] = [];
  #next = 0;
  /** Keys that are free or in work, with what waits behind them. */
  readonly #behind = new Map<string, ConsumedRecord[]>();
  #waiting = 0;
  /** Bytes of what waits or is in work. */
  #bytes = 0;

  push(record: ConsumedRecord): void {
    this.#bytes += bytesHeld(record);
    this.#waiting += 1;
    const key = record.key === null ? null : keyText(record.key);
    const behind = key === null ? undefined : this.#behind.get(key);
    if (behind !== undefined) return void behind.push(record);
    if (key !== null) this.#behind.set(key, []);
    this.#free.push(record);
  }

  /** The oldest record whose key is not in work; undefined when there is none now. */
  take(): ConsumedRecord | undefined {
    const record = this.#free[this.#next];
    if (record === undefined) return undefined;
    // Handed out is let go: a record may have megabytes.
    this.#free[this.#next] = undefined;
    this.#next += 1;
    this.#waiting -= 1;
    if (this.#next > 1_000) {
      this.#free = this.#free.slice(this.#next);
      this.#next = 0;
    }
    return record;
  }

  /** The record's key may be worked on again. */
  finish(record: ConsumedRecord): void {
    this.#bytes -= bytesHeld(record);
    if (record.key === null) return;
    const key = keyText(record.key);
    const next = this.#behind.get(key)?.shift();
    if (next === undefined) this.#behind.delete(key);
    else this.#free.push(next);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get waiting(): number {
    return this.#waiting;
  }
}

function keyText(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}
