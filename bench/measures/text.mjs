// Our text of each document beside that of pdftotext.
import { hasTextLayer, spread } from '../parts/corpus.mjs';
import { median, round } from '../parts/numbers.mjs';
import { ADAPTERS } from '../parts/parsing.mjs';
import { pdftotext } from '../parts/poppler.mjs';
import { compareTexts } from '../parts/similarity.mjs';

const ALIKE = 0.95;
const WORST = 10;
const UNREAD = { ordered: 0, sortedWords: 0, isCut: false };

function summarise(figures) {
  const sorted = figures.map(({ sortedWords }) => sortedWords);
  return {
    medianSimilarity: round(median(sorted), 4),
    shareAbove95: round(sorted.filter((figure) => figure > ALIKE).length / sorted.length, 3),
    medianOrderedSimilarity: round(median(figures.map(({ ordered }) => ordered)), 4),
  };
}

const worstOf = (all) =>
  [...all]
    .sort((one, other) => one.sortedWords - other.sortedWords)
    .slice(0, WORST)
    .map(({ path, sortedWords, ordered, withoutHyphens, problem }) => ({
      path,
      sortedWords: round(sortedWords, 3),
      ordered: round(ordered, 3),
      sortedWordsWithoutHyphens: round(withoutHyphens.sortedWords, 3),
      ...(problem === undefined ? {} : { problem }),
    }));

/** What was not read counts as a similarity of 0. */
export async function measureText({ corpus, quick, read, say }) {
  const entries = spread(corpus.documents.filter(hasTextLayer), quick ? 24 : Infinity);
  const references = new Map();
  for (const { path, file } of entries) references.set(path, await pdftotext(file));
  const adapters = {};
  for (const adapter of ADAPTERS) {
    const readings = await read(entries, adapter);
    say(`text: comparing ${entries.length} documents of ${adapter} with pdftotext`);
    const all = entries.map(({ path }) => {
      const { text, problem } = readings.get(path);
      if (problem !== undefined) return { path, problem, ...UNREAD, withoutHyphens: UNREAD };
      return { path, ...compareTexts(text, references.get(path)) };
    });
    adapters[adapter] = {
      read: all.filter(({ problem }) => problem === undefined).length,
      of: all.length,
      ...summarise(all),
      withoutHyphens: summarise(all.map(({ withoutHyphens }) => withoutHyphens)),
      cutTexts: all.filter(({ isCut }) => isCut).length,
      worst: worstOf(all),
    };
  }
  return { adapters };
}
