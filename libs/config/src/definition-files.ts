import { FatalError } from '@docstream/core';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const YAML_FILE = /^[^.].*\.ya?ml$/;
const MOST_FILES = 1_000;
const MOST_BYTES = 1_048_576;
const DIGEST_LENGTH = 8;

/** Files that define what is extracted, as `readDefinitions` of libs/extraction takes them. */
export interface DefinitionFiles {
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** Changes with any of the files. */
  readonly digest: string;
}

/**
 * Every `*.yaml` and `*.yml` directly in the folder, by name. `what` names the setting to people. FatalError
 * CONFIGURATION_INVALID where the folder or one of the files cannot be read.
 */
export function readDefinitionFolder(folder: string | URL, what: string): DefinitionFiles {
  const path = typeof folder === 'string' ? folder : fileURLToPath(folder);
  const names = attempt(what, path, () => readdirSync(path)).filter((name) => YAML_FILE.test(name));
  if (names.length > MOST_FILES)
    throw invalid(what, `${path} has more than ${MOST_FILES} definitions`, 'name another folder');
  return withDigest(names.sort().map((name) => readOne(what, join(path, name), name)));
}

/** What a user's own definitions stand on, and these. */
export type DefinitionLayers = readonly (Pick<DefinitionFiles, 'files'> & Partial<DefinitionFiles>)[];

/** The shipped definitions, then those of DOCSTREAM_DEFINITIONS where it is set. Errors as of readDefinitionFolder. */
export function readDefinitionLayers(shipped: URL, own?: string): DefinitionLayers {
  const { files } = readDefinitionFolder(shipped, 'the shipped definitions');
  return [{ files }, ...(own === undefined ? [] : [readDefinitionFolder(own, 'DOCSTREAM_DEFINITIONS')])];
}

/** One such file. Errors as of readDefinitionFolder. */
export function readDefinitionFile(path: string, what: string): DefinitionFiles {
  return withDigest([readOne(what, path, basename(path))]);
}

function readOne(what: string, path: string, name: string): DefinitionFiles['files'][number] {
  return attempt(what, path, () => {
    if (statSync(path).size > MOST_BYTES)
      throw invalid(what, `${path} has more than ${MOST_BYTES} bytes`, 'divide it');
    return { name, text: readFileSync(path, 'utf8') };
  });
}

function withDigest(files: DefinitionFiles['files']): DefinitionFiles {
  const hash = createHash('sha256');
  for (const { name, text } of files) hash.update(`${name}\0${text.length}\0${text}`);
  return { files, digest: hash.digest('hex').slice(0, DIGEST_LENGTH) };
}

function attempt<T>(what: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof FatalError || typeof error !== 'object' || error === null || !('code' in error))
      throw error;
    switch (error.code) {
      case 'ENOENT':
        throw invalid(what, `there is no ${path}`, 'check the path');
      case 'ENOTDIR':
        throw invalid(what, `${path} is no folder`, 'name the folder that has the YAML files');
      case 'EACCES':
      case 'EPERM':
        throw invalid(what, `${path} may not be read by this user`, 'check its permissions');
      default:
        throw invalid(what, `${path} cannot be read (${String(error.code)})`, 'check the path');
    }
  }
}

function invalid(what: string, problem: string, remedy: string): FatalError {
  return new FatalError('CONFIGURATION_INVALID', `${what}: ${problem}: ${remedy}`);
}
