// What parsing in the sandbox costs beside parsing in this process: the same function on the same files, both warm.
import { readFile } from 'node:fs/promises';
import { spread } from '../parts/corpus.mjs';
import { median, round } from '../parts/numbers.mjs';
import { loadParser, pack, startSandbox } from '../parts/parsing.mjs';

const KB = 1_000;
const SIZES = {
  'under 50 KB': ({ bytes }) => bytes < 50 * KB,
  '50-350 KB': ({ bytes }) => bytes >= 50 * KB && bytes <= 350 * KB,
  'over 350 KB': ({ bytes }) => bytes > 350 * KB,
};

/** Milliseconds until the function's result is there, and until it is packed as it travels on. */
async function time(parse, bytes) {
  const began = performance.now();
  const value = await parse(bytes, 'pdfjs');
  const returned = performance.now() - began;
  await pack(value);
  return { returned, packed: performance.now() - began };
}

/** The two of one file side by side, in changing order. */
async function timeFile({ file }, ways, rounds) {
  const bytes = await readFile(file);
  const order = Object.keys(ways);
  const taken = Object.fromEntries(order.map((way) => [way, []]));
  for (let at = 0; at < rounds; at += 1) {
    for (const way of order) taken[way].push(await time(ways[way], bytes));
    order.reverse();
  }
  const cost = (what) =>
    median(taken.sandbox.map((sandbox, at) => sandbox[what] / taken.inProcess[at][what])) - 1;
  return {
    cost: cost('packed'),
    costUnpacked: cost('returned'),
    inProcessMs: median(taken.inProcess.map(({ packed }) => packed)),
    sandboxMs: median(taken.sandbox.map(({ packed }) => packed)),
  };
}

function summarise(files) {
  const total = (what) => files.reduce((sum, file) => sum + file[what], 0);
  return {
    documents: files.length,
    /** Median of the documents' costs, as a share of parsing in process. */
    cost: round(median(files.map(({ cost }) => cost)), 3),
    costUnpacked: round(median(files.map(({ costUnpacked }) => costUnpacked)), 3),
    /** Of all of them together: the long ones count more. */
    costOfAll: round(total('sandboxMs') / total('inProcessMs') - 1, 3),
    inProcessMs: round(median(files.map(({ inProcessMs }) => inProcessMs)), 1),
    addedMs: round(median(files.map(({ sandboxMs, inProcessMs }) => sandboxMs - inProcessMs)), 1),
  };
}

export async function measureSandbox({ corpus, quick, say }) {
  const rounds = quick ? 3 : 5;
  const inProcess = await loadParser();
  const sandbox = await startSandbox();
  try {
    const ways = { inProcess, sandbox: sandbox.parse };
    const bySize = Object.entries(SIZES).map(([size, fits]) => [
      size,
      spread(corpus.documents.filter(fits), quick ? 6 : 24),
    ]);
    say('sandbox: warming up');
    const all = bySize.flatMap(([, entries]) => entries);
    for (const entry of spread(all, 24)) await timeFile(entry, ways, 1);
    const sandboxCost = {};
    for (const [size, entries] of bySize) {
      say(`sandbox: ${entries.length} documents ${size}, ${rounds} rounds`);
      const files = [];
      for (const entry of entries) files.push(await timeFile(entry, ways, rounds));
      sandboxCost[size] = files.length === 0 ? null : summarise(files);
    }
    return { sandboxCost };
  } finally {
    await sandbox.close();
  }
}
