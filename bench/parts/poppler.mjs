// pdftotext of poppler-utils, found on the PATH: a process for each document, as everybody calls it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MissingError } from './bench-error.mjs';

const execute = promisify(execFile);
const MAX_BYTES = 256 * 1_048_576;

/** Its version; fails with what to install. */
export async function popplerVersion() {
  try {
    const { stderr } = await execute('pdftotext', ['-v']);
    return /version (\S+)/.exec(stderr)?.[1] ?? 'unknown';
  } catch (cause) {
    throw new MissingError(
      'pdftotext is not there: install poppler-utils (`apt-get install poppler-utils`), or choose measures without it by --only sandbox,hostile.',
      { cause },
    );
  }
}

/** The text of a file in reading order. */
export async function pdftotext(file) {
  const { stdout } = await execute('pdftotext', ['-enc', 'UTF-8', file, '-'], { maxBuffer: MAX_BYTES });
  return stdout;
}
