import { DocstreamError } from '@docstream/core';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileErrorOf } from '../file-errors.js';
import { Terminal } from '../terminal.js';

const NEW_FILE_MODE = 0o666;

/** The file could not be made; the message says why, for people. */
export class DestinationError extends Error {}

/** The outcome of the work; false where its destination could not be made, which is said. Ends the progress. */
export async function orSayDestination(terminal: Terminal, work: () => Promise<boolean>): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DestinationError)) throw error;
    terminal.warn(`${terminal.colours.red('error:')} ${error.message}`);
    return false;
  } finally {
    terminal.endProgress();
  }
}

/** Which file it is, under whichever name; as of `fstat` with `bigint`. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
  isFile(): boolean;
}

/** Fails with DestinationError when what would be written is what is read, under whichever name. */
export function refuseSameFile(output: string, from: FileIdentity | null, cwd: string): void {
  const to = statSync(resolve(cwd, output), { bigint: true, throwIfNoEntry: false });
  if (to === undefined || from === null || !to.isFile()) return;
  if (to.dev === from.dev && to.ino === from.ino)
    throw new DestinationError(`${output} is the PDF itself: name another file to write to`);
}

/**
 * Makes the file anew of what `work` prints to it, without colours: beside its place first, so that there is the whole file or
 * the one from before. Pipes and devices are written to as they are. Fails with DestinationError.
 */
export async function writeTo(
  path: string,
  cwd: string,
  work: (file: Terminal, writeBytes: (bytes: Uint8Array) => void) => Promise<void>,
): Promise<void> {
  let beside: string | null = null;
  let file: number | null = null;
  try {
    const { place, mode } = placeOf(resolve(cwd, path));
    beside = mode === null ? null : join(dirname(place), `.${basename(place)}.${randomUUID()}.part`);
    const opened = beside === null ? openSync(place, 'w') : openSync(beside, 'wx', mode ?? NEW_FILE_MODE);
    file = opened;
    const write = (content: string | Uint8Array): void => writeFileSync(opened, content);
    await work(new Terminal({ out: write, err: write, hasColours: false, isInteractive: false }), write);
    closeSync(opened);
    file = null;
    if (beside !== null) renameSync(beside, place);
    beside = null;
  } catch (error) {
    const refusal = fileErrorOf(error);
    if (refusal === null || error instanceof DocstreamError) throw error;
    throw new DestinationError(`${path} cannot be written (${refusal.reason}): name another file`, {
      cause: error,
    });
  } finally {
    if (file !== null) closeSync(file);
    if (beside !== null) rmSync(beside, { force: true });
  }
}

/** Where links lead, and the mode of the file to be made; no mode where a folder, a pipe or a device is. */
function placeOf(path: string): { readonly place: string; readonly mode: number | null } {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return { place: path, mode: NEW_FILE_MODE };
  return { place: realpathSync(path), mode: found.isFile() ? found.mode & 0o777 : null };
}
