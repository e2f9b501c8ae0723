import { execFileSync } from 'node:child_process';
import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { NetworkFault } from '@docstream/platform';
import { newDocument } from '../documents.js';
import { Skipped, type Scenario, type Stage } from '../scenario.js';
import { until } from '../waiting.js';

type Part = 'kafka' | 'registry' | 'database';

function pidOf({ arena }: Stage, part: Part): number {
  const pid = arena.platform.pids[part];
  if (pid === undefined) throw new Error(`${part} is not running`);
  return pid;
}

/** Away for `awayMs` with documents before, meanwhile and after; where Kafka is away, submissions are repeated. */
async function away(stage: Stage, part: Part, signal: 'SIGKILL' | null, awayMs: number): Promise<void> {
  const { arena, ledger } = stage;
  await ledger.submit(60, { workMs: 10 });
  if (signal === null) {
    const restarted = arena.platform.restart(part);
    await Promise.all([restarted, ledger.submit(60)]);
  } else {
    process.kill(pidOf(stage, part), signal);
    const meanwhile = ledger.submit(60);
    await delay(awayMs);
    await Promise.all([arena.platform.restart(part), meanwhile]);
  }
  await arena.pipeline.untilReady();
  await ledger.submit(20);
}

async function freeze(stage: Stage, part: Part, forMs: number): Promise<void> {
  const { ledger } = stage;
  await ledger.submit(60, { workMs: 10 });
  const pid = pidOf(stage, part);
  process.kill(pid, 'SIGSTOP');
  try {
    await delay(forMs);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await ledger.submit(60);
}

/** The network between clients and a part is broken for a while, under load. */
async function broken(stage: Stage, part: Part, fault: NetworkFault, forMs: number): Promise<void> {
  const { arena, ledger } = stage;
  await ledger.submit(60, { workMs: 20 });
  const proxy = arena.proxyOf(part);
  proxy.set(fault);
  const meanwhile = ledger.submit(60, { workMs: 5 }, 120_000);
  await delay(forMs);
  proxy.set({ kind: 'none' });
  await meanwhile;
  await ledger.submit(20);
}

async function blobStoreAway({ arena, ledger }: Stage): Promise<void> {
  const aside = `${arena.blobFolder}.away`;
  renameSync(arena.blobFolder, aside);
  try {
    await ledger.submit(60);
    await delay(5_000);
  } finally {
    renameSync(aside, arena.blobFolder);
  }
}

/** A file system of 1 MiB in the blob store's place, filled, then freed. */
async function blobStoreFull({ arena, ledger, violate }: Stage): Promise<void> {
  const folder = arena.blobFolder;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'docstream-chaos', folder], { stdio: 'ignore' });
  } catch (error) {
    throw new Skipped(`a small file system cannot be mounted here (${String(error).split('\n')[0]})`);
  }
  try {
    writeFileSync(join(folder, 'filler'), Buffer.alloc(1_048_576 - 8_192));
    await ledger.submitAll(Array.from({ length: 8 }, () => newDocument({}, 20_000)));
    await delay(4_000);
    const full = readdirSync(folder).length;
    if (full === 0) violate({ invariant: 'I9', what: 'the full file system is empty' });
    rmSync(join(folder, 'filler'));
    await arena.untilAtRest();
  } finally {
    execFileSync('umount', ['--lazy', folder]);
  }
}

async function sigtermWithBrokerAway(stage: Stage): Promise<void> {
  const { arena, ledger, violate, say } = stage;
  await ledger.submit(60, { workMs: 50 });
  process.kill(pidOf(stage, 'kafka'), 'SIGKILL');
  try {
    for (const name of ['parser', 'classifier', 'store']) {
      const before = arena.pipeline.restartsOf(name);
      const beganAt = performance.now();
      arena.pipeline.signal(name, 'SIGTERM');
      await until(`${name} ends`, () => arena.pipeline.restartsOf(name) > before, 40_000);
      const exit = arena.pipeline.lastExitOf(name);
      say(`${name} ended after ${((performance.now() - beganAt) / 1_000).toFixed(1)} s (${exit})`);
      if (exit !== 'exit code 0') violate({ invariant: 'I1', what: `${name} ended with ${exit} on SIGTERM` });
    }
  } finally {
    await arena.platform.restart('kafka');
  }
}

const cut = (direction: 'to-server' | 'to-client' | 'both'): NetworkFault => ({
  kind: 'half-open',
  direction,
});

export const PARTS: readonly Scenario[] = [
  {
    name: 'broker-kill',
    breaks: 'kill -9 of the broker under load, back after 5 s',
    holds: 'what was acknowledged is there; everybody reconnects',
    isInTests: true,
    restWithinMs: 120_000,
    run: (stage) => away(stage, 'kafka', 'SIGKILL', 5_000),
  },
  {
    name: 'database-down',
    breaks: 'kill -9 of PostgreSQL under load, back after 5 s',
    holds: 'the store waits, nothing is dead-lettered',
    isInTests: true,
    run: (stage) => away(stage, 'database', 'SIGKILL', 5_000),
  },
  {
    name: 'broker-restart',
    breaks: 'the broker is restarted in order under load',
    holds: 'everybody reconnects',
    restWithinMs: 120_000,
    run: (stage) => away(stage, 'kafka', null, 0),
  },
  {
    name: 'broker-freeze',
    breaks: 'SIGSTOP of the broker for 20 s, beyond every session',
    holds: 'members that the broker has forgotten join again',
    restWithinMs: 120_000,
    run: (stage) => freeze(stage, 'kafka', 20_000),
  },
  {
    name: 'registry-down',
    breaks: 'kill -9 of the schema registry, back after 5 s; a service starts meanwhile',
    holds: 'known schemas go on; who needs one waits',
    run: async (stage) => {
      process.kill(pidOf(stage, 'registry'), 'SIGKILL');
      await stage.ledger.submit(40);
      stage.arena.pipeline.signal('classifier', 'SIGKILL');
      await stage.ledger.submit(40);
      await delay(5_000);
      await stage.arena.platform.restart('registry');
    },
  },
  {
    name: 'blob-store-down',
    breaks: 'the blob store is away for 5 s',
    holds: 'the parser waits, nothing is dead-lettered',
    run: blobStoreAway,
  },
  {
    name: 'blob-store-full',
    breaks: 'the disk of the blob store is full for a while',
    holds: 'the parser waits and goes on by itself when there is room',
    run: blobStoreFull,
  },
  {
    name: 'network-slow',
    breaks: '100 ms ± 30 ms of latency to Kafka, both ways, for 20 s',
    holds: 'work goes on, nobody loses a partition for good',
    run: (stage) => broken(stage, 'kafka', { kind: 'latency', ms: 100, jitterMs: 30 }, 20_000),
  },
  {
    name: 'network-stall',
    breaks: 'nothing passes between clients and Kafka for 15 s, then everything that was held up',
    holds: 'late answers do no harm',
    restWithinMs: 120_000,
    run: (stage) => broken(stage, 'kafka', { kind: 'stall', direction: 'both' }, 15_000),
  },
  {
    name: 'network-cut-to-kafka',
    breaks: "clients' requests vanish on their way to Kafka for 15 s; those connections stay dead",
    holds: 'dead connections are noticed and replaced',
    restWithinMs: 120_000,
    run: (stage) => broken(stage, 'kafka', cut('to-server'), 15_000),
  },
  {
    name: 'network-cut-from-kafka',
    breaks: "Kafka's answers vanish for 15 s: what was asked is done, and nobody hears of it",
    holds: 'a commit of unknown outcome is decided by what is committed',
    restWithinMs: 120_000,
    run: (stage) => broken(stage, 'kafka', cut('to-client'), 15_000),
  },
  {
    name: 'network-cut',
    breaks: 'both ways vanish for 15 s, without a reset',
    holds: 'dead connections are noticed and replaced',
    restWithinMs: 120_000,
    run: (stage) => broken(stage, 'kafka', cut('both'), 15_000),
  },
  {
    name: 'network-reset',
    breaks: 'connections to Kafka are reset and refused for 10 s',
    holds: 'everybody reconnects',
    restWithinMs: 120_000,
    run: (stage) => broken(stage, 'kafka', { kind: 'refuse' }, 10_000),
  },
  {
    name: 'database-cut',
    breaks: "PostgreSQL's answers vanish for 15 s: commits of unknown outcome",
    holds: 'rows and position are written once',
    restWithinMs: 120_000,
    run: (stage) => broken(stage, 'database', cut('to-client'), 15_000),
  },
  {
    name: 'sigterm-broker-away',
    breaks: 'SIGTERM while the broker is away',
    holds: 'the services end in time with exit code 0',
    restWithinMs: 120_000,
    run: sigtermWithBrokerAway,
  },
];
