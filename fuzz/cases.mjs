// Which case is which: the same seed, number and source files give the same bytes.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../bench/parts/record.mjs';
import { MUTATIONS } from './mutations.mjs';

const FOLDERS = ['../../shared/corpus', '../samples'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
const LARGEST_SOURCE = 1_500_000;
const MOST_MUTATIONS = 3;
/** Spreads the case numbers over the seeds. */
const GOLDEN = 0x9e3779b1;

/** The PDFs to damage: the corpus where it lies beside the repository, else the samples. */
export function readSources() {
  const folder = FOLDERS.find((path) => existsSync(path));
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.pdf'));
  return names
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
    .filter(({ bytes }) => bytes.length > 0 && bytes.length <= LARGEST_SOURCE);
}

export function makeCase(sources, seed, number) {
  const random = seededRandom(Math.imul(seed, GOLDEN) ^ Math.imul(number + 1, 0x85ebca6b));
  const pick = (list) => list[Math.floor(random() * list.length)];
  const source = pick(sources);
  let { bytes } = source;
  const mutations = [];
  for (let count = 1 + Math.floor(random() * MOST_MUTATIONS); count > 0; count -= 1) {
    const name = pick(Object.keys(MUTATIONS));
    bytes = MUTATIONS[name](bytes, random, pick(sources).bytes);
    mutations.push(name);
  }
  return { number, source: source.name, mutations, bytes: new Uint8Array(bytes) };
}
