// Documents with ground truth, which lie beside the repository.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MissingError } from './bench-error.mjs';

const BESIDE = fileURLToPath(new URL('../../../shared/corpus', import.meta.url));

/** The corpus in that folder; without one, where it is expected. Each entry is a line of its manifest with `file`. */
export function readCorpus(folder = BESIDE) {
  const manifest = join(resolve(folder), 'manifest.jsonl');
  if (!existsSync(manifest))
    throw new MissingError(
      `there is no corpus (${manifest}): give its folder with --corpus, with a manifest.jsonl of {"path", "type", "pages", "bytes", "text_layer"}.`,
    );
  const entries = readFileSync(manifest, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line))
    .map((entry) => ({ ...entry, file: join(resolve(folder), entry.path) }));
  return {
    folder: resolve(folder),
    documents: entries.filter(({ type }) => type !== 'hostile'),
    hostile: entries.filter(({ type }) => type === 'hostile'),
  };
}

/** Documents whose text stands in the file and not only in its images. */
export const hasTextLayer = (entry) => entry.text_layer === true && entry.image_only !== true;

/** At most so many of the list, evenly spread over it. */
export function spread(list, most) {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, index) => list[Math.floor((index * list.length) / most)]);
}
