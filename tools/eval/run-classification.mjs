import { digestOf, codeVersion } from './code-version.mjs';
import { load } from './stages.mjs';

const VARIANTS = 3;

/**
 * Cross-validated verdicts and the baselines' types for every document: {verdicts, baselines}. Kept by the documents'
 * content, the code and the options.
 */
export async function runClassification({ documents, options, embedder, cache, say }) {
  const classification = await load('libs/classification/dist/index.js');
  const { validateClassification, validateTfidf, gateTypesOf, GATE_COVERAGES } = await load(
    'libs/evaluation/dist/index.js',
  );
  const { documentText } = await load('libs/contracts/dist/index.js');
  const model = await embedder.name();
  const key = digestOf(
    JSON.stringify([
      documents.map(({ entry, digest }) => [entry, digest]),
      [codeVersion('parse', 'classify'), embedder.version, options.folds, options.innerFolds, VARIANTS],
    ]),
  ).slice(0, 32);
  return cache.get('classification', key, async () => {
    const candidates = await makeCandidates({ documents, embedder, classification, say });
    const texts = candidates
      .filter(({ embeddings }) => embeddings.length > 0)
      .map(({ example, document }) => ({
        id: example.id,
        type: example.type,
        group: example.group,
        isGenerated: example.generated,
        text: documentText(document),
      }));
    const fold = (what) => (index) => say(`${what}: fold ${index + 1} of ${options.folds}`);
    const verdicts = validateClassification(candidates, {
      folds: options.folds,
      innerFolds: options.innerFolds,
      model,
      coverages: GATE_COVERAGES,
      types: new Set(gateTypesOf(documents.map(({ entry }) => entry))),
      onFold: fold('cross-validating'),
    });
    const real = texts.filter(({ isGenerated }) => !isGenerated);
    return {
      verdicts,
      baselines: {
        'TF-IDF + logistic regression': [...validateTfidf(real, options.folds, fold('TF-IDF'))],
        'the same, generated texts added to its training': [
          ...validateTfidf(texts, options.folds, fold('TF-IDF with generated texts')),
        ],
      },
    };
  });
}

async function makeCandidates({ documents, embedder, classification, say }) {
  const { chunkDocument, documentFeatures, generateTexts, hasEnoughText } = classification;
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
