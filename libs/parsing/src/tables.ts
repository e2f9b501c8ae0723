import type { Block, Table } from '@docstream/contracts';
import type { RawRule } from '@docstream/core';
import { alignedTables } from './tables-aligned.js';
import { ruledTables } from './tables-ruled.js';
import { isInside, placedWords } from './table-words.js';

/**
 * The tables of a page, top to bottom, from lines drawn around cells and from words that keep to columns. What might be
 * one or not is left out: a wrong table is worse than none. Work is bounded; pages with more words or lines have none.
 */
export function tablesOf(blocks: readonly Block[], rules: readonly RawRule[] = []): Table[] {
  const words = placedWords(blocks);
  if (words.length === 0) return [];
  const ruled = ruledTables(rules, words);
  const free = words.filter((word) => !ruled.some((table) => isInside(word, table.box)));
  return [...ruled, ...alignedTables(free)].sort((a, b) => a.box[1] - b.box[1] || a.box[0] - b.box[0]);
}
