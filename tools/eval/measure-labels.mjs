import { readFileSync } from 'node:fs';
import { readCorpus, cacheOf } from './run-evaluation.mjs';
import { createCachedEmbedder, findModel, load } from './stages.mjs';

const percent = (part, whole) => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;

/** How right a labels file is about the corpus, as Markdown. No document teaches anything, so nothing is put aside. */
export async function measureLabels(options, say) {
  const { createClassifier } = await load('libs/classification/dist/index.js');
  const { macroF1Of, isAcceptable } = await load('libs/evaluation/dist/index.js');
  const cache = cacheOf(options);
  const documents = await readCorpus(options, cache, say);
  const embedder = createCachedEmbedder(await findModel(options['model-dir']), cache);
  const { version: name } = embedder;
  const labels = readFileSync(options.labels, 'utf8');
  const classifier = await createClassifier({ labels }, { name, embed: (texts) => embedder.embed(texts) });
  const rows = [];
  for (const [index, { entry, document, hasText }] of documents.entries()) {
    if (index % 20 === 0) say(`embedding ${index + 1} of ${documents.length}`);
    const { classification } = await classifier.classify(document);
    const { type, runnerUp, confidence } = classification;
    const isKnown = entry.languages.some((language) => classifier.languages.includes(language));
    const likeliest = type === 'unknown' ? (runnerUp ?? 'unknown') : type;
    const isRight = isAcceptable(entry, likeliest);
    const { path, type: wanted, group } = entry;
    rows.push({
      path,
      group,
      type: wanted,
      decided: likeliest,
      emitted: type,
      confidence,
      isRight,
      isKnown,
      hasText,
    });
  }
  await embedder.close();
  const judged = rows.filter(({ isKnown, hasText }) => isKnown && hasText);
  const decided = judged.filter(({ emitted }) => emitted !== 'unknown');
  const count = (list) => list.filter(({ isRight }) => isRight).length;
  const foreign = rows.filter(({ isKnown, hasText }) => !isKnown && hasText);
  return `| ${classifier.head}, ${judged.length} documents in ${classifier.languages.join(', ')} | |
|---|---:|
| accuracy of the likeliest type | ${(count(judged) / judged.length).toFixed(3)} |
| macro-F1 | ${macroF1Of(judged).toFixed(3)} |
| decided, the rest *unknown* | ${percent(decided.length, judged.length)} |
| errors among the decided | ${percent(decided.length - count(decided), decided.length)} |
| other languages rightly *unknown* | ${foreign.filter(({ emitted }) => emitted === 'unknown').length} of ${foreign.length} |
`;
}
