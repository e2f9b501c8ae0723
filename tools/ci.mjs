// Runs the checks and the tests, counts what the tests say, and ends with `N passed, N failed, N skipped`.
//   node tools/ci.mjs check               format, lint, types, generated files, unit tests
//   node tools/ci.mjs test [JEST ARGS]    unit, integration and end-to-end tests
//   node tools/ci.mjs ci                  check, then every other test once
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runNode } from './run-child.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);

/** Jest is ended when it has not ended by itself so long after its results: something it left open keeps it. */
const LEFT_OPEN_AFTER_MS = 20_000;
const SUITES = {
  // Longer than Jest's own 5 s: property tests on a machine that has other work, too.
  unit: { projects: ['unit'], args: ['--testTimeout=30000'] },
  real: { projects: ['int', 'e2e'], args: ['--runInBand', '--testTimeout=120000'] },
};
const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

async function step(name, args, env = {}) {
  console.error(`\n== ${name}`);
  const code = await runNode(process.execPath, args, { env: { ...process.env, ...env } });
  if (code >= 128) process.exit(code);
  if (code !== 0) failures.push(name);
}

function count(outputFile, name) {
  if (!existsSync(outputFile)) {
    totals.failed += 1;
    failures.push(`${name} tests (they ended without results)`);
    return;
  }
  const results = JSON.parse(readFileSync(outputFile, 'utf8'));
  totals.passed += results.numPassedTests;
  // A file that cannot even be loaded has no test that could fail.
  totals.failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
  totals.skipped += results.numPendingTests + results.numTodoTests;
  if (!results.success) failures.push(`${name} tests`);
}

async function runTests(name, extra) {
  console.error(`\n== ${name} tests`);
  const { projects, args } = SUITES[name];
  const folder = mkdtempSync(join(tmpdir(), 'docstream-jest-'));
  const outputFile = join(folder, 'results.json');
  let watch;
  const code = await runNode(
    process.execPath,
    [
      ...[
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        'node_modules/jest/bin/jest.js',
      ],
      ...['--selectProjects', ...projects, '--passWithNoTests', '--json', `--outputFile=${outputFile}`],
      ...args,
      ...extra,
    ],
    {
      onStart(child) {
        let writtenAt;
        watch = setInterval(() => {
          if (existsSync(outputFile)) writtenAt ??= Date.now();
          if (writtenAt === undefined || Date.now() - writtenAt < LEFT_OPEN_AFTER_MS) return;
          failures.push(`${name} tests (something was left open: Jest did not end)`);
          child.kill('SIGKILL');
          clearInterval(watch);
        }, 1_000);
      },
    },
  );
  clearInterval(watch);
  count(outputFile, name);
  if (code !== 0 && failures.length === 0) failures.push(`${name} tests (exit code ${code})`);
  rmSync(folder, { recursive: true, force: true });
}

async function check() {
  await step('format', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.']);
  if (existsSync('eslint.config.mjs')) {
    // The boundary rule reads a project graph: a fresh one, without a daemon that would outlive us.
    await step('lint', ['node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0'], {
      NX_DAEMON: 'false',
      NX_CACHE_PROJECT_GRAPH: 'false',
    });
  }
  await step('types', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']);
  await step('generated files', ['tools/generate.mjs', '--check']);
  await runTests('unit', []);
}

const [command, ...extra] = process.argv.slice(2);
if (command === 'check' || command === 'ci') await check();
if (command === 'test') await runTests('unit', extra);
if (command === 'test' || command === 'ci') await runTests('real', extra);
if (failures.length > 0) console.error(`\nfailed: ${failures.join(', ')}`);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = failures.length > 0 || totals.failed > 0 ? 1 : 0;
