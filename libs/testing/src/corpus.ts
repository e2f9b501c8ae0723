import { existsSync } from 'node:fs';
import { describe } from '@jest/globals';

/** Documents with ground truth beside the repository; not part of it. */
export const CORPUS = new URL('../../../../shared/corpus/', import.meta.url);

/** A suite over the corpus: counted as skipped, by its name, in a clone that does not have it. */
export function describeWithCorpus(name: string, suite: () => void): void {
  if (existsSync(CORPUS)) describe(name, suite);
  else describe.skip(`${name} (needs the corpus at ${CORPUS.pathname})`, suite);
}
