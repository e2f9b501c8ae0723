import { existsSync } from 'node:fs';
import type { Arena } from './arena.js';
import { collectEvidence, markLogs, type Marks } from './evidence.js';
import { countOutcomes, findViolations, type Counts, type Violation } from './invariants.js';
import { Skipped, seededRandom, type Scenario } from './scenario.js';

export interface ScenarioResult extends Counts {
  readonly name: string;
  readonly seed: number;
  /** Why it could not run here; null when it ran. */
  readonly skipped: string | null;
  readonly seconds: number;
  readonly violations: readonly Violation[];
}

const NOTHING: Counts = { accepted: 0, stored: 0, deadLettered: 0, lost: 0, duplicated: 0 };

export interface RunSettings {
  readonly seed: number;
  readonly minutes: number;
  readonly backlog: number;
  readonly deaths: number;
  readonly say: (sentence: string) => void;
  /** Overrides the scenario's own; mutations need not be waited for so long. */
  readonly restWithinMs?: number;
}

/** Runs one scenario and checks every invariant; what goes wrong in it is a violation too. */
export async function runScenario(
  arena: Arena,
  scenario: Scenario,
  settings: RunSettings,
): Promise<ScenarioResult> {
  const beganAt = performance.now();
  const { seed, say, minutes, backlog, deaths } = settings;
  const violations: Violation[] = [];
  const ledger = arena.newLedger();
  const result = (counts: Counts, skipped: string | null): ScenarioResult => ({
    name: scenario.name,
    seed,
    skipped,
    seconds: Math.round((performance.now() - beganAt) / 1_000),
    ...counts,
    violations,
  });
  let marks: Marks;
  try {
    await arena.pipeline.reset();
    marks = await markLogs(arena);
  } catch (error) {
    violations.push({ invariant: 'I1', what: `it could not begin: ${String(error)}` });
    return result(NOTHING, null);
  }
  try {
    await scenario.run({
      arena,
      ledger,
      random: seededRandom(seed),
      minutes,
      backlog,
      deaths,
      say,
      violate: (violation) => violations.push(violation),
    });
  } catch (error) {
    if (error instanceof Skipped) return result(NOTHING, error.message);
    violations.push({ invariant: 'I1', what: `the scenario broke off: ${String(error)}` });
  } finally {
    for (const proxy of Object.values(arena.platform.proxies)) proxy.set({ kind: 'none' });
  }
  try {
    await arena.pipeline.reset();
    await arena.untilAtRest(settings.restWithinMs ?? scenario.restWithinMs ?? 60_000);
    const acknowledged = new Set(ledger.accepted().keys());
    const grown = existsSync('/proc/self/fd') ? await arena.growth() : [];
    const evidence = await collectEvidence(arena, marks, acknowledged, { grown, notRedriven: null });
    violations.push(...findViolations(evidence));
    return result(countOutcomes(evidence), null);
  } catch (error) {
    violations.push({ invariant: 'I1', what: `the end could not be checked: ${String(error)}` });
    return result(NOTHING, null);
  }
}
