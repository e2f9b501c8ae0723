import { parseArgs } from 'node:util';
import { MUTATIONS, isMutation, type Mutation } from './patches.js';
import type { Scenario } from './scenario.js';

export interface ChaosArguments {
  readonly scenarios: readonly Scenario[];
  readonly seed: number;
  readonly minutes: number;
  readonly json: boolean;
  readonly list: boolean;
  readonly help: boolean;
  readonly mutations: readonly Mutation[];
}

export const USAGE = `Usage: npm run chaos -- [SCENARIO…] [--seed N] [--minutes N] [--json] [--mutate NAME] [--list]

Starts a platform and the services of its own, breaks things, and checks afterwards, from Kafka and PostgreSQL, that
nothing was lost and nothing happened twice. Exit code 1 when an invariant is violated. SCENARIO: default all.

  --seed N       repeat a run: it chooses where services die (default: chosen and printed)
  --minutes N    length of the scenarios of open length (default 1)
  --json         one JSON object on stdout; progress goes to stderr
  --mutate NAME  break the runtime itself, which must end in a violation (exit code 1): ${Object.keys(MUTATIONS).join(', ')};
                 all: every one of them, exit code 0 when each was caught
  --list         show the scenarios
  --help         show this text
`;

/** Throws a TypeError whose message names the wrong argument. */
export function readArguments(argv: readonly string[], known: readonly Scenario[]): ChaosArguments {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      seed: { type: 'string' },
      minutes: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      mutate: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const chosen = positionals.map((name) => {
    const found = known.find((scenario) => scenario.name === name);
    if (found === undefined) throw new TypeError(`There is no scenario ${name}: --list shows them.`);
    return found;
  });
  return {
    ...values,
    scenarios: chosen.length === 0 ? known : chosen,
    seed: values.seed === undefined ? Date.now() % 1_000_000 : readNumber('--seed', values.seed, 0),
    minutes: readNumber('--minutes', values.minutes, 0.1),
    mutations: readMutations(values.mutate),
  };
}

function readMutations(name: string | undefined): readonly Mutation[] {
  if (name === undefined) return [];
  if (name === 'all') return Object.keys(MUTATIONS) as Mutation[];
  if (!isMutation(name))
    throw new TypeError(`There is no mutation ${name}: use one of ${Object.keys(MUTATIONS).join(', ')}.`);
  return [name];
}

function readNumber(option: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isFinite(number) || number < least)
    throw new TypeError(`${option} takes a number of at least ${least}, not "${text}".`);
  return number;
}
