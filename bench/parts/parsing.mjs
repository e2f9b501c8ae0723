// The parser stage's function, in this process and in the sandbox of its worker pool. What the function takes and gives
// is known here and nowhere else in the benchmark.
import { availableParallelism } from 'node:os';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import { documentText } from '@docstream/contracts';
import { createWorkerPool } from '@docstream/worker-pool';

export const ADAPTERS = ['pdfjs', 'pdf2json'];
const FUNCTION = { module: new URL('../../apps/parser/dist/worker.js', import.meta.url), export: 'parsePdf' };
const LIMITS = { maxPages: 2_000, maxCharacters: 50_000_000 };
const CODES = { timeout: 'PARSE_TIMEOUT', memory: 'PARSE_OUT_OF_MEMORY', output: 'PARSE_OUTPUT_TOO_LARGE' };
const POOL_LIMITS = { memoryMb: 1_024, outputBytes: 512 * 1_048_576 };
const READ_WITHIN_MS = 20_000;
const compress = promisify(gzip);

const inputOf = (bytes, adapter) => ({ bytes, adapter, limits: LIMITS });
const contextOf = (deadlineMs) => ({ documentId: 'bench', run: 'bench', attempt: 1, deadlineMs });

const documentOf = (value) =>
  value instanceof Uint8Array ? JSON.parse(gunzipSync(value).toString('utf8')) : value;

/** The function's result as it travels on: gzipped JSON, as packParsed makes it. */
export const pack = async (value) =>
  value instanceof Uint8Array ? value : compress(Buffer.from(JSON.stringify(value)), { level: 4 });

/** In this process: resolves with what the function returns. The first call of an adapter loads it. */
export async function loadParser() {
  const { parsePdf, warmUp } = await import(FUNCTION.module.href);
  await warmUp?.();
  return (bytes, adapter) => parsePdf(inputOf(bytes, adapter), contextOf(READ_WITHIN_MS));
}

/** In the sandbox, with the limits of the parser service by default; `parse` resolves with what the function returns. */
export async function startSandbox(size = 1) {
  const pool = createWorkerPool({ function: FUNCTION, size, limits: POOL_LIMITS, codes: CODES });
  await pool.ready();
  return {
    parse: async (bytes, adapter, withinMs = READ_WITHIN_MS) =>
      (await pool.run(inputOf(bytes, adapter), contextOf(withinMs))).value,
    pids: () => pool.pids(),
    close: () => pool.close(),
  };
}

/** Reads each document in the sandbox: its text by its path, or the code of what it failed with. */
async function readAll(entries, adapter, say) {
  const readings = new Map();
  const waiting = [...entries];
  const sandbox = await startSandbox(Math.min(2, availableParallelism()));
  const readNext = async () => {
    for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
      const { file, path } = entry;
      readings.set(
        path,
        await sandbox.parse(await readFile(file), adapter).then(
          (value) => ({ text: documentText(documentOf(value)) }),
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
