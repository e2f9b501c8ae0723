import { DocstreamError } from '@docstream/core';
import { closeSync, openSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileErrorOf } from '../file-errors.js';
import { Terminal } from '../terminal.js';

/** The file could not be made; the message says why, for people. */
export class DestinationError extends Error {}

/** Fails with DestinationError when what would be written is what was read, under whichever name. */
export function refuseSameFile(output: string, input: string, cwd: string): void {
  const [to, from] = [output, input].map((path) =>
    statSync(resolve(cwd, path), { bigint: true, throwIfNoEntry: false }),
  );
  if (to === undefined || from === undefined || !to.isFile()) return;
  if (to.dev === from.dev && to.ino === from.ino)
    throw new DestinationError(`${output} is the PDF itself: name another file to write to`);
}

/** Makes the file anew and writes what `work` prints to it, without colours. Fails with DestinationError. */
export async function writeTo(
  path: string,
  cwd: string,
  work: (file: Terminal, writeBytes: (bytes: Uint8Array) => void) => Promise<void>,
): Promise<void> {
  let file: number | null = null;
  try {
    const opened = openSync(resolve(cwd, path), 'w');
    file = opened;
    const write = (content: string | Uint8Array): void => writeFileSync(opened, content);
    await work(new Terminal({ out: write, err: write, hasColours: false, isInteractive: false }), write);
  } catch (error) {
    const refusal = fileErrorOf(error);
    if (refusal === null || error instanceof DocstreamError) throw error;
    throw new DestinationError(`${path} cannot be written (${refusal.reason}): name another file`, {
      cause: error,
    });
  } finally {
    if (file !== null) closeSync(file);
  }
}
