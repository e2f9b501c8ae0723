import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Arena, root } from './arena.js';
import { verifyPatches } from './patches.js';
import { runScenario } from './run-scenario.js';
import { SCENARIOS } from './scenarios/index.js';

jest.setTimeout(240_000);

const TESTED = SCENARIOS.filter(({ isInTests }) => isInTests === true);
const said: string[] = [];
const say = (sentence: string): void => void said.push(sentence);

describe('the services under fire', () => {
  let arena: Arena;
  beforeAll(async () => {
    verifyPatches(root);
    arena = await Arena.open({ env: process.env, onProgress: say });
  }, 180_000);
  afterAll(() => arena.close(), 90_000);

  it('has eight scenarios: five deaths, a zombie, a broker and a dependency that die', () => {
    expect(TESTED.map(({ name }) => name)).toEqual([
      'kill-parser-after-run',
      'kill-classifier-after-fetch',
      'kill-classifier-in-transaction',
      'kill-extractor-after-transaction',
      'kill-store-after-database-commit',
      'zombie',
      'broker-kill',
      'database-down',
    ]);
  });

  it.each(TESTED.map((scenario) => [scenario.name, scenario] as const))(
    'keeps its promise in %s',
    async (name, scenario) => {
      said.length = 0;
      const result = await runScenario(arena, scenario, {
        seed: 1,
        minutes: 0.2,
        backlog: 200,
        deaths: 1,
        say,
      });
      const { accepted, stored, lost, duplicated, violations } = result;
      expect({ name, violations, said: violations.length > 0 ? said : [] }).toEqual({
        name,
        violations: [],
        said: [],
      });
      expect({ stored, lost, duplicated }).toEqual({ stored: accepted, lost: 0, duplicated: 0 });
      expect(accepted).toBeGreaterThanOrEqual(40);
    },
  );
});
