// The parser stage's function, in this process and in the sandbox of its worker pool. What the function takes and gives
// is known here and nowhere else in the benchmark.
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { loadConfig } from '@docstream/config';
import { documentText } from '@docstream/contracts';
import { unpackParsed } from '@docstream/core';
import { createWorkerPool } from '@docstream/worker-pool';
import { parserPool } from '../../apps/parser/dist/pool.js';

export const ADAPTERS = ['pdfjs', 'pdf2json'];
const FUNCTION = { module: new URL('../../apps/parser/dist/worker.js', import.meta.url), export: 'parsePdf' };
const LIMITS = { maxPages: 2_000, maxCharacters: 50_000_000 };
const READ_WITHIN_MS = 20_000;

const inputOf = (bytes, adapter) => ({ bytes, limits: LIMITS, parsers: [adapter] });
const context = { documentId: 'bench', run: 'bench', attempt: 1, deadlineMs: READ_WITHIN_MS };
const textOf = async ({ parsed }) => documentText(await unpackParsed(parsed));

/** In this process: resolves with what the function returns. The first call loads the adapter. */
export async function loadParser(adapter) {
  const { parsePdf } = await import(FUNCTION.module.href);
  return (bytes) => parsePdf(inputOf(bytes, adapter), context);
}

/** In the sandbox, as in the parser service with its defaults; `parse` resolves with what the function returns. */
export async function startSandbox(adapter, size = 1) {
  const pool = createWorkerPool({ ...parserPool(loadConfig({})), function: FUNCTION, size });
  await pool.ready();
  return {
    parse: async (bytes) => (await pool.run(inputOf(bytes, adapter), context)).value,
    pids: () => pool.pids(),
    close: () => pool.close(),
  };
}

/** Reads each document in the sandbox: its text by its path, or the code of what it failed with. */
async function readAll(entries, adapter, say) {
  const readings = new Map();
  const waiting = [...entries];
  const sandbox = await startSandbox(adapter, Math.min(2, availableParallelism()));
  const readNext = async () => {
    for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
      const { file, path } = entry;
      const reading = sandbox.parse(await readFile(file)).then(textOf);
      readings.set(
        path,
        await reading.then(
          (text) => ({ text }),
          (error) => ({ problem: error.code ?? error.message }),
        ),
      );
      const { problem } = readings.get(path);
      if (problem !== undefined) say(`${adapter} does not read ${path}: ${problem}`);
    }
  };
  try {
    await Promise.all([readNext(), readNext()]);
  } finally {
    await sandbox.close();
  }
  return readings;
}

/** Readings of several measures: nothing is read twice. */
export function createReader(say) {
  const known = new Map(ADAPTERS.map((adapter) => [adapter, new Map()]));
  return async (entries, adapter) => {
    const readings = known.get(adapter);
    const missing = entries.filter(({ path }) => !readings.has(path));
    if (missing.length === 0) return readings;
    say(`reading ${missing.length} documents with ${adapter}, in the sandbox`);
    for (const [path, reading] of await readAll(missing, adapter, say)) readings.set(path, reading);
    return readings;
  };
}
