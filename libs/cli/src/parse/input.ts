import { PoisonError } from '@docstream/core';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileErrorOf } from '../file-errors.js';
import type { FileIdentity } from './destination.js';

/** Name of the standard input on a command line. */
export const STANDARD_INPUT = '-';

/** Bytes, and the file that they are of, where that is known. */
export type Input =
  { readonly bytes: Uint8Array; readonly file: FileIdentity | null } | { readonly problem: string };

export interface StandardInput {
  readonly open: () => AsyncIterable<unknown>;
  /** What it is, as of `fstat`; fails where it is closed. Absent: nobody can tell. */
  readonly stat?: () => FileIdentity & { isDirectory(): boolean };
}

/** The whole file, or why there is none, with what to do. PoisonError PDF_TOO_LARGE above the limit. */
export async function readInput(path: string, cwd: string, limitBytes: number): Promise<Input> {
  try {
    const file = await open(resolve(cwd, path));
    try {
      const found = await file.stat({ bigint: true });
      if (found.isDirectory())
        return { problem: `${path} is a folder: name one PDF in it, or send all with \`docstream produce\`` };
      if (found.size > limitBytes) throw tooLarge(limitBytes, Number(found.size));
      // Pipes and devices have no size beforehand.
      return { bytes: await readAll(file.createReadStream({ autoClose: false }), limitBytes), file: found };
    } finally {
      await file.close();
    }
  } catch (error) {
    const refusal = fileErrorOf(error);
    if (refusal === null || error instanceof PoisonError) throw error;
    return { problem: describe(path, refusal) };
  }
}

/** As `readInput`. Nothing at all is said to be that: a closed standard input looks like an empty one. */
export async function readStandardInput({ open, stat }: StandardInput, limitBytes: number): Promise<Input> {
  try {
    const found = stat?.() ?? null;
    if (found?.isDirectory() === true)
      return { problem: 'standard input is a folder: name one PDF in it instead' };
    const bytes = await readAll(open(), limitBytes);
    if (bytes.byteLength > 0) return { bytes, file: found };
    return { problem: 'nothing could be read from standard input: send a PDF there, or name a file' };
  } catch (error) {
    const refusal = fileErrorOf(error);
    if (refusal === null || error instanceof PoisonError) throw error;
    return { problem: `standard input cannot be read (${refusal.reason}): send a PDF there, or name a file` };
  }
}

/** All bytes of a stream. PoisonError PDF_TOO_LARGE as soon as there are more than the limit. */
export async function readAll(stream: AsyncIterable<unknown>, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = chunk instanceof Uint8Array ? chunk : new TextEncoder().encode(String(chunk));
    size += bytes.byteLength;
    if (size > limitBytes) throw tooLarge(limitBytes);
    chunks.push(bytes);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function describe(
  path: string,
  { code, reason }: { readonly code: string; readonly reason: string },
): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `${path}: there is no such file; check the path`;
    case 'EACCES':
    case 'EPERM':
      return `${path} may not be read by this user: check its permissions`;
    default:
      return `${path} cannot be read (${reason}): check the path`;
  }
}

function tooLarge(limitBytes: number, bytes?: number): PoisonError {
  const size = bytes === undefined ? 'It' : `The file has ${bytes} bytes, which`;
  return new PoisonError('PDF_TOO_LARGE', `${size} is more than the limit of ${limitBytes} bytes.`, {
    facts: { limitBytes },
  });
}
