import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { load } from './stages.mjs';

const VERSION = '1.0.1';
const SCRIPT = fileURLToPath(new URL('read_invoices.py', import.meta.url));

class CommandError extends Error {}

async function runCommand(command, args, input = '') {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => child.kill());
  child.stdin.end(input);
  const closed = new Promise((resolve, reject) => {
    child.once('error', () => reject(new CommandError(`${basename(command)} is not there`)));
    child.once('close', resolve);
  });
  const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  if (code !== 0)
    throw new CommandError(
      `${basename(command)} ended with ${code}: ${stderr.trim().split('\n').at(-1) ?? ''}`,
    );
  return stdout;
}

/** A Python environment of its own under the cache folder, with exactly this version. */
async function ensureInstalled(say) {
  const { defaultCacheDir } = await load('libs/platform/dist/index.js');
  const folder = join(defaultCacheDir(process.env), 'eval', `invoice2data-${VERSION}`);
  const python = join(folder, 'bin/python');
  await runCommand('pdftotext', ['-v']);
  if (!existsSync(join(folder, 'bin/invoice2data'))) {
    say(`installing invoice2data ${VERSION}`);
    await runCommand('python3', ['-m', 'venv', folder]);
    await runCommand(python, ['-m', 'pip', 'install', '--quiet', `invoice2data==${VERSION}`]);
  }
  return python;
}

/** Field results of invoice2data on the corpus's invoices by path; `problem` says why when it cannot be run. */
export async function runInvoice2data(documents, say) {
  const { scoreFields } = await load('libs/evaluation/dist/index.js');
  const invoices = documents.filter(({ entry }) => entry.type === 'invoice');
  const results = new Map();
  if (invoices.length === 0) return { results, problem: 'no invoices' };
  let output;
  try {
    const python = await ensureInstalled(say);
    say(`invoice2data reads ${invoices.length} invoices`);
    output = await runCommand(python, [SCRIPT], JSON.stringify(invoices.map(({ path }) => path)));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    say(`invoice2data cannot be run: ${error.message}`);
    return { results, problem: error.message };
  }
  const byPath = new Map(invoices.map(({ path, entry }) => [path, entry]));
  for (const line of output.split('\n').filter((found) => found !== '')) {
    const { path, values } = JSON.parse(line);
    const entry = byPath.get(path);
    const found = new Map(Object.entries(values));
    results.set(entry.path, scoreFields(entry, found, { isTextAlone: true }));
  }
  return { results };
}
