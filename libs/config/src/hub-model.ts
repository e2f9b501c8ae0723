import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { FatalError, type HubModel } from '@docstream/core';
import type { Environment } from './environment.js';

interface ModelSettings {
  readonly name?: string | undefined;
  readonly revision?: string | undefined;
  readonly sha256?: string | undefined;
  readonly hub?: string | undefined;
  readonly mayDownload: boolean;
}

/** `DOCSTREAM_CACHE_DIR`, else `docstream` in `XDG_CACHE_HOME` or in `~/.cache`; as `tools/fetch-platform.mjs` does. */
export function defaultCacheDir(env: Environment): string {
  const own = env['DOCSTREAM_CACHE_DIR'];
  if (own !== undefined && own !== '') return own;
  const shared = env['XDG_CACHE_HOME'];
  return join(shared !== undefined && shared !== '' ? shared : join(homedir(), '.cache'), 'docstream');
}

/** Null where no model of a hub is named. FatalError CONFIGURATION_INVALID without a cache folder. */
export function findHubModel(
  { name, revision, sha256, hub, mayDownload }: ModelSettings,
  env: Environment,
): HubModel | null {
  if (name === undefined || revision === undefined || sha256 === undefined || hub === undefined) return null;
  const [owner = '', ownName = ''] = name.split('/');
  // The last folder is what results call the model.
  const folder = join(absoluteCacheDir(env), 'hub', owner, revision, ownName);
  return { name, revision, sha256: sha256.toLowerCase(), hub, folder, mayDownload };
}

/** The working folder is no place for a model, and relative paths would lead there. */
function absoluteCacheDir(env: Environment): string {
  let folder = '';
  let cause: unknown;
  try {
    folder = defaultCacheDir(env);
  } catch (error) {
    // A user without a home, as containers have them.
    cause = error;
  }
  if (isAbsolute(folder)) return folder;
  throw new FatalError(
    'CONFIGURATION_INVALID',
    `There is no cache folder for the model of DOCSTREAM_MODEL${folder === '' ? '' : ` (${folder} is relative)`}: set DOCSTREAM_CACHE_DIR to an absolute path.`,
    { cause },
  );
}
