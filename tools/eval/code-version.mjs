import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './arguments.mjs';

/** Folders and files whose sources decide what a step gives; packages whose version does. */
const STEPS = {
  parse: {
    folders: ['libs/parsing/src', 'libs/adapters/pdfjs/src', 'apps/parser/src', 'libs/contracts/src'],
    packages: ['pdfjs-dist', 'franc-min', 'saxes'],
  },
  embed: { folders: ['libs/adapters/transformers/src'], packages: ['@huggingface/transformers'] },
  classify: {
    folders: [
      'libs/classification/src',
      'libs/contracts/src',
      'libs/evaluation/src/cross-validation.ts',
      'libs/evaluation/src/decisions.ts',
    ],
    packages: [],
  },
  tfidf: {
    folders: [
      'libs/classification/src/evaluate.ts',
      'libs/classification/src/generated-texts',
      'libs/classification/src/logistic-regression.ts',
      'libs/classification/src/words.ts',
      'libs/evaluation/src/tfidf.ts',
    ],
    packages: [],
  },
  extract: {
    folders: ['libs/extraction/src', 'libs/extraction/definitions', 'apps/extractor/src'],
    packages: ['ibantools', 'libphonenumber-js', 'stdnum'],
  },
};

function* sourcesUnder(folder) {
  if (statSync(folder).isFile()) {
    yield folder;
    return;
  }
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourcesUnder(path);
    else if (!entry.name.endsWith('.spec.ts')) yield path;
  }
}

/** A short digest of the sources and packages of the steps: other code, another version. */
export function codeVersion(...steps) {
  const hash = createHash('sha256');
  for (const step of steps) {
    const { folders, packages } = STEPS[step];
    for (const folder of folders) {
      for (const path of sourcesUnder(join(root, folder))) {
        hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
      }
    }
    for (const name of packages) {
      const file = join(root, 'node_modules', name, 'package.json');
      hash.update(`${name}@${existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : 'none'}\0`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

export const digestOf = (bytes) => createHash('sha256').update(bytes).digest('hex');
