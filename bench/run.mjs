// Benchmarks on a platform of their own, which is removed afterwards.
//   npm run bench -- runtime [--json] [--quick] [--only copy,keys,latency,memory,recovery]
//                            [--profile FOLDER] [--settings JSON]
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import {
  ARTIFACTS,
  PlatformError,
  defaultCacheDir,
  removePlatformData,
  startPlatform,
} from '@docstream/platform';
import { BenchError } from './parts/bench-error.mjs';
import { Cluster } from './parts/cluster.mjs';
import { MEASURES, measureRuntime, renderTable } from './runtime.mjs';

const USAGE = `npm run bench -- runtime [--json] [--quick] [--only ${Object.keys(MEASURES).join(',')}]`;
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

function parse(args) {
  const options = {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    profile: { type: 'string' },
    settings: { type: 'string', default: '{}' },
  };
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${error.message.split('. ')[0]}: ${USAGE}`);
  }
  const { values, positionals } = parsed;
  if (positionals.length !== 1 || positionals[0] !== 'runtime')
    throw new UsageError(`There is no benchmark "${positionals.join(' ')}": ${USAGE}`);
  const names = values.only === undefined ? Object.keys(MEASURES) : values.only.split(',');
  const unknown = names.find((name) => !Object.hasOwn(MEASURES, name));
  if (unknown !== undefined)
    throw new UsageError(
      `There is no measure "${unknown}": use some of ${Object.keys(MEASURES).join(', ')}.`,
    );
  return { ...values, settings: readSettings(values.settings), names };
}

async function measure({ names, quick, profile, settings }) {
  const cacheDir = defaultCacheDir(process.env);
  const jars = join(cacheDir, ARTIFACTS.streams.folder);
  if (names.includes('copy') && !existsSync(jars))
    throw new BenchError(`${jars} is missing: run \`node tools/fetch-platform.mjs streams\` once.`);
  if (profile !== undefined) mkdirSync(profile, { recursive: true });
  const dataDir = mkdtempSync(join(tmpdir(), 'docstream-bench-'));
  let platform;
  let end;
  const stop = () => (end ??= Promise.resolve(platform?.stop()).then(() => removePlatformData(dataDir)));
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ])
    process.once(signal, () => void stop().then(() => process.exit(128 + number)));
  try {
    const blobs = join(dataDir, 'blobs');
    mkdirSync(blobs);
    platform = await startPlatform({
      dataDir,
      cacheDir,
      parts: ['kafka'],
      env: process.env,
      onProgress: say,
    });
    const cluster = new Cluster(platform.kafkaBrokers.split(','));
    await cluster.open();
    const context = { cluster, say, quick, dataDir, jars, settings, blobStoreUrl: pathToFileURL(blobs).href };
    if (profile !== undefined) context.profile = resolve(profile);
    const results = await measureRuntime(names, context);
    await cluster.close();
    return results;
  } finally {
    await stop();
  }
}

try {
  const options = parse(process.argv.slice(2));
  const results = await measure(options);
  process.stdout.write(options.json ? `${JSON.stringify(results)}\n` : `${renderTable(results)}\n`);
} catch (error) {
  const isKnown = [UsageError, BenchError, PlatformError].some((known) => error instanceof known);
  say(isKnown ? error.message : error.stack);
  process.exitCode = error instanceof UsageError ? USAGE_EXIT : 1;
}
