import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { fileErrorOf } from './file-errors.js';

export interface FoundFiles {
  /** Absolute paths, each once, sorted within what named them. */
  readonly files: readonly string[];
  /** Arguments that named nothing. */
  readonly unmatched: readonly string[];
}

/** Files as they are, folders with the `*.pdf` below them, everything else as a glob relative to `cwd`. */
export async function findFiles(paths: readonly string[], cwd: string): Promise<FoundFiles> {
  const files = new Set<string>();
  const unmatched: string[] = [];
  for (const path of paths) {
    const found = await findOne(path, cwd);
    if (found.length === 0) unmatched.push(path);
    for (const file of found) files.add(file);
  }
  return { files: [...files], unmatched };
}

async function findOne(path: string, cwd: string): Promise<readonly string[]> {
  const absolute = resolve(cwd, path);
  const kind = await kindOf(absolute);
  if (kind === 'file') return [absolute];
  const found =
    kind === 'folder'
      ? await glob('**/*.pdf', { cwd: absolute, absolute: true, caseSensitiveMatch: false, dot: true })
      : await glob(path, { cwd, absolute: true, onlyFiles: true, expandDirectories: false });
  return found.map((file) => resolve(file)).sort();
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'none'> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const code = fileErrorOf(error)?.code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return 'none';
    throw error;
  }
}
