// Benchmarks. Each measures several things one after the other and prints one result.
//   npm run bench -- runtime [--json] [--quick] [--only copy,keys,latency,memory,recovery]
//                            [--profile FOLDER] [--settings JSON]
//   npm run bench -- parse   [--json] [--quick] [--only text,speed,sandbox,hostile]
//                            [--profile FOLDER] [--corpus FOLDER]
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PlatformError, defaultCacheDir } from '@docstream/platform';
import * as parse from './parse.mjs';
import * as parseTable from './parse-table.mjs';
import { BenchError, MissingError } from './parts/bench-error.mjs';
import * as runtime from './runtime.mjs';

const BENCHES = {
  runtime: {
    measures: runtime.MEASURES,
    option: 'settings',
    measure: runtime.measureRuntime,
    render: runtime.renderTable,
  },
  parse: {
    measures: parse.MEASURES,
    option: 'corpus',
    measure: parse.measureParsing,
    render: parseTable.renderTable,
  },
};
const USAGE = Object.entries(BENCHES)
  .map(
    ([name, { measures }]) =>
      `npm run bench -- ${name} [--json] [--quick] [--only ${Object.keys(measures).join(',')}]`,
  )
  .join(' or ');
const USAGE_EXIT = 2;
const say = (sentence) => process.stderr.write(`bench: ${sentence}\n`);

class UsageError extends Error {}

function readSettings(text) {
  try {
    const settings = JSON.parse(text);
    if (settings !== null && typeof settings === 'object' && !Array.isArray(settings)) return settings;
  } catch (error) {
    throw new UsageError(`--settings is no JSON (${error.message}).`);
  }
  throw new UsageError('--settings must be a JSON object of runtime settings.');
}

function readArguments(args) {
  const options = {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    profile: { type: 'string' },
    settings: { type: 'string' },
    corpus: { type: 'string' },
  };
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${error.message.split('. ')[0]}: ${USAGE}`);
  }
  const { values, positionals } = parsed;
  if (positionals.length !== 1 || !Object.hasOwn(BENCHES, positionals[0]))
    throw new UsageError(`There is no benchmark "${positionals.join(' ')}": ${USAGE}`);
  const [name] = positionals;
  const bench = BENCHES[name];
  const foreign = ['settings', 'corpus'].find(
    (option) => option !== bench.option && values[option] !== undefined,
  );
  if (foreign !== undefined) throw new UsageError(`${name} has no --${foreign}: ${USAGE}`);
  const names = values.only === undefined ? Object.keys(bench.measures) : values.only.split(',');
  const unknown = names.find((one) => !Object.hasOwn(bench.measures, one));
  if (unknown !== undefined)
    throw new UsageError(
      `There is no measure "${unknown}": use some of ${Object.keys(bench.measures).join(', ')}.`,
    );
  return { ...values, bench, names, settings: readSettings(values.settings ?? '{}') };
}

try {
  const { bench, names, json, quick, corpus, settings, profile } = readArguments(process.argv.slice(2));
  const options = { quick, corpus, settings, say, cacheDir: defaultCacheDir(process.env) };
  if (profile !== undefined) {
    options.profile = resolve(profile);
    mkdirSync(options.profile, { recursive: true });
  }
  const results = await bench.measure(names, options);
  process.stdout.write(json ? `${JSON.stringify(results)}\n` : `${bench.render(results)}\n`);
} catch (error) {
  const isKnown = [UsageError, BenchError, PlatformError].some((known) => error instanceof known);
  say(isKnown ? error.message : error.stack);
  process.exitCode = error instanceof UsageError || error instanceof MissingError ? USAGE_EXIT : 1;
}
