// Pages a second of both adapters in process, of pdftotext and of PyMuPDF, on the files that all of them read.
import { fileURLToPath } from 'node:url';
import { hasTextLayer, spread } from '../parts/corpus.mjs';
import { median, round } from '../parts/numbers.mjs';
import { ADAPTERS } from '../parts/parsing.mjs';
import { pdftotext, popplerVersion } from '../parts/poppler.mjs';
import { PYMUPDF_VERSION, preparePymupdf } from '../parts/pymupdf.mjs';
import { ToldProcess } from '../parts/told-process.mjs';

const pathOf = (name) => fileURLToPath(new URL(`../children/${name}`, import.meta.url));

async function time(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function startTools(python, profile) {
  const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const told = ADAPTERS.map((name) => [
    name,
    new ToldProcess(name, process.execPath, [...flags, pathOf('parse.mjs'), name]),
  ]);
  if (python !== undefined)
    told.push(['pymupdf', new ToldProcess('PyMuPDF', python, [pathOf('pymupdf_text.py')])]);
  await Promise.all(told.map(([, tool]) => tool.ready()));
  const runs = Object.fromEntries(told.map(([name, tool]) => [name, (path) => tool.run(path)]));
  runs.pdftotext = (path) => time(() => pdftotext(path));
  return { runs, stop: () => Promise.all(told.map(([, tool]) => tool.stop())) };
}

/** Milliseconds of each tool over all files, round by round; on each file all have their turn, in changing order. */
async function interleave(runs, entries, rounds, say) {
  const order = Object.keys(runs);
  const totals = [];
  for (let at = 0; at < rounds; at += 1) {
    const total = Object.fromEntries(order.map((name) => [name, 0]));
    for (const { file } of entries) {
      for (const name of order) total[name] += await runs[name](file);
      order.push(order.shift());
    }
    totals.push(total);
    say(`speed ${at + 1} of ${rounds}`);
  }
  return totals;
}

async function readByAll(entries, read) {
  const readings = await Promise.all(ADAPTERS.map((adapter) => read(entries, adapter)));
  return entries.filter(({ path }) => readings.every((known) => known.get(path).problem === undefined));
}

export async function measureSpeed({ corpus, quick, read, say, cacheDir, profile }) {
  const candidates = spread(corpus.documents.filter(hasTextLayer), quick ? 24 : Infinity);
  const entries = await readByAll(candidates, read);
  const pages = entries.reduce((sum, entry) => sum + entry.pages, 0);
  const { python, absent } = await preparePymupdf(cacheDir, say);
  if (absent !== undefined) say(absent);
  const { runs, stop } = await startTools(python, profile);
  try {
    say(`speed: ${pages} pages of ${entries.length} documents`);
    // The first ones warm up: compiling is not what is asked for.
    await interleave(runs, spread(entries, 12), 1, () => undefined);
    const totals = await interleave(runs, entries, quick ? 1 : 3, say);
    const starts = [];
    for (let at = 0; at < 5; at += 1) starts.push(await time(popplerVersion));
    const rate = (name) => round(median(totals.map((total) => (pages * 1_000) / total[name])), 1);
    const times = (name) => round(median(totals.map((total) => total.pdftotext / total[name])), 3);
    const figures = (name) => ({ pagesPerSecond: rate(name), timesPdftotext: times(name) });
    return {
      adapters: Object.fromEntries(ADAPTERS.map((name) => [name, figures(name)])),
      tools: {
        pdftotext: {
          pagesPerSecond: rate('pdftotext'),
          version: await popplerVersion(),
          startMs: round(median(starts), 1),
        },
        pymupdf:
          python === undefined
            ? { pagesPerSecond: null, version: null, absent }
            : { ...figures('pymupdf'), version: PYMUPDF_VERSION },
      },
      speed: { documents: entries.length, pages, rounds: totals.length },
    };
  } finally {
    await stop();
  }
}
