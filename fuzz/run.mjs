// Damages PDFs at random, the same for the same seed, and looks whether the parser stands it.
//   npm run fuzz -- parse [--minutes N] [--seed N] [--json] [--workers N] [--adapter NAME] [--out FOLDER]
//   npm run fuzz -- parse --seed N --case N     one case again
//   npm run fuzz -- parse --file FILE           a kept input again
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeCase, readSources } from './cases.mjs';
import { ParserTarget, keepFinding } from './parse.mjs';
import { renderTable } from './table.mjs';

const USAGE = 'npm run fuzz -- parse [--minutes N] [--seed N] [--json] [--case N | --file FILE]';
const USAGE_EXIT = 2;
const PROGRESS_MS = 10_000;
const say = (sentence) => process.stderr.write(`fuzz: ${sentence}\n`);

class UsageError extends Error {}

function wholeNumber(values, name, fallback) {
  if (values[name] === undefined) return fallback;
  if (!/^\d{1,9}$/.test(values[name])) throw new UsageError(`--${name} must be a whole number: ${USAGE}`);
  return Number(values[name]);
}

function parse(args) {
  const text = { type: 'string' };
  const options = {
    minutes: text,
    seed: text,
    case: text,
    file: text,
    workers: text,
    adapter: text,
    out: text,
  };
  let parsed;
  try {
    parsed = parseArgs({ args, options: { ...options, json: { type: 'boolean' } }, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${error.message.split('. ')[0]}: ${USAGE}`);
  }
  const { values, positionals } = parsed;
  if (positionals.length !== 1 || positionals[0] !== 'parse')
    throw new UsageError(`There is nothing to fuzz named "${positionals.join(' ')}": ${USAGE}`);
  if (values.minutes !== undefined && !(Number(values.minutes) > 0))
    throw new UsageError(`--minutes must be a number above 0: ${USAGE}`);
  return {
    minutes: Number(values.minutes ?? 1),
    seed: wholeNumber(values, 'seed', Date.now() % 1_000_000),
    only: wholeNumber(values, 'case', undefined),
    workers: wholeNumber(values, 'workers', 2),
    file: values.file,
    adapter: values.adapter ?? 'pdfjs',
    out: resolve(values.out ?? fileURLToPath(new URL('../.docstream/fuzz', import.meta.url))),
    json: values.json ?? false,
  };
}

/** The cases to try, as long as there is time. */
function* casesOf({ seed, only, file, minutes }) {
  if (file !== undefined) {
    const bytes = new Uint8Array(readFileSync(file));
    yield { number: 0, source: basename(file), mutations: ['none'], bytes };
    return;
  }
  const sources = readSources();
  if (only !== undefined) {
    yield makeCase(sources, seed, only);
    return;
  }
  const until = performance.now() + minutes * 60_000;
  for (let number = 0; performance.now() < until; number += 1) yield makeCase(sources, seed, number);
}

async function fuzz(options) {
  const target = new ParserTarget(options);
  const findings = [];
  const ends = {};
  let tried = 0;
  const began = performance.now();
  const cases = casesOf(options);
  const lane = async () => {
    for (const each of cases) {
      const result = await target.try(each.bytes);
      tried += 1;
      for (const mutation of new Set(each.mutations)) {
        const row = (ends[mutation] ??= {});
        row[result.end] = (row[result.end] ?? 0) + 1;
      }
      if (result.trouble.length === 0) continue;
      findings.push(keepFinding(options.out, each, options.seed, result));
      say(`case ${each.number} (${each.source}, ${each.mutations}): ${result.end}: ${result.trouble[0]}`);
    }
  };
  const progress = setInterval(() => say(`${tried} cases, ${findings.length} findings`), PROGRESS_MS);
  try {
    await target.ready();
    // One generator for all: each case is taken once.
    await Promise.all(Array.from({ length: options.workers }, lane));
  } finally {
    clearInterval(progress);
    await target.close();
  }
  const seconds = (performance.now() - began) / 1_000;
  return { seed: options.seed, cases: tried, seconds: Math.round(seconds), findings, ends };
}

try {
  const options = parse(process.argv.slice(2));
  say(`seed ${options.seed}`);
  const results = await fuzz(options);
  process.stdout.write(`${options.json ? JSON.stringify(results) : renderTable(results)}\n`);
  if (results.findings.length > 0) process.exitCode = 1;
} catch (error) {
  say(error instanceof UsageError ? error.message : error.stack);
  process.exitCode = error instanceof UsageError ? USAGE_EXIT : 1;
}
