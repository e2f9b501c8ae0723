import { format, resolveConfig } from 'prettier';
import { join } from 'node:path';
import { root } from './arguments.mjs';
import { cacheOf, readCorpus } from './run-evaluation.mjs';
import { extractorSettings } from './extractor.mjs';
import { load } from './stages.mjs';

/**
 * Fits the extractor's calibration on the corpus, text alone and the right types given: the source of the table and a
 * report of what it does, cross-validated by group.
 */
export async function runCalibration(options, say) {
  const { fitCalibration, scoreFields, validateCalibration } = await load('libs/evaluation/dist/index.js');
  const { extractFields, familyOfField } = await load('libs/extraction/dist/index.js');
  const { definitions } = await extractorSettings();
  const documents = await readCorpus(options, cacheOf(options), say);
  const values = documents.flatMap(({ entry, document }) => {
    const found = extractFields(document, entry.type, {
      definitions,
      embeddedInvoice: 'ignore',
      calibration: {},
    });
    const best = new Map(found.toReversed().map((field) => [field.name, field]));
    const named = new Map([...best].map(([name, { value }]) => [name, value]));
    return scoreFields(entry, named, { isTextAlone: true })
      .filter(({ outcome }) => outcome !== 'missed')
      .map(({ field, outcome }) => {
        const source = best.get(field) ?? best.get('line_items');
        return {
          family: familyOfField(source, entry.type, definitions),
          confidence: source.confidence,
          isRight: outcome === 'right',
          type: entry.type,
          group: entry.group,
        };
      });
  });
  const table = fitCalibration(values);
  return { table: await sourceOf(table), report: reportOf(validateCalibration(values, options.folds)) };
}

async function sourceOf(table) {
  const file = join(root, 'libs/extraction/src/calibration-table.ts');
  const source = `// Made by \`npm run eval -- --calibrate\`; do not edit.
import type { CalibrationTable } from './calibrate.js';

/** How often the values of each family were right on the corpus, drawn toward what the rules say. */
export const CALIBRATION: CalibrationTable = ${JSON.stringify(table)};
`;
  return format(source, { ...(await resolveConfig(file)), filepath: file });
}

function reportOf({ values, before, after, bins }) {
  const rows = bins.map(
    ({ from, documents, confidence, accuracy }) =>
      `  ${from.toFixed(1)}  ${String(documents).padStart(6)}  ${confidence.toFixed(3)}  ${accuracy.toFixed(3)}`,
  );
  return [
    `${values} values; expected calibration error ${before.toFixed(3)} as the rules say, ${after.toFixed(3)} calibrated (cross-validated by group)`,
    '  from  values   mean  right',
    ...rows,
    '',
  ].join('\n');
}
