import type { ConsumedRecord } from '@docstream/core';

/** Records of one partition that wait, handed out so that records of one key keep their order. */
export class RecordQueue {
  #waiting: ConsumedRecord[] = [];
  readonly #keysInWork = new Set<string>();
  /** Bytes of what waits or is in work. */
  #bytes = 0;

  push(record: ConsumedRecord): void {
    this.#waiting.push(record);
    this.#bytes += sizeOf(record);
  }

  /** The oldest record whose key is not in work; undefined when there is none now. */
  take(): ConsumedRecord | undefined {
    const index = this.#waiting.findIndex(({ key }) => key === null || !this.#keysInWork.has(keyText(key)));
    const record = this.#waiting[index];
    if (record === undefined) return undefined;
    this.#waiting.splice(index, 1);
    if (record.key !== null) this.#keysInWork.add(keyText(record.key));
    return record;
  }

  /** The record's key may be worked on again. */
  finish(record: ConsumedRecord): void {
    this.#bytes -= sizeOf(record);
    if (record.key !== null) this.#keysInWork.delete(keyText(record.key));
  }

  get bytes(): number {
    return this.#bytes;
  }

  get waiting(): number {
    return this.#waiting.length;
  }
}

function keyText(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}

function sizeOf(record: ConsumedRecord): number {
  return (record.key?.byteLength ?? 0) + (record.value?.byteLength ?? 0);
}
