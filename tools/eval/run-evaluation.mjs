import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { EvaluationError, root } from './arguments.mjs';
import { Cache } from './cache.mjs';
import { codeVersion, digestOf } from './code-version.mjs';
import { runInvoice2data } from './invoice2data.mjs';
import { measureSpeed } from './measure-speed.mjs';
import { runClassification } from './run-classification.mjs';
import { runExtraction } from './run-extraction.mjs';
import { createCachedEmbedder, findModel, load, parseBytes } from './stages.mjs';

export const cacheOf = (options) =>
  new Cache(options['no-cache'] ? null : join(root, '.docstream/eval/cache'));

/** Measures everything that the options ask for: the result in the format of libs/evaluation. */
export async function runEvaluation(options, say) {
  const evaluation = await load('libs/evaluation/dist/index.js');
  const cache = cacheOf(options);
  const documents = await readCorpus(options, cache, say);
  const isClassifying = options.only !== 'extraction';
  const isExtracting = options.only !== 'classification';
  const modelDir = isClassifying ? await findModel(options['model-dir']) : null;
  const embedder = modelDir === null ? null : createCachedEmbedder(modelDir, cache);
  const classified =
    embedder === null ? null : await runClassification({ documents, options, embedder, cache, say });
  const extracted = isExtracting
    ? await runExtraction({ documents, verdicts: classified?.verdicts, options, say })
    : null;
  const baseline = isExtracting && options.baselines ? await runInvoice2data(documents, say) : null;
  const speed =
    modelDir !== null && isExtracting && options.speedSample > 0
      ? await measureSpeed({ documents, modelDir, sample: options.speedSample, say })
      : null;
  say('drawing intervals');
  const { records, classification } = recordsOf(evaluation, documents, classified, extracted, baseline);
  const languages = headLanguages();
  const extraction =
    extracted === null
      ? null
      : evaluation.measureExtraction(records, {
          languages,
          ...(baseline?.problem === undefined ? {} : { invoice2dataProblem: baseline.problem }),
        });
  const model = embedder === null ? null : await embedder.name();
  await embedder?.close();
  return {
    format: 'docstream-evaluation',
    version: 1,
    facts: {
      corpus: digestOf(JSON.stringify(documents.map(({ entry, digest }) => [entry, digest]))).slice(0, 16),
      documents: documents.length,
      parser: documents[0].document.parser,
      model,
      extractor: extracted?.extractor ?? null,
      code: codeVersion('parse', 'embed', 'classify', 'extract'),
      folds: options.folds,
      innerFolds: options.innerFolds,
    },
    gates: evaluation.judgeAll(classification, extraction, speed),
    classification,
    extraction,
    speed,
    documents: records,
  };
}

/** The documents of the manifest, parsed. */
export async function readCorpus(options, cache, say) {
  const { readManifest } = await load('libs/evaluation/dist/index.js');
  const { hasEnoughText } = await load('libs/classification/dist/index.js');
  const folder = dirname(options.manifest);
  const entries = readManifest(readFileSync(options.manifest, 'utf8')).filter(
    ({ path }) => options.filter === undefined || path.includes(options.filter),
  );
  if (entries.length === 0) throw new EvaluationError('the manifest names no document to be measured');
  const documents = [];
  for (const [index, entry] of entries.entries()) {
    if (index % 20 === 0) say(`reading ${index + 1} of ${entries.length}`);
    const bytes = readFileSync(resolve(folder, entry.path));
    const document = await parseBytes(bytes, cache);
    documents.push({
      entry,
      document,
      digest: digestOf(bytes).slice(0, 32),
      hasText: hasEnoughText(document),
      path: resolve(folder, entry.path),
    });
  }
  return documents;
}

function headLanguages() {
  return JSON.parse(readFileSync(join(root, 'models/head/head.json'), 'utf8')).languages;
}

/** Joins what the steps gave into one record a document. */
function recordsOf(evaluation, documents, classified, extracted, baseline) {
  const { isAcceptable, measureClassification, scopeOf } = evaluation;
  const verdicts = new Map(classified?.verdicts.map((verdict) => [verdict.id, verdict]));
  const types = Object.entries(classified?.baselines ?? {}).map(([name, pairs]) => [name, new Map(pairs)]);
  const judged = documents.flatMap(({ entry, hasText }) => {
    const verdict = verdicts.get(entry.path);
    if (verdict === undefined) return [];
    const baselines = new Map(types.map(([name, given]) => [name, given.get(entry.path) ?? 'unknown']));
    return [{ entry, hasText, verdict, baselines }];
  });
  const records = documents.map(({ entry, hasText }) => {
    const { path, type, group, languages } = entry;
    const verdict = verdicts.get(path);
    const views = extracted?.results.get(path);
    const invoice2data = baseline?.results.get(path);
    return {
      path,
      type,
      group,
      languages,
      ...(verdict === undefined
        ? {}
        : {
            classification: {
              scope: scopeOf({ hasText, verdict }),
              emitted: verdict.classification.type,
              likeliest: verdict.likeliest,
              confidence: verdict.classification.confidence,
              isRight: isAcceptable(entry, verdict.likeliest),
            },
          }),
      ...(views === undefined
        ? {}
        : { fields: { ...views, ...(invoice2data === undefined ? {} : { invoice2data }) } }),
    };
  });
  return { records, classification: classified === null ? null : measureClassification(judged) };
}
