import { Terminal } from '@docstream/cli';
import type { Environment } from '@docstream/config';
import { Arena } from './arena.js';
import { USAGE, readArguments, type ChaosArguments } from './arguments.js';
import { runMutation } from './mutations.js';
import { verifyPatches } from './patches.js';
import { printResults, printScenarios } from './report.js';
import { runScenario, type ScenarioResult } from './run-scenario.js';
import type { Scenario } from './scenario.js';
import { SCENARIOS } from './scenarios/index.js';
import { root } from './arena.js';

const BACKLOG = 10_000;
const DEATHS = 3;

/** Runs what the arguments say and gives the exit code: 0, 1 for a violation, 2 for wrong arguments. */
export async function runChaos(argv: readonly string[], env: Environment): Promise<number> {
  const terminal = new Terminal({
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    hasColours: process.stdout.isTTY && (env['NO_COLOR'] ?? '') === '',
    isInteractive: process.stderr.isTTY,
  });
  let options: ChaosArguments;
  try {
    options = readArguments(argv, SCENARIOS);
  } catch (error) {
    terminal.warn(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    terminal.print(USAGE);
    return 0;
  }
  if (options.list) {
    printScenarios(terminal, SCENARIOS);
    return 0;
  }
  verifyPatches(root);
  const beganAt = performance.now();
  const say = (sentence: string): void => {
    const seconds = ((performance.now() - beganAt) / 1_000).toFixed(1);
    terminal.warn(`[${seconds.padStart(6)} s] ${sentence}`);
  };
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort());
  if (options.mutations.length > 0) return checkMutations(options, env, terminal, say);
  const results: ScenarioResult[] = [];
  for (const isFull of [false, true]) {
    const wanted = options.scenarios.filter((scenario) => (scenario.isFull ?? false) === isFull);
    if (wanted.length > 0) results.push(...(await runAll(wanted, isFull, options, env, say, stopped.signal)));
  }
  const violated = results.some(({ violations }) => violations.length > 0);
  if (options.json) terminal.print(JSON.stringify({ scenarios: results }));
  else printResults(terminal, results);
  return violated || stopped.signal.aborted ? 1 : 0;
}

async function runAll(
  scenarios: readonly Scenario[],
  isFull: boolean,
  { seed, minutes }: ChaosArguments,
  env: Environment,
  say: (sentence: string) => void,
  stopped: AbortSignal,
): Promise<readonly ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  let arena = await Arena.open({ env, isFull, onProgress: say });
  try {
    for (const scenario of scenarios) {
      if (stopped.aborted) break;
      say(`== ${scenario.name} (seed ${seed}): ${scenario.breaks}`);
      const result = await runScenario(arena, scenario, {
        seed,
        minutes,
        backlog: BACKLOG,
        deaths: DEATHS,
        say,
      });
      for (const { invariant, what } of result.violations) say(`VIOLATION of ${invariant}: ${what}`);
      if (result.skipped !== null) say(`SKIPPED: ${result.skipped}`);
      results.push(result);
      if (result.violations.length === 0) continue;
      // What one scenario leaves behind must not be held against the next.
      await arena.close();
      arena = await Arena.open({ env, isFull, onProgress: say });
    }
  } finally {
    await arena.close();
  }
  return results;
}

/** One mutation ends with 1 when it was caught (the run has violations), all of them with 0 when each was. */
async function checkMutations(
  { mutations, seed, json }: ChaosArguments,
  env: Environment,
  terminal: Terminal,
  say: (sentence: string) => void,
): Promise<number> {
  const results = [];
  for (const mutation of mutations) {
    const result = await runMutation(mutation, env, seed, say);
    const caughtBy = [...new Set(result.violations.map(({ invariant }) => invariant))];
    results.push({ ...result, mutation, caughtBy });
    const verdict = caughtBy.length > 0 ? `CAUGHT by ${caughtBy.join(', ')}` : 'NOT CAUGHT';
    if (json) say(`${mutation}: ${verdict}`);
    else terminal.print(`${mutation} in ${result.name}: ${verdict}`);
  }
  if (json) terminal.print(JSON.stringify({ scenarios: results }));
  const caught = results.filter(({ caughtBy }) => caughtBy.length > 0).length;
  if (mutations.length > 1) return caught === mutations.length ? 0 : 1;
  return caught === 1 ? 1 : 0;
}
