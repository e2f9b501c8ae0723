// PyMuPDF (AGPL) is measured beside us and is no part of Docstream: it is installed into a folder of the cache, once.
import { execFile } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const PYMUPDF_VERSION = '1.28.2';
const INSTALL_WITHIN_MS = 300_000;
const execute = promisify(execFile);

/** The Python that has it, or why there is none. */
export async function preparePymupdf(cacheDir, say) {
  const folder = join(cacheDir, `bench-pymupdf-${PYMUPDF_VERSION}`);
  const python = join(folder, 'bin', 'python');
  // Written last: half an installation has none.
  const mark = join(folder, 'installed');
  if (existsSync(mark)) return { python };
  say(`installing PyMuPDF ${PYMUPDF_VERSION} into ${folder}`);
  try {
    rmSync(folder, { recursive: true, force: true });
    await execute('python3', ['-m', 'venv', folder], { timeout: INSTALL_WITHIN_MS });
    const options = ['--quiet', '--disable-pip-version-check', '--only-binary=:all:'];
    await execute(python, ['-m', 'pip', 'install', ...options, `pymupdf==${PYMUPDF_VERSION}`], {
      timeout: INSTALL_WITHIN_MS,
    });
    writeFileSync(mark, '');
    return { python };
  } catch (error) {
    const reason = (error.stderr || error.message).trim().split('\n').at(-1);
    return { absent: `PyMuPDF ${PYMUPDF_VERSION} can not be installed (${reason})` };
  }
}
