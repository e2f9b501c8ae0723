import type { Terminal } from '@docstream/cli';
import type { ScenarioResult } from './run-scenario.js';
import type { Scenario } from './scenario.js';

export function printResults(terminal: Terminal, results: readonly ScenarioResult[]): void {
  terminal.printTable(
    ['scenario', 'accepted', 'stored', 'dead-lettered', 'missing', 'duplicated', 'seconds', 'result'],
    results.map((result) => [
      result.name,
      ...[
        result.accepted,
        result.stored,
        result.deadLettered,
        result.lost,
        result.duplicated,
        result.seconds,
      ].map(String),
      verdictOf(result),
    ]),
  );
  const skipped = results.filter((result) => result.skipped !== null).length;
  const failed = results.filter(({ violations }) => violations.length > 0).length;
  const seed = results[0]?.seed ?? 0;
  terminal.print(
    `${results.length - skipped - failed} passed, ${failed} violated, ${skipped} skipped; again: --seed ${seed}`,
  );
}

function verdictOf({ skipped, violations }: ScenarioResult): string {
  if (skipped !== null) return `SKIPPED: ${skipped}`;
  if (violations.length === 0) return 'ok';
  return violations.map(({ invariant, what }) => `${invariant}: ${what}`).join('\n');
}

export function printScenarios(terminal: Terminal, scenarios: readonly Scenario[]): void {
  terminal.printTable(
    ['scenario', 'what is broken', 'what must hold'],
    scenarios.map(({ name, breaks, holds }) => [name, breaks, holds]),
  );
}
