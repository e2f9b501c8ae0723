import { bytesHeld, type ConsumedRecord } from '@docstream/core';

/** Records of one partition that wait, handed out so that records of one key keep their order. */
export class RecordQueue {
  /** May be handed out: of each key the oldest only. */
  readonly #free = new Line();
  /** Keys that are free or in work, with what waits behind them. */
  readonly #behind = new Map<string, Line | null>();
  #waiting = 0;
  /** Bytes of what waits or is in work. */
  #bytes = 0;

  push(record: ConsumedRecord): void {
    this.#bytes += bytesHeld(record);
    this.#waiting += 1;
    if (record.key === null) return this.#free.push(record);
    const key = keyText(record.key);
    const behind = this.#behind.get(key);
    if (behind === undefined) {
      this.#behind.set(key, null);
      this.#free.push(record);
    } else if (behind === null) this.#behind.set(key, new Line(record));
    else behind.push(record);
  }

  /** The oldest record whose key is not in work; undefined when there is none now. */
  take(): ConsumedRecord | undefined {
    const record = this.#free.take();
    if (record !== undefined) this.#waiting -= 1;
    return record;
  }

  /** The record's key may be worked on again. */
  finish(record: ConsumedRecord): void {
    this.#bytes -= bytesHeld(record);
    if (record.key === null) return;
    const key = keyText(record.key);
    const next = this.#behind.get(key)?.take();
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

/** First in, first out. An array would move all that is left for each that is taken. */
class Line {
  #records: (ConsumedRecord | undefined)[];
  #next = 0;

  constructor(...records: readonly ConsumedRecord[]) {
    this.#records = [...records];
  }

  push(record: ConsumedRecord): void {
    this.#records.push(record);
  }

  take(): ConsumedRecord | undefined {
    const record = this.#records[this.#next];
    if (record === undefined) return undefined;
    // Handed out is let go: a record may have megabytes.
    this.#records[this.#next] = undefined;
    this.#next += 1;
    if (this.#next > 1_000) {
      this.#records = this.#records.slice(this.#next);
      this.#next = 0;
    }
    return record;
  }
}

function keyText(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}
