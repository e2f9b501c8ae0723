/**
 * The committed offset's metadata string, format v1 (docs/delivery.md):
 *
 *   v1;t=<tenures>;r=<audit id>:<time>:<below>;d=<ranges>;a=<attempts>
 *
 * `t`: owners that began to work at this position and left no progress behind.
 * `r`: the newest reset (its time in milliseconds): records below `below`, relative to the watermark, are read again.
 * `d`: records above the watermark that are done, as ranges relative to the watermark: `3-7,9`.
 * `a`: attempts spent on records that are not done: `0:1,12:2` (relative offset : attempts).
 * Numbers are base 36. Each part may be missing. ASCII, at most 3,900 characters: brokers take 4,096 by default
 * (offset.metadata.max.bytes), and kafkajs's producer is stuck for good when refused.
 */
export const MAX_METADATA_LENGTH = 3900;

/** An operator's reset, or a move from outside once it is noticed: what it reads again gets new runs. */
export interface PositionReset {
  /** Lower-case letters and digits, at most 40. */
  readonly auditId: string;
  readonly timeMs: number;
}

/** Records below that offset, and not done, are read again under the reset. */
export interface ResetBelow extends PositionReset {
  readonly below: bigint;
}

export interface OffsetMetadata {
  /** Offsets of records at or above the watermark that are done. */
  readonly done: ReadonlySet<bigint>;
  /** Attempts spent, by offset. */
  readonly attempts: ReadonlyMap<bigint, number>;
  /** Owners in a row that began to work here and ended without progress; 0 when missing. */
  readonly tenures?: number;
  /** Missing when the watermark has passed all that a reset reads again. */
  readonly reset?: ResetBelow;
}

/** More than any window has: what says so was not written by us. */
const MAX_DONE = 1_000_000n;
const FORMAT =
  /^v1(;t=[0-9a-z]{1,6})?(;r=[0-9a-z]{1,40}:[0-9a-z]{1,9}:[0-9a-z]{1,13})?(;d=[0-9a-z]+(-[0-9a-z]+)?(,[0-9a-z]+(-[0-9a-z]+)?)*)?(;a=[0-9a-z]+:[0-9a-z]+(,[0-9a-z]+:[0-9a-z]+)*)?$/;

export const NO_METADATA: OffsetMetadata = { done: new Set(), attempts: new Map() };

/** What lies below the watermark is left out, and so are attempts that do not fit (those of the highest offsets). */
export function encodeOffsetMetadata(
  watermark: bigint,
  { done, attempts, tenures = 0, reset }: OffsetMetadata,
): string {
  let version = tenures === 0 ? 'v1' : `v1;t=${tenures.toString(36)}`;
  if (reset !== undefined && reset.below > watermark) {
    version += `;r=${reset.auditId}:${reset.timeMs.toString(36)}:${(reset.below - watermark).toString(36)}`;
  }
  const ranges = encodeRanges(watermark, [...done].filter((offset) => offset >= watermark).sort(ascending));
  let text = ranges === '' ? version : `${version};d=${ranges}`;
  let separator = ';a=';
  for (const [offset, count] of [...attempts].sort(([a], [b]) => ascending(a, b))) {
    if (offset < watermark) continue;
    const item = `${separator}${(offset - watermark).toString(36)}:${count.toString(36)}`;
    if (text.length + item.length > MAX_METADATA_LENGTH) break;
    text += item;
    separator = ',';
  }
  return text;
}

/** Reads what encodeOffsetMetadata wrote. Foreign or empty metadata (kafka-consumer-groups writes none) says nothing is done. */
export function decodeOffsetMetadata(watermark: bigint, text: string): OffsetMetadata {
  if (!FORMAT.test(text)) return NO_METADATA;
  const done = new Set<bigint>();
  const attempts = new Map<bigint, number>();
  let tenures = 0;
  let reset: ResetBelow | undefined;
  for (const part of text.split(';').slice(1)) {
    const [kind, list = ''] = [part.slice(0, 1), part.slice(2)];
    for (const item of list.split(',')) {
      if (kind === 'd') {
        const [first = '', last = first] = item.split('-');
        const end = watermark + parseBase36(last);
        if (end - watermark - parseBase36(first) + BigInt(done.size) > MAX_DONE) return NO_METADATA;
        for (let offset = watermark + parseBase36(first); offset <= end; offset += 1n) done.add(offset);
      } else if (kind === 't') tenures = Number(parseBase36(item));
      else if (kind === 'r') {
        const [auditId = '', time = '', below = ''] = item.split(':');
        reset = { auditId, timeMs: Number(parseBase36(time)), below: watermark + parseBase36(below) };
      } else {
        const [offset = '', count = ''] = item.split(':');
        attempts.set(watermark + parseBase36(offset), Number(parseBase36(count)));
      }
    }
  }
  return {
    done,
    attempts,
    ...(tenures === 0 ? {} : { tenures }),
    ...(reset === undefined ? {} : { reset }),
  };
}

function encodeRanges(watermark: bigint, offsets: readonly bigint[]): string {
  const ranges: string[] = [];
  let index = 0;
  while (index < offsets.length) {
    const first = offsets[index] ?? 0n;
    let last = first;
    while (offsets[index + 1] === last + 1n) {
      last += 1n;
      index += 1;
    }
    index += 1;
    const from = (first - watermark).toString(36);
    ranges.push(last === first ? from : `${from}-${(last - watermark).toString(36)}`);
  }
  return ranges.join(',');
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function parseBase36(text: string): bigint {
  let value = 0n;
  for (const digit of text) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return value;
}
