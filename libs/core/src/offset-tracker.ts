import {
  MAX_METADATA_LENGTH,
  decodeOffsetMetadata,
  encodeOffsetMetadata,
  type OffsetMetadata,
  type PositionReset,
  type ResetBelow,
} from './offset-metadata.js';
import type { CommittedPosition } from './ports/broker.js';

/**
 * Which records of one partition are done. Works on delivered records, because offsets are sparse (transaction markers,
 * aborted records and compaction leave gaps): the watermark is the lowest delivered record that is not done, and the
 * fetch position when all are.
 *
 * Source of the idea: confluentinc/parallel-consumer (incomplete offsets in the commit's metadata).
 */
export class OffsetTracker {
  /** Delivered from the watermark on, ascending, from the index `#first` on: a Set that shrinks at its front is slow there. */
  #delivered: bigint[] = [];
  #first = 0;
  /** Delivered and not done. */
  readonly #inWork = new Set<bigint>();
  readonly #attempts: Map<bigint, number>;
  /** Done above the watermark: before this tracker began, and since. */
  readonly #done: Set<bigint>;
  readonly #reset: ResetBelow | undefined;
  #fetchPosition: bigint;
  #tenures: number;
  /** Upper bound of the metadata's length: counting it exactly at each step would be quadratic. */
  #lengthBound = Number.MAX_SAFE_INTEGER;
  /** What is to be committed now, where nothing has changed since it was asked for. */
  #position: CommittedPosition | null = null;

  private constructor(start: bigint, { done, attempts, tenures = 0, reset }: OffsetMetadata) {
    this.#reset = reset;
    this.#tenures = tenures;
    this.#fetchPosition = start;
    this.#done = new Set(done);
    this.#attempts = new Map(attempts);
  }

  /** Begins where a committed position says, skipping what its metadata says is done. */
  static restore({ offset, metadata }: CommittedPosition): OffsetTracker {
    return new OffsetTracker(offset, decodeOffsetMetadata(offset, metadata));
  }

  /** False when the record is done already or was delivered before: it must not be worked on. */
  deliver(offset: bigint): boolean {
    if (offset < this.#fetchPosition) return false;
    this.#fetchPosition = offset + 1n;
    const isDone = this.#done.has(offset);
    this.#delivered.push(offset);
    this.#position = null;
    if (isDone) this.#trim();
    else this.#inWork.add(offset);
    return !isDone;
  }

  /** The fetch went on past records that nobody sees (markers, aborted ones). */
  advance(fetchPosition: bigint): void {
    if (fetchPosition <= this.#fetchPosition) return;
    this.#fetchPosition = fetchPosition;
    this.#position = null;
  }

  complete(offset: bigint): void {
    if (!this.#inWork.delete(offset)) throw new RangeError(`offset ${offset} is not in work`);
    this.#done.add(offset);
    this.#attempts.delete(offset);
    this.#widen(this.#widestItem());
    this.#trim();
  }

  /** Counts one more failed attempt and returns how many there were. */
  fail(offset: bigint): number {
    const attempts = this.attemptsOf(offset) + 1;
    this.#attempts.set(offset, attempts);
    this.#widen(this.#widestItem());
    return attempts;
  }

  /** Takes the last failed attempt back. */
  forgive(offset: bigint): void {
    const attempts = this.attemptsOf(offset) - 1;
    if (attempts > 0) this.#attempts.set(offset, attempts);
    else this.#attempts.delete(offset);
    this.#position = null;
  }

  attemptsOf(offset: bigint): number {
    return this.#attempts.get(offset) ?? 0;
  }

  /** Owners in a row that began to work here and left no progress behind. */
  get tenures(): number {
    return this.#tenures;
  }

  /** To be committed before the work begins: whoever comes after us knows that we were there. */
  countTenure(): void {
    this.#tenures += 1;
    this.#widen(Number.MAX_SAFE_INTEGER);
  }

  /** There is progress. */
  forgetTenures(): void {
    if (this.#tenures === 0) return;
    this.#tenures = 0;
    this.#position = null;
  }

  /** The reset under which that record is read again; null when it is read for the first time. */
  resetOf(offset: bigint): PositionReset | null {
    if (this.#reset === undefined || offset >= this.#reset.below) return null;
    const { auditId, timeMs } = this.#reset;
    return { auditId, timeMs };
  }

  /** What is to be committed now. */
  position(): CommittedPosition {
    this.#position ??= this.#describe();
    return this.#position;
  }

  /** The lowest record not done, or the fetch position. */
  watermark(): bigint {
    return this.#delivered[this.#first] ?? this.#fetchPosition;
  }

  fetchPosition(): bigint {
    return this.#fetchPosition;
  }

  /** True when everything delivered is done. */
  isIdle(): boolean {
    return this.windowSize() === 0;
  }

  /** Records between watermark and fetch position, done ones included. */
  windowSize(): number {
    return this.#delivered.length - this.#first;
  }

  /** True when one more range might not fit into the metadata: stop fetching until the watermark moves. */
  isMetadataNearlyFull(): boolean {
    return this.#isMetadataLonger(MAX_METADATA_LENGTH - 400);
  }

  /**
   * False when completing one more record might make the metadata longer than brokers take: then only the one at the
   * watermark may be completed, which makes it shorter. One fetch may bring far more records than the window has.
   */
  hasRoom(): boolean {
    return !this.#isMetadataLonger(MAX_METADATA_LENGTH - 100);
  }

  #describe(): CommittedPosition {
    const offset = this.watermark();
    const [done, attempts, tenures, reset] = [this.#done, this.#attempts, this.#tenures, this.#reset];
    const metadata = { done, attempts, tenures, ...(reset === undefined ? {} : { reset }) };
    return { offset, metadata: encodeOffsetMetadata(offset, metadata) };
  }

  #isMetadataLonger(limit: number): boolean {
    if (this.#lengthBound > limit) this.#lengthBound = this.position().metadata.length;
    return this.#lengthBound > limit;
  }

  #widen(characters: number): void {
    this.#lengthBound += characters;
    this.#position = null;
  }

  /** Characters that one more record can add, separators included. */
  #widestItem(): number {
    return (this.#fetchPosition - this.watermark()).toString(36).length + 6;
  }

  #trim(): void {
    this.#position = null;
    for (;;) {
      const offset = this.#delivered[this.#first];
      if (offset === undefined || this.#inWork.has(offset)) break;
      this.#done.delete(offset);
      this.#first += 1;
    }
    if (this.#first < 1_000) return;
    this.#delivered = this.#delivered.slice(this.#first);
    this.#first = 0;
  }
}
