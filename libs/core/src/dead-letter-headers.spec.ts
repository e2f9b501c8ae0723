import { describe, expect, it } from '@jest/globals';
import { HEADERS, SPRING_DEAD_LETTER, readHeader } from '@docstream/contracts';
import { DEAD_LETTER_HEADERS, deadLetterHeaders } from './dead-letter-headers.js';
import { PoisonError, classifyError } from './errors.js';

const record = {
  topic: 'docstream.ingest.v1',
  partition: 3,
  offset: 2n ** 40n,
  timestampMs: 1_700_000_000_000.5,
  key: null,
  value: null,
  headers: [],
};
const failure = { ...classifyError(new PoisonError('NOT_A_PDF', 'text')), stack: 'x'.repeat(10_000) };
const headers = deadLetterHeaders(record, { group: 'g', failure, attempts: 2 });
const bytesOf = (name: string) => Buffer.from(headers.find(([key]) => key === name)?.[1] ?? []);

describe('deadLetterHeaders', () => {
  it('says why, how often, and where the record stood', () => {
    expect(readHeader(headers, HEADERS.code)).toBe('NOT_A_PDF');
    expect(readHeader(headers, HEADERS.attempts)).toBe('2');
    expect(readHeader(headers, HEADERS.source)).toBe('docstream.ingest.v1/3/1099511627776');
  });

  it('writes numbers as Spring does: big-endian, offset and time in 8 bytes', () => {
    expect(bytesOf(SPRING_DEAD_LETTER.originalPartition).readInt32BE()).toBe(3);
    expect(bytesOf(SPRING_DEAD_LETTER.originalOffset).readBigInt64BE()).toBe(2n ** 40n);
    expect(bytesOf(SPRING_DEAD_LETTER.originalTimestamp).readBigInt64BE()).toBe(1_700_000_000_000n);
  });

  it('keeps the stack below 4 KiB', () => {
    expect(bytesOf(SPRING_DEAD_LETTER.exceptionStacktrace).byteLength).toBeLessThan(4_096);
  });

  it('has no header that it would not replace', () => {
    expect(headers.every(([name]) => DEAD_LETTER_HEADERS.has(name))).toBe(true);
  });
});
