// Parsing in numbers, over a corpus of real PDFs. What each measure is and means stands in docs/benchmarks.md.
import { availableParallelism, loadavg } from 'node:os';
import { measureHostile } from './measures/hostile.mjs';
import { measureSandbox } from './measures/sandbox.mjs';
import { measureSpeed } from './measures/speed.mjs';
import { measureText } from './measures/text.mjs';
import { readCorpus } from './parts/corpus.mjs';
import { round } from './parts/numbers.mjs';
import { ADAPTERS, createReader } from './parts/parsing.mjs';
import { popplerVersion } from './parts/poppler.mjs';

export const MEASURES = {
  text: measureText,
  speed: measureSpeed,
  sandbox: measureSandbox,
  hostile: async (context) => ({ hostile: await measureHostile(context) }),
};
const NEED_POPPLER = ['text', 'speed'];

const NOTHING = {
  read: null,
  of: null,
  medianSimilarity: null,
  shareAbove95: null,
  medianOrderedSimilarity: null,
  pagesPerSecond: null,
};

/** What several measures tell of one adapter or tool stands together. */
function mergeByName(known, told = {}) {
  for (const [name, figures] of Object.entries(told)) known[name] = { ...known[name], ...figures };
}

/** Runs the named measures one after the other; what was not measured is null. */
export async function measureParsing(names, { corpus: folder, say, ...options }) {
  const corpus = readCorpus(folder);
  if (names.some((name) => NEED_POPPLER.includes(name))) await popplerVersion();
  // What else the machine does: a load of its cores and more before we begin makes every rate doubtful.
  const machine = { cores: availableParallelism(), loadAverageBefore: round(loadavg()[0], 1) };
  const context = { ...options, corpus, say, read: createReader(say) };
  const results = {
    adapters: Object.fromEntries(ADAPTERS.map((adapter) => [adapter, { ...NOTHING }])),
    tools: {
      pdftotext: { pagesPerSecond: null, version: null },
      pymupdf: { pagesPerSecond: null, version: null },
    },
    sandboxCost: null,
    hostile: null,
  };
  for (const name of names) {
    const { adapters, tools, ...rest } = await MEASURES[name](context);
    mergeByName(results.adapters, adapters);
    mergeByName(results.tools, tools);
    Object.assign(results, rest);
  }
  return { ...results, machine: { ...machine, loadAverageAfter: round(loadavg()[0], 1) } };
}
