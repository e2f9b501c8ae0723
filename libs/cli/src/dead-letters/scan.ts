import { DEAD_LETTER_TOPICS, SERVICES, type ServiceName } from '@docstream/contracts';
import type { ClusterAdmin, ConsumedRecord, Coordinates, RecordReader } from '@docstream/core';
import { readLetter, type DeadLetter } from './letter.js';

export interface LetterFilter {
  readonly stage?: ServiceName;
  readonly code?: string;
  /** Milliseconds since 1970, both inclusive: when it became a dead letter. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** A document id or its beginning. */
  readonly document?: string;
  /** Exactly this one. */
  readonly at?: Coordinates;
}

export interface LetterSource {
  readonly admin: Pick<ClusterAdmin, 'listTopics' | 'logRanges'>;
  readonly reader: RecordReader;
}

export function fits(letter: DeadLetter, { code, sinceMs, untilMs, document }: LetterFilter): boolean {
  if (code !== undefined && letter.code !== code) return false;
  if (sinceMs !== undefined && letter.timeMs < sinceMs) return false;
  if (untilMs !== undefined && letter.timeMs > untilMs) return false;
  return document === undefined || (letter.documentId ?? '').startsWith(document.toLowerCase());
}

/** Dead letters that fit, newest first. Their values are read past, not kept. */
export async function scanLetters(
  { admin, reader }: LetterSource,
  filter: LetterFilter,
): Promise<readonly DeadLetter[]> {
  const found: DeadLetter[] = [];
  for (const { topic, partition, range } of await rangesOf(admin, filter)) {
    if (range.start >= range.end) continue;
    for await (const record of reader.read({ topic, partition }, range)) {
      const letter = readLetter(record);
      if (letter !== null && fits(letter, filter)) found.push(letter);
    }
  }
  return found.toSorted((one, other) => other.timeMs - one.timeMs || (one.at < other.at ? 1 : -1));
}

/** The records of these dead letters, oldest first in each partition; what retention took meanwhile is left out. */
export async function* readRecords(
  reader: RecordReader,
  letters: readonly DeadLetter[],
): AsyncGenerator<readonly [DeadLetter, ConsumedRecord]> {
  const byPartition = Map.groupBy(letters, ({ where }) => `${where.topic}/${where.partition}`);
  for (const group of byPartition.values()) {
    const byOffset = new Map(group.map((letter) => [letter.where.offset, letter]));
    const offsets = [...byOffset.keys()].toSorted((one, other) => (one < other ? -1 : 1));
    const [start, last, where] = [offsets[0], offsets.at(-1), group[0]?.where];
    if (start === undefined || last === undefined || where === undefined) continue;
    for await (const record of reader.read(where, { start, end: last + 1n })) {
      const letter = byOffset.get(record.offset);
      if (letter !== undefined) yield [letter, record];
    }
  }
}

async function rangesOf(admin: LetterSource['admin'], { stage, at }: LetterFilter) {
  const existing = new Set(await admin.listTopics());
  const topics = (stage === undefined ? SERVICES : [stage])
    .map((service) => DEAD_LETTER_TOPICS[service].name)
    .filter((topic) => existing.has(topic) && (at === undefined || at.topic === topic));
  const ranges = (await Promise.all(topics.map((topic) => admin.logRanges(topic)))).flat();
  if (at === undefined) return ranges;
  return ranges
    .filter(({ partition, range }) => partition === at.partition && at.offset >= range.start)
    .map((one) => ({ ...one, range: { start: at.offset, end: at.offset + 1n } }));
}
