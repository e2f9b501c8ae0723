import type { Environment } from '@docstream/config';
import { Arena } from './arena.js';
import type { Mutation } from './patches.js';
import { runScenario, type ScenarioResult } from './run-scenario.js';
import { SCENARIOS } from './scenarios/index.js';

/** The scenario in which each mutation shows soonest. */
const SHOWN_BY: Readonly<Record<Mutation, string>> = {
  'commit-before-publish': 'kill-classifier-in-transaction',
  'no-fence': 'zombie',
  'off-by-one': 'rolling-restart',
  'drop-on-revoke': 'rolling-restart',
  'dense-offsets': 'same-documents',
};
const REST_WITHIN_MS = 15_000;

/** Runs a scenario on a runtime that is broken on purpose. */
export async function runMutation(
  mutation: Mutation,
  env: Environment,
  seed: number,
  say: (sentence: string) => void,
): Promise<ScenarioResult> {
  const scenario = SCENARIOS.find(({ name }) => name === SHOWN_BY[mutation]);
  if (scenario === undefined) throw new Error(`there is no scenario ${SHOWN_BY[mutation]}`);
  say(`== ${mutation} in ${scenario.name}`);
  const arena = await Arena.open({ env, mutation, onProgress: say });
  try {
    const settings = { seed, minutes: 1, backlog: 1_000, deaths: 1, say, restWithinMs: REST_WITHIN_MS };
    const result = await runScenario(arena, scenario, settings);
    for (const { invariant, what } of result.violations) say(`violation of ${invariant}: ${what}`);
    return result;
  } finally {
    await arena.close();
  }
}
