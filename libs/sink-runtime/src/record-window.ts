import { bytesHeld, type ConsumedRecord, type Delivery } from '@docstream/core';

/** Records of one partition that wait for the database, in their order. */
export class RecordWindow {
  #records: ConsumedRecord[] = [];
  #bytes = 0;
  #fetchPosition: bigint;

  constructor(start: bigint) {
    this.#fetchPosition = start;
  }

  /** What was delivered before is dropped. */
  add({ records, fetchPosition }: Delivery): void {
    for (const record of records) {
      if (record.offset < this.#fetchPosition) continue;
      this.#fetchPosition = record.offset + 1n;
      this.#records.push(record);
      this.#bytes += bytesHeld(record);
    }
    if (fetchPosition > this.#fetchPosition) this.#fetchPosition = fetchPosition;
  }

  /** The oldest records within both limits (one at least), and where to go on after them. */
  take(
    maxRecords: number,
    maxBytes: number,
  ): { readonly records: readonly ConsumedRecord[]; readonly next: bigint } {
    let count = 0;
    let bytes = 0;
    for (const record of this.#records) {
      const size = bytesHeld(record);
      if (count === maxRecords || (count > 0 && bytes + size > maxBytes)) break;
      count += 1;
      bytes += size;
    }
    const records = this.#records.splice(0, count);
    this.#bytes -= bytes;
    const last = records.at(-1);
    const next = this.#records.length === 0 || last === undefined ? this.#fetchPosition : last.offset + 1n;
    return { records, next };
  }

  get waiting(): number {
    return this.#records.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get fetchPosition(): bigint {
    return this.#fetchPosition;
  }
}
