import type { KillPoint } from '../patches.js';
import type { AppName } from '../pipeline.js';
import { until } from '../waiting.js';
import { pick, type Scenario, type Stage } from '../scenario.js';

const DOCUMENTS = 40;

const PLACES: Readonly<Record<KillPoint, string>> = {
  'after-fetch': 'right after a fetch',
  'after-run': 'after its function, before anything is published',
  'before-transaction': 'with its outputs ready, before the transaction',
  'in-transaction': 'within the transaction, everything sent',
  'after-transaction': 'right after the commit, before it knows of it',
  'before-database-commit': 'within the database transaction',
  'after-database-commit': 'right after the database commit, before Kafka has the position',
};

/** Load before and after; the service dies somewhere in it, again and again, at a record that the seed chooses. */
async function dieThere(
  { arena, ledger, random, say, deaths }: Stage,
  app: AppName,
  point: KillPoint,
): Promise<void> {
  const { pipeline } = arena;
  for (let death = 1; death <= deaths; death += 1) {
    const before = pipeline.restartsOf(app);
    pipeline.arm(app, point, pick(random, 0, 5));
    await ledger.submit(DOCUMENTS, { workMs: pick(random, 0, 20) });
    // A point that is passed once a batch may need more batches than this load has.
    await until(
      `${app} dies ${PLACES[point]}`,
      async () => {
        if (pipeline.restartsOf(app) === before) await ledger.submit(2);
        return pipeline.restartsOf(app) > before;
      },
      40_000,
    );
    say(`${app} died ${PLACES[point]} (${death} of ${deaths})`);
  }
}

function scenario(app: AppName, point: KillPoint, isInTests = false): Scenario {
  return {
    name: `kill-${app}-${point}`,
    breaks: `kill -9 of the ${app} ${PLACES[point]}, again and again under load`,
    holds: 'nothing lost, nothing twice',
    isInTests,
    run: (stage) => dieThere(stage, app, point),
  };
}

const STAGE_POINTS = [
  'after-fetch',
  'after-run',
  'before-transaction',
  'in-transaction',
  'after-transaction',
] as const satisfies readonly KillPoint[];
const STORE_POINTS = [
  'after-fetch',
  'before-database-commit',
  'after-database-commit',
] as const satisfies readonly KillPoint[];
const TESTED: ReadonlySet<string> = new Set([
  'classifier after-fetch',
  'parser after-run',
  'classifier in-transaction',
  'extractor after-transaction',
  'store after-database-commit',
]);

export const KILLS: readonly Scenario[] = [
  ...(['parser', 'classifier', 'extractor'] as const).flatMap((app) =>
    STAGE_POINTS.map((point) => scenario(app, point, TESTED.has(`${app} ${point}`))),
  ),
  ...STORE_POINTS.map((point) => scenario('store', point, TESTED.has(`store ${point}`))),
];
