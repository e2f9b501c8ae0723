import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export const USAGE = `Usage: npm run eval -- [OPTIONS]
       npm run eval -- --root DIR --predictions FILE
       npm run eval -- --quality NAME
       npm run eval -- --labels FILE

Runs the stage functions (parse, classify, extract) over a corpus and prints how right they are, as Markdown.

  --manifest FILE      the corpus (default ../shared/corpus/manifest.jsonl); one JSON object a line
  --only PART          classification or extraction
  --ignore-embedded    do not look at electronic invoices inside
  --prefer SOURCE      what counts where page and electronic invoice contradict each other: page (default) or xml
  --baselines          invoice2data on the same invoices as well (needs Python, pip and pdftotext)
  --filter TEXT        only documents whose path contains it (for development; says nothing about quality)
  --folds N            folds of the cross-validation (default 10); --inner-folds N inside the training sets (default 3)
  --speed-sample N     documents that the speed is measured on (default 30; 0: not measured)
  --no-cache           parse, embed and train anew
  --json               one JSON object on stdout instead of tables
  --save NAME          keep the result as .docstream/eval/NAME.json
  --compare NAME       show what changed against a kept result
  --calibrate          fit the curves that make confidences of what the rules say, and write them to
                       libs/extraction/src/calibration-table.ts; measures nothing else
  --quality NAME       write docs/quality.md from a kept result, measure nothing
  --labels FILE        how right types described in words are (a labels file); measure nothing else
  --root DIR           a folder of PDFs without truth; with
  --predictions FILE   one line of JSON a document, as \`npm run demo -- --json\` prints it
  --model-dir DIR      the embedding model (default: the one that the demo fetched)

Exit codes: 0 measured, 1 failed, 2 wrong usage.
`;

export class UsageError extends Error {}
export class EvaluationError extends Error {}

const OPTIONS = {
  manifest: { type: 'string' },
  only: { type: 'string' },
  'ignore-embedded': { type: 'boolean', default: false },
  prefer: { type: 'string', default: 'page' },
  baselines: { type: 'boolean', default: false },
  filter: { type: 'string' },
  folds: { type: 'string', default: '10' },
  'inner-folds': { type: 'string', default: '3' },
  'speed-sample': { type: 'string', default: '30' },
  'no-cache': { type: 'boolean', default: false },
  calibrate: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  save: { type: 'string' },
  compare: { type: 'string' },
  quality: { type: 'string' },
  labels: { type: 'string' },
  root: { type: 'string' },
  predictions: { type: 'string' },
  'model-dir': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
};

function parse(args) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error.message.split('. ')[0]);
  }
}

function wholeNumber(values, name, least) {
  const number = Number(values[name]);
  if (!Number.isInteger(number) || number < least)
    throw new UsageError(`--${name} must be a whole number from ${least} on`);
  return number;
}

/** Reads the command line; throws a UsageError that names the wrong argument. */
export function readArguments(args) {
  const values = parse(args);
  for (const name of ['save', 'compare', 'quality']) {
    if (values[name] !== undefined && !/^[\w.-]+$/.test(values[name]))
      throw new UsageError(`--${name} takes a name of letters, digits, points, dashes and underscores`);
  }
  if (values.only !== undefined && !['classification', 'extraction'].includes(values.only))
    throw new UsageError('--only is classification or extraction');
  if (!['page', 'xml'].includes(values.prefer)) throw new UsageError('--prefer is page or xml');
  if ((values.root === undefined) !== (values.predictions === undefined))
    throw new UsageError('--root and --predictions belong together');
  const arguments_ = {
    ...values,
    folds: wholeNumber(values, 'folds', 2),
    innerFolds: wholeNumber(values, 'inner-folds', 2),
    speedSample: wholeNumber(values, 'speed-sample', 0),
    manifest: resolve(values.manifest ?? join(root, '../shared/corpus/manifest.jsonl')),
  };
  const isMeasuring = values.root === undefined && values.quality === undefined && !values.help;
  if (isMeasuring && !existsSync(arguments_.manifest))
    throw new UsageError(`there is no manifest at ${arguments_.manifest}: give --manifest`);
  if (values.root !== undefined && !existsSync(values.root))
    throw new UsageError(`there is no folder ${values.root}`);
  return arguments_;
}
