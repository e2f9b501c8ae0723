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
  /** Delivered and not done, ascending. A Map keeps insertion order, and records are delivered in order. */
  readonly #incomplete = new Map<bigint, { done: boolean }>();
  readonly #attempts: Map<bigint, number>;
  /** Done before this tracker began, above its start. */
  readonly #doneBefore: Set<bigint>;
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
    this.#doneBefore = new Set(done);
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
    const done = this.#doneBefore.delete(offset);
    this.#incomplete.set(offset, { done });
    this.#position = null;
    if (done) this.#trim();
    return !done;
  }

  /** The fetch went on past records that nobody sees (markers, aborted ones). */
  advance(fetchPosition: bigint): void {
    if (fetchPosition <= this.#fetchPosition) return;
    this.#fetchPosition = fetchPosition;
    this.#position = null;
  }

  complete(offset: bigint): void {
    const record = this.#incomplete.get(offset);
    if (record === undefined || record.done) throw new RangeError(`offset ${offset} is not in work`);
    record.done = true;
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
    const first = this.#incomplete.keys().next();
    return first.done === true ? this.#fetchPosition : first.value;
  }

  fetchPosition(): bigint {
    return this.#fetchPosition;
  }

  /** True when everything delivered is done. */
  isIdle(): boolean {
    return this.#incomplete.size === 0;
  }

  /** Records between watermark and fetch position, done ones included. */
  windowSize(): number {
    return this.#incomplete.size;
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
    const done = new Set(this.#doneBefore);
    for (const [at, record] of this.#incomplete) if (record.done) done.add(at);
    const [attempts, tenures, reset] = [this.#attempts, this.#tenures, this.#reset];
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
    for (const [offset, record] of this.#incomplete) {
      if (!record.done) return;
      this.#incomplete.delete(offset);
    }
  }
}
