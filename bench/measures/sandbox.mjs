// What parsing in the sandbox costs beside parsing in this process: the same function on the same files, both warm.
import { readFile } from 'node:fs/promises';
import { spread } from '../parts/corpus.mjs';
import { readCpuMs } from '../parts/cpu-time.mjs';
import { median, round } from '../parts/numbers.mjs';
import { loadParser, startSandbox } from '../parts/parsing.mjs';

const KB = 1_000;
const SIZES = {
  'under 50 KB': ({ bytes }) => bytes < 50 * KB,
  '50-350 KB': ({ bytes }) => bytes >= 50 * KB && bytes <= 350 * KB,
  'over 350 KB': ({ bytes }) => bytes > 350 * KB,
};

/** Milliseconds until the result is there, and those that CPUs had to do with it. */
async function time({ parse, pids }, bytes) {
  const cpuBefore = readCpuMs(pids());
  const began = performance.now();
  await parse(bytes);
  const ms = performance.now() - began;
  const cpuAfter = readCpuMs(pids());
  return { ms, cpuMs: cpuBefore === null || cpuAfter === null ? NaN : cpuAfter - cpuBefore };
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
  const typical = (way) => ({
    ms: median(taken[way].map(({ ms }) => ms)),
    cpuMs: median(taken[way].map(({ cpuMs }) => cpuMs)),
  });
  return {
    cost: median(taken.sandbox.map(({ ms }, at) => ms / taken.inProcess[at].ms)) - 1,
    inProcess: typical('inProcess'),
    sandbox: typical('sandbox'),
  };
}

/** Costs are shares of parsing in process. */
function summarise(files) {
  const total = (way, what) => files.reduce((sum, file) => sum + file[way][what], 0);
  const costOf = (what) => total('sandbox', what) / total('inProcess', what) - 1;
  const cpu = costOf('cpuMs');
  return {
    documents: files.length,
    cost: round(median(files.map(({ cost }) => cost)), 3),
    costOfAll: round(costOf('ms'), 3),
    cpuCostOfAll: Number.isNaN(cpu) ? null : round(cpu, 3),
    inProcessMs: round(median(files.map(({ inProcess }) => inProcess.ms)), 1),
    addedMs: round(median(files.map(({ inProcess, sandbox }) => sandbox.ms - inProcess.ms)), 1),
  };
}

export async function measureSandbox({ corpus, quick, say }) {
  const rounds = quick ? 3 : 5;
  const inProcess = await loadParser('pdfjs');
  const sandbox = await startSandbox('pdfjs');
  try {
    // What this process does for the sandbox, and the child, which is idle otherwise.
    const pids = () => [process.pid, ...sandbox.pids()];
    const ways = { inProcess: { parse: inProcess, pids }, sandbox: { parse: sandbox.parse, pids } };
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
