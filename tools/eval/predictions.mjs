import { readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EvaluationError, root } from './arguments.mjs';
import { loadExtractor } from './extractor.mjs';
import { CONTEXT, LIMITS, PARSERS, embeddedInvoiceUse, findModel, load } from './stages.mjs';

const PARSER_MEMORY_MB = 1024;
const PARSER_DEADLINE_MS = 120_000;
const OUTPUT_BYTES = 512 * 1_048_576;

function pdfsUnder(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.pdf$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * Runs the shipped stages over a folder's PDFs and writes one line of JSON a document, as the demo prints it. PDFs of
 * unknown origin are parsed in worker processes that are killed when they take too long.
 */
export async function writePredictions(options, say) {
  const paths = pdfsUnder(options.root);
  if (paths.length === 0) throw new EvaluationError(`there is no PDF under ${options.root}`);
  const { createWorkerPool } = await load('libs/worker-pool/dist/index.js');
  const { documentIdOf } = await load('libs/contracts/dist/index.js');
  const { isPdf } = await load('libs/core/dist/index.js');
  const classifier = await load('apps/classifier/dist/worker.js');
  const extractor = await loadExtractor();
  await classifier.warmUp({
    modelDir: await findModel(options['model-dir']),
    modelSha256: null,
    headFile: null,
    labelsFile: null,
  });
  const parsers = createWorkerPool({
    function: { module: pathToFileURL(join(root, 'apps/parser/dist/worker.js')), export: 'parsePdf' },
    size: Math.min(2, availableParallelism()),
    limits: { wallMs: PARSER_DEADLINE_MS, memoryMb: PARSER_MEMORY_MB, outputBytes: OUTPUT_BYTES },
    codes: { timeout: 'PARSE_TIMEOUT', memory: 'PARSE_OUT_OF_MEMORY', output: 'PARSE_OUTPUT_TOO_LARGE' },
  });
  const predict = async (path) => {
    const bytes = Uint8Array.from(readFileSync(path));
    const nothing = {
      path,
      documentId: null,
      quality: null,
      type: null,
      confidence: null,
      fields: {},
      stagesMs: {},
    };
    if (!isPdf(bytes)) {
      const error = { code: 'NOT_A_PDF', message: 'the file does not begin as a PDF does' };
      return { ...nothing, state: 'rejected', error };
    }
    const documentId = documentIdOf('default', bytes);
    const context = { ...CONTEXT, documentId, deadlineMs: PARSER_DEADLINE_MS };
    try {
      const { value, runMs } = await parsers.run({ bytes, limits: LIMITS, parsers: PARSERS }, context);
      const decided = await decide(value, runMs, { classifier, extractor }, context, options);
      return { path, documentId, ...decided };
    } catch (error) {
      if (error.code === undefined) throw error;
      const { code, message } = error;
      return { ...nothing, documentId, state: 'dead-lettered', error: { code, message } };
    }
  };
  const lines = new Array(paths.length);
  let next = 0;
  const work = async () => {
    for (let index = next++; index < paths.length; index = next++) {
      if (index % 20 === 0) say(`document ${index + 1} of ${paths.length}`);
      lines[index] = JSON.stringify(await predict(paths[index]));
    }
  };
  try {
    await Promise.all([work(), work()]);
  } finally {
    await parsers.close();
  }
  const temporary = `${options.predictions}.${process.pid}`;
  writeFileSync(temporary, `${lines.join('\n')}\n`);
  renameSync(temporary, options.predictions);
  say(`wrote ${paths.length} lines to ${options.predictions}`);
}

async function decide({ parsed, quality }, parseMs, { classifier, extractor }, context, options) {
  const embeddedInvoice = embeddedInvoiceUse(options);
  const startedAt = performance.now();
  const { classification } = await classifier.classify({ parsed }, context);
  const classifiedAt = performance.now();
  const { fields } = await extractor.extract({ parsed, type: classification.type, embeddedInvoice }, context);
  const extractedAt = performance.now();
  const byName = Map.groupBy(fields, ({ name }) => name);
  return {
    state: 'stored',
    quality,
    type: classification.type,
    confidence: classification.confidence,
    fields: Object.fromEntries(
      [...byName].map(([name, values]) => [
        name,
        values.map(({ value, page, box, confidence }) => ({
          value: JSON.parse(value),
          page,
          box,
          confidence,
        })),
      ]),
    ),
    stagesMs: {
      parser: parseMs,
      classifier: classifiedAt - startedAt,
      extractor: extractedAt - classifiedAt,
      total: parseMs + extractedAt - startedAt,
    },
  };
}
