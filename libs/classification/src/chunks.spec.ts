import { describe, expect, it } from '@jest/globals';
import { parsedText } from '@docstream/testing';
import { chunkDocument, estimateTokens } from './chunks.js';

const numbered = (count: number): string =>
  Array.from({ length: count }, (_, index) => `word${index}x`).join(' ');

describe('chunkDocument', () => {
  it('gives no chunk for a document without text', () => {
    expect(chunkDocument(parsedText(''))).toEqual([]);
  });

  it('gives a short document in one piece', () => {
    expect(chunkDocument(parsedText('# Invoice\nNumber 4711'))).toEqual(['Invoice Number 4711']);
  });

  it('begins at the beginning and spreads over a long document', () => {
    const chunks = chunkDocument(parsedText(numbered(10_000)));
    expect(chunks).toHaveLength(3);
    const starts = chunks.map((chunk) => Number(/\d+/.exec(chunk)?.[0]));
    expect(starts[0]).toBe(0);
    expect(starts[1]).toBeGreaterThan(3000);
    expect(starts[2]).toBeGreaterThan(6000);
  });

  it('takes one chunk less of a document that is not long', () => {
    const chunks = chunkDocument(parsedText(numbered(300)));
    expect(chunks).toHaveLength(2);
    expect(Number(/\d+/.exec(chunks[1] ?? '')?.[0])).toBeGreaterThan(50);
  });

  it('keeps each chunk within its tokens', () => {
    for (const chunk of chunkDocument(parsedText(numbered(3000)), {
      maxChunks: 50,
      longFrom: 8,
      chunkTokens: 100,
    })) {
      const tokens = chunk.split(' ').reduce((sum, word) => sum + estimateTokens(word), 0);
      expect(tokens).toBeLessThanOrEqual(100);
    }
  });

  it('drops a last piece of a few words', () => {
    const chunks = chunkDocument(parsedText(`${numbered(67)} end`), {
      maxChunks: 4,
      longFrom: 8,
      chunkTokens: 134,
    });
    expect(chunks).toHaveLength(1);
    expect(chunks[0]).not.toContain('end');
  });

  it('keeps a single token that is longer than a chunk', () => {
    expect(
      chunkDocument(parsedText('x'.repeat(5000)), { maxChunks: 4, longFrom: 8, chunkTokens: 50 }),
    ).toHaveLength(1);
  });
});
