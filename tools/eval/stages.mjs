import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { EvaluationError, root } from './arguments.mjs';
import { codeVersion, digestOf } from './code-version.mjs';
import { loadExtractor } from './extractor.mjs';

export const load = (path) => import(pathToFileURL(join(root, path)).href);

/** As the parser's service has them. */
export const LIMITS = { maxPages: 2000, maxCharacters: 50_000_000 };
export const PARSERS = ['pdfjs'];
export const CONTEXT = { documentId: 'eval', run: 'eval', attempt: 1, deadlineMs: 120_000 };

const PARSED_KEY = codeVersion('parse');

/** What the parser's worker function makes of a file's bytes; kept by content and code. */
export async function parseBytes(bytes, cache) {
  return cache.get('parsed', `${digestOf(bytes).slice(0, 32)}-${PARSED_KEY}`, async () => {
    const { parsePdf } = await load('apps/parser/dist/worker.js');
    const { parsed } = await parsePdf(
      { bytes: Uint8Array.from(bytes), limits: LIMITS, parsers: PARSERS },
      CONTEXT,
    );
    return unpack(parsed);
  });
}

export async function unpack(parsed) {
  const { unpackParsed } = await load('libs/core/dist/index.js');
  return unpackParsed(parsed);
}

/** A document as it travels between the stages. */
export function pack(document) {
  return promisify(gzip)(JSON.stringify(document), { level: 1 });
}

export async function findModel(named) {
  const { defaultCacheDir, modelFolder } = await load('libs/platform/dist/index.js');
  const folders = [named, process.env.DOCSTREAM_MODEL_DIR, modelFolder(defaultCacheDir(process.env))];
  const found = folders.find(
    (folder) => folder !== undefined && existsSync(join(folder, 'onnx/model_quantized.onnx')),
  );
  if (found === undefined)
    throw new EvaluationError('no embedding model: give --model-dir or run the demo once, which fetches it');
  return resolve(found);
}

/** Embeds texts one by one through the cache; the model itself is loaded for the first that is not there. */
export function createCachedEmbedder(modelDir, cache) {
  const version = `${digestOf(readFileSync(join(modelDir, 'onnx/model_quantized.onnx'))).slice(0, 16)}-${codeVersion('embed')}`;
  const vectors = cache.vectors(version);
  let loading;
  const loadModel = () => {
    loading ??= load('libs/adapters/transformers/dist/index.js').then(({ createEmbedder }) =>
      createEmbedder({ modelDir }),
    );
    return loading;
  };
  return {
    version,
    name: async () =>
      (await cache.get('model', version, async () => ({ name: (await loadModel()).name }))).name,
    async embed(texts) {
      const embedded = [];
      for (const text of texts) {
        const key = digestOf(text);
        let vector = vectors.get(key);
        if (vector === undefined) {
          [vector] = await (await loadModel()).embed([text]);
          vectors.set(key, vector);
        }
        embedded.push(vector);
      }
      return embedded;
    },
    close: async () => {
      if (loading !== undefined) await (await loading).close();
    },
  };
}

/** The extractor's worker function: the best value a field, by name. */
export async function extractValues(document, type, embeddedInvoice) {
  const { extract } = await loadExtractor();
  const { fields, extractor } = await extract(
    { parsed: await pack(document), type, embeddedInvoice },
    CONTEXT,
  );
  const values = new Map();
  const confidences = new Map();
  for (const { name, value, confidence } of fields) {
    if (values.has(name)) continue;
    values.set(name, JSON.parse(value));
    confidences.set(name, confidence);
  }
  return { values, confidences, extractor };
}

/** As the extractor's service is configured: what `--ignore-embedded` and `--prefer` ask for. */
export const embeddedInvoiceUse = (options) =>
  options['ignore-embedded'] ? 'ignore' : `prefer-${options.prefer}`;
