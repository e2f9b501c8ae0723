import { extractValues, load, withoutEmbedded } from './stages.mjs';

/**
 * Field results of every view by path. The type is the truth's, and for `endToEnd` the one that the head of the fold
 * emitted, where the document is in a language that it was trained on.
 */
export async function runExtraction({ documents, verdicts, options, say }) {
  const { scoreFields } = await load('libs/evaluation/dist/index.js');
  const byId = new Map(verdicts?.map((verdict) => [verdict.id, verdict]));
  const results = new Map();
  let extractorName = null;
  for (const [index, { entry, document, hasText }] of documents.entries()) {
    if (index % 20 === 0) say(`extracting ${index + 1} of ${documents.length}`);
    const score = async (parsed, type, isTextAlone) => {
      const { values, extractor } = await extractValues(parsed, type);
      extractorName = extractor;
      return scoreFields(entry, values, { isTextAlone });
    };
    const textAlone = withoutEmbedded(document);
    const views = { textAlone: await score(textAlone, entry.type, true) };
    const verdict = byId.get(entry.path);
    if (verdict?.isInTrainedLanguage === true && hasText)
      views.endToEnd = await score(textAlone, verdict.classification.type, true);
    const hasEmbedded = entry.hasEmbeddedXml || document.embeddedInvoice !== undefined;
    if (hasEmbedded && !options['ignore-embedded']) views.embedded = await score(document, entry.type, false);
    results.set(entry.path, views);
  }
  return { results, extractor: extractorName };
}
