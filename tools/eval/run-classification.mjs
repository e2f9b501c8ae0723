import { digestOf, codeVersion } from './code-version.mjs';
import { load } from './stages.mjs';

const VARIANTS = 3;

/**
 * Cross-validated verdicts and the baselines' types for every document: {verdicts, baselines}. Both are kept by the
 * documents' content, the code and the options.
 */
export async function runClassification({ documents, options, embedder, cache, say }) {
  const { validateClassification, gateTypesOf, GATE_COVERAGES } = await load('libs/evaluation/dist/index.js');
  const model = await embedder.name();
  const corpus = documents.map(({ entry, digest }) => [entry, digest]);
  const keyOf = (...parts) => digestOf(JSON.stringify([corpus, VARIANTS, options.folds, parts])).slice(0, 32);
  let made;
  const candidates = () => (made ??= makeCandidates({ documents, embedder, say }));
  const onFold = (what) => (index) => say(`${what}: fold ${index + 1} of ${options.folds}`);

  const ownKey = keyOf(codeVersion('parse', 'classify'), embedder.version, options.innerFolds);
  const verdicts = await cache.get('classification', ownKey, async () =>
    validateClassification(await candidates(), {
      folds: options.folds,
      innerFolds: options.innerFolds,
      model,
      coverages: GATE_COVERAGES,
      types: new Set(gateTypesOf(documents.map(({ entry }) => entry))),
      onFold: onFold('cross-validating'),
    }),
  );
  const baselines = await cache.get('tfidf', keyOf(codeVersion('parse', 'tfidf')), async () =>
    classifyByTfidf(await candidates(), options.folds, onFold),
  );
  return { verdicts, baselines };
}

/** Pairs of document and type, by the baseline's name. */
async function classifyByTfidf(candidates, folds, onFold) {
  const { validateTfidf } = await load('libs/evaluation/dist/index.js');
  const { documentText } = await load('libs/contracts/dist/index.js');
  const texts = candidates
    .filter(({ embeddings }) => embeddings.length > 0)
    .map(({ example: { id, type, group, generated }, document }) => ({
      id,
      type,
      group,
      isGenerated: generated,
      text: documentText(document),
    }));
  const real = texts.filter(({ isGenerated }) => !isGenerated);
  return {
    'TF-IDF + logistic regression': [...validateTfidf(real, folds, onFold('TF-IDF'))],
    'the same, generated texts added to its training': [
      ...validateTfidf(texts, folds, onFold('TF-IDF with generated texts')),
    ],
  };
}

async function makeCandidates({ documents, embedder, say }) {
  const { chunkDocument, documentFeatures, generateTexts, hasEnoughText } = await load(
    'libs/classification/dist/index.js',
  );
  const candidates = [];
  for (const [index, { entry, document }] of documents.entries()) {
    if (index % 20 === 0) say(`embedding ${index + 1} of ${documents.length}`);
    const embeddings = hasEnoughText(document) ? await embedder.embed(chunkDocument(document)) : [];
    candidates.push({
      example: {
        id: entry.path,
        type: entry.type,
        alsoAcceptable: entry.alsoAcceptable,
        group: entry.group,
        generated: false,
        features: documentFeatures(document, embeddings),
      },
      languages: entry.languages,
      document,
      embeddings,
    });
  }
  const generated = generateTexts(VARIANTS);
  say(`embedding ${generated.length} generated texts`);
  for (const { id, type, group, language, document } of generated) {
    const embeddings = await embedder.embed(chunkDocument(document));
    const features = documentFeatures(document, embeddings, { hasLayout: false });
    const example = { id, type, alsoAcceptable: [], group, generated: true, features };
    candidates.push({ example, languages: [language], document, embeddings });
  }
  return candidates;
}
