// Hostile PDFs and good ones through one pool of the parser: how each ends, what is left in this process, and what the
// good ones notice of the hostile ones.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { loadConfig } from '@docstream/config';
import { classifyError } from '@docstream/core';
import { createWorkerPool } from '@docstream/worker-pool';
import { parserPool, toParseInput } from '../../apps/parser/dist/pool.js';
import { HOSTILE_CORPUS } from '../../libs/testing/dist/hostile-corpus.js';
import { BenchError } from '../parts/bench-error.mjs';
import { quantile, round } from '../parts/numbers.mjs';

const CORPUS = fileURLToPath(new URL('../../../shared/corpus', import.meta.url));
const MODULE = new URL('../../apps/parser/dist/worker.js', import.meta.url);
/** One for the hostile documents, one for the good ones. */
const WORKERS = 2;
const MEBIBYTE = 1_048_576;

function readPdfs(folder, most = Infinity) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.pdf'));
  const isGood = (name) => !join(folder, name).includes('/hostile/') || folder.endsWith('hostile');
  return names
    .filter(isGood)
    .sort()
    .slice(0, most)
    .map((name) => ({
      name: name.replace(/\.pdf$/, ''),
      bytes: new Uint8Array(readFileSync(join(folder, name))),
    }));
}

function openParser() {
  const config = loadConfig({});
  const { timeoutMs } = config.parser;
  const pool = createWorkerPool({
    ...parserPool(config),
    function: { module: MODULE, export: 'parsePdf' },
    size: WORKERS,
  });
  const context = { documentId: 'bench', run: 'bench', attempt: 1, deadlineMs: timeoutMs };
  const parse = async (bytes) => {
    const began = performance.now();
    const end = await pool.run(toParseInput(config, bytes), context).then(
      ({ value }) => ({ quality: value.quality }),
      (thrown) => ({ code: classifyError(thrown).code }),
    );
    return { ...end, ms: performance.now() - began };
  };
  return { parse, ready: () => pool.ready(), close: () => pool.close() };
}

function isRight(name, { code, quality }) {
  const expected = HOSTILE_CORPUS[name];
  if (expected?.codes !== undefined) return expected.codes.includes(code);
  return quality !== undefined && (expected?.quality ?? quality) === quality;
}

/** One after the other, as often as it takes until `isOver`; each at least once. */
async function readGood(parser, documents, isOver) {
  const times = [];
  do {
    for (const { bytes } of documents) times.push((await parser.parse(bytes)).ms);
  } while (!isOver());
  return quantile(times, 0.95);
}

async function readHostile(parser, documents, say) {
  const ends = [];
  for (const { name, bytes } of documents) {
    const end = await parser.parse(bytes);
    ends.push({ name, ...end });
    if (!isRight(name, end)) say(`hostile: ${name} ended as ${end.code ?? end.quality}`);
  }
  return ends;
}

/**
 * `died`: documents that took their process with them for no limit; `p95Ratio`: good documents, waiting included, beside
 * hostile ones against without; `rssGrowthMb`: this process, afterwards against before the hostile ones.
 */
export async function measureHostile({ say, quick = false }) {
  if (!existsSync(CORPUS)) throw new BenchError(`the corpus is missing: ${CORPUS}`);
  const hostile = readPdfs(join(CORPUS, 'hostile'));
  const good = readPdfs(CORPUS, quick ? 20 : 80);
  const parser = openParser();
  try {
    await parser.ready();
    // Twice: what is compiled and loaded late is not what is measured.
    await readGood(parser, good.slice(0, 10), () => true);
    const alone = await readGood(parser, good, () => true);
    const before = process.memoryUsage.rss();
    let ends;
    const [, beside] = await Promise.all([
      readHostile(parser, hostile, say).then((all) => (ends = all)),
      readGood(parser, good, () => ends !== undefined),
    ]);
    const growth = (process.memoryUsage.rss() - before) / MEBIBYTE;
    const rightCode = ends.filter((end) => isRight(end.name, end)).length;
    say(
      `hostile: ${rightCode} of ${hostile.length} ended as they should; p95 ${round(alone, 0)} → ${round(beside, 0)} ms`,
    );
    return {
      files: hostile.length,
      rightCode,
      died: ends.filter(({ code }) => code === 'WORKER_CRASHED').length,
      rssGrowthMb: round(growth, 0),
      p95Ratio: round(beside / alone),
    };
  } finally {
    await parser.close();
  }
}
