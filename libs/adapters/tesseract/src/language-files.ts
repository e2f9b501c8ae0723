import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FatalError } from '@docstream/core';

/** Models in small integers for the neural engine alone: a tenth to a quarter of the size of the full ones. */
const VARIANT = '4.0.0_best_int';

const require = createRequire(import.meta.url);

function folderOf(language: string): string | null {
  try {
    return join(dirname(require.resolve(`@tesseract.js-data/${language}/package.json`)), VARIANT);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'MODULE_NOT_FOUND') return null;
    throw thrown;
  }
}

/** A language's file, gzipped, from its npm package. FatalError CONFIGURATION_INVALID when that is not installed. */
export function languageFile(language: string): { readonly folder: string; readonly path: string } {
  const folder = folderOf(language);
  const path = join(folder ?? '', `${language}.traineddata.gz`);
  if (folder === null || !existsSync(path)) {
    throw new FatalError(
      'CONFIGURATION_INVALID',
      `DOCSTREAM_OCR_LANGUAGES names ${language}, of which there is no data: npm install @tesseract.js-data/${language}`,
    );
  }
  return { folder, path };
}
