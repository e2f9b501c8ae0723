// Measures the stage functions on a corpus with truth: `npm run eval -- --help`. Progress goes to stderr.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EvaluationError, USAGE, UsageError, readArguments, root } from './eval/arguments.mjs';
import { build } from './build.mjs';

const say = (text) => process.stderr.write(`eval: ${text}\n`);
const savedFile = (name) => join(root, '.docstream/eval', `${name}.json`);

function readSaved(name) {
  const file = savedFile(name);
  if (!existsSync(file)) throw new UsageError(`there is no saved result ${name} (${file})`);
  const result = JSON.parse(readFileSync(file, 'utf8'));
  if (result.format !== 'docstream-evaluation' || result.version !== 1)
    throw new EvaluationError(`${file} is of another version: measure and save it again`);
  return result;
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  say(`wrote ${file}`);
}

async function measure(options) {
  const before = options.compare === undefined ? null : readSaved(options.compare);
  const { runEvaluation } = await import('./eval/run-evaluation.mjs');
  const { stages, evaluation } = await libraries();
  const result = await runEvaluation(options, say);
  const comparison = before === null ? null : evaluation.compareResults(before, result);
  if (options.save !== undefined) write(savedFile(options.save), `${JSON.stringify(result)}\n`);
  if (options.json) {
    await stages.print(`${JSON.stringify({ ...result, ...(comparison === null ? {} : { comparison }) })}\n`);
    return;
  }
  const compared = comparison === null ? '' : `\n${evaluation.renderComparison(options.compare, comparison)}`;
  await stages.print(`${evaluation.renderResult(result)}${compared}`);
}

/** Loaded late: the build has to come first. */
async function libraries() {
  const { load } = await import('./eval/stages.mjs');
  const print = (text) => new Promise((resolve) => process.stdout.write(text, resolve));
  return { evaluation: await load('libs/evaluation/dist/index.js'), stages: { print } };
}

async function main(args) {
  const options = readArguments(args);
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  await build();
  if (options.quality !== undefined) {
    const { evaluation } = await libraries();
    write(join(root, 'docs/quality.md'), evaluation.renderQualityPage(readSaved(options.quality)));
  } else if (options.labels !== undefined) {
    const { measureLabels } = await import('./eval/measure-labels.mjs');
    const { stages } = await libraries();
    await stages.print(await measureLabels(options, say));
  } else if (options.root !== undefined) {
    const { writePredictions } = await import('./eval/predictions.mjs');
    await writePredictions(options, say);
  } else if (options.calibrate) {
    const { runCalibration } = await import('./eval/run-calibration.mjs');
    const { table, report } = await runCalibration(options, say);
    write(join(root, 'libs/extraction/src/calibration-table.ts'), table);
    process.stdout.write(report);
  } else {
    await measure(options);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    say(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
  } else {
    const isExplained =
      error instanceof EvaluationError || error instanceof RangeError || error instanceof SyntaxError;
    say(isExplained ? error.message : error.stack);
    process.exitCode = 1;
  }
}
