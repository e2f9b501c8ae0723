import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

type Fetched = 'kafka' | 'streams' | 'registry' | 's3mock' | 'model';

/** Version and folder (inside the cache folder) of what `tools/fetch-platform.mjs` fetches. */
export const ARTIFACTS = JSON.parse(
  readFileSync(new URL('./artifacts.json', import.meta.url), 'utf8'),
) as Readonly<Record<Fetched, { readonly version: string; readonly folder: string }>>;

/** `DOCSTREAM_CACHE_DIR`, else `docstream` in `XDG_CACHE_HOME` or in `~/.cache`; as `tools/fetch-platform.mjs` does. */
export function defaultCacheDir(env: Readonly<Record<string, string | undefined>>): string {
  const own = env['DOCSTREAM_CACHE_DIR'];
  if (own !== undefined && own !== '') return own;
  const shared = env['XDG_CACHE_HOME'];
  return join(shared !== undefined && shared !== '' ? shared : join(homedir(), '.cache'), 'docstream');
}

/** Folder of a fetched part, whether it is there or not. */
export function artifactFolder(cacheDir: string, part: Fetched): string {
  return join(cacheDir, ARTIFACTS[part].folder);
}

/** Folder of the embedding model: what `DOCSTREAM_MODEL_DIR` is to be set to. */
export function modelFolder(cacheDir: string): string {
  return artifactFolder(cacheDir, 'model');
}
