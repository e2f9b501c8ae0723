import { embeddedInvoiceUse, extractValues, load } from './stages.mjs';

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
    const score = async (type, use) => {
      const { values, confidences, extractor } = await extractValues(document, type, use);
      extractorName = extractor;
      return scoreFields(entry, values, { isTextAlone: use === 'ignore', confidences });
    };
    const views = { textAlone: await score(entry.type, 'ignore') };
    const verdict = byId.get(entry.path);
    if (verdict?.isInTrainedLanguage === true && hasText)
      views.endToEnd = await score(verdict.classification.type, 'ignore');
    const hasEmbedded = entry.hasEmbeddedXml || document.embeddedInvoice !== undefined;
    if (hasEmbedded && !options['ignore-embedded'])
      views.embedded = await score(entry.type, embeddedInvoiceUse(options));
    results.set(entry.path, views);
  }
  return { results, extractor: extractorName };
}
