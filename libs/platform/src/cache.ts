import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Fetched = 'kafka' | 'streams' | 'registry' | 's3mock' | 'model';

/** Version and folder (inside the cache folder) of what `tools/fetch-platform.mjs` fetches. */
export const ARTIFACTS = JSON.parse(
  readFileSync(new URL('./artifacts.json', import.meta.url), 'utf8'),
) as Readonly<Record<Fetched, { readonly version: string; readonly folder: string }>>;

/** Folder of a fetched part, whether it is there or not. */
export function artifactFolder(cacheDir: string, part: Fetched): string {
  return join(cacheDir, ARTIFACTS[part].folder);
}

/** Folder of the embedding model: what `DOCSTREAM_MODEL_DIR` is to be set to. */
export function modelFolder(cacheDir: string): string {
  return artifactFolder(cacheDir, 'model');
}
