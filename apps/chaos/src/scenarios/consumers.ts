import { setTimeout as delay } from 'node:timers/promises';
import { TOPICS, groupOf } from '@docstream/contracts';
import { newDocument } from '../documents.js';
import { readLags } from '../evidence.js';
import type { Scenario, Stage } from '../scenario.js';
import { comes, until } from '../waiting.js';

const GROUP = groupOf('classifier');
const PARTITIONS = [0, 1, 2, 3];
const STALLED_AT_MOST_MS = 13_000;

async function lagOfClassifier({ arena }: Stage): Promise<bigint> {
  const lags = await readLags(arena);
  return lags.filter(({ group }) => group === GROUP).reduce((sum, { computed }) => sum + computed, 0n);
}

async function untilMembers({ arena }: Stage, count: number, withinMs = 40_000): Promise<void> {
  await until(
    `the group has ${count} members`,
    async () => (await arena.admin.countMembers(GROUP)) === count,
    withinMs,
  );
}

/** Stopped with documents in work until another member has done them, then let go on. */
async function zombie(stage: Stage): Promise<void> {
  const { pipeline } = stage.arena;
  await pipeline.start('classifier', 'classifier-2');
  await untilMembers(stage, 2);
  await stage.ledger.submit(120, { workMs: 1_500, worksIn: 'classifier' });
  await until('both have documents in work', async () => (await lagOfClassifier(stage)) >= 60n, 20_000);
  await delay(700);
  pipeline.signal('classifier', 'SIGSTOP');
  try {
    await untilMembers(stage, 1);
    await until('the other one does its documents', async () => (await lagOfClassifier(stage)) === 0n);
  } finally {
    pipeline.signal('classifier', 'SIGCONT');
  }
  await untilMembers(stage, 2);
  await stage.ledger.submit(20);
}

async function frozenAlone(stage: Stage): Promise<void> {
  const { pipeline } = stage.arena;
  pipeline.signal('classifier', 'SIGSTOP');
  try {
    await stage.ledger.submit(100);
    await untilMembers(stage, 0);
  } finally {
    pipeline.signal('classifier', 'SIGCONT');
  }
}

/** Somebody else opens the transactional ids of the classifier, again and again, and does nothing with them. */
async function hijack({ arena, ledger }: Stage): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await ledger.submit(60, { workMs: 20 });
    for (const partition of PARTITIONS) {
      const thief = await arena.broker.takeOver(GROUP, { topic: TOPICS.parsed.name, partition });
      await thief.close();
    }
    await delay(2_500);
  }
}

async function storm({ arena, ledger, random, minutes, say }: Stage): Promise<void> {
  const { pipeline } = arena;
  const end = performance.now() + minutes * 60_000;
  const members: string[] = [];
  for (let serial = 2; performance.now() < end; serial += 1) {
    const name = `classifier-${serial}`;
    await ledger.submit(50, { workMs: 50 });
    await pipeline.start('classifier', name);
    members.push(name);
    const leaving = members.length > 2 || random() < 0.3 ? members.shift() : undefined;
    if (leaving === undefined) continue;
    if (random() < 0.5) pipeline.signal(leaving, 'SIGKILL');
    await pipeline.stop(leaving);
    say(`${name} came, ${leaving} left`);
  }
}

async function downWithBacklog(stage: Stage): Promise<void> {
  const { arena, ledger, backlog, say } = stage;
  await arena.pipeline.stop('classifier');
  await ledger.submit(backlog);
  await until(
    `${backlog} documents wait`,
    async () => (await lagOfClassifier(stage)) >= BigInt(backlog),
    300_000,
  );
  say(`${backlog} documents wait for the classifier`);
  await arena.pipeline.start('classifier');
}

async function crashLooping(stage: Stage): Promise<void> {
  const { arena, ledger } = stage;
  for (let crash = 0; crash < 5; crash += 1) {
    await ledger.submit(60, { workMs: 20 });
    const before = arena.pipeline.restartsOf('classifier');
    arena.pipeline.arm('classifier', 'after-fetch');
    await until(
      'the classifier crashes',
      async () => {
        if (arena.pipeline.restartsOf('classifier') === before) await ledger.submit(2);
        return arena.pipeline.restartsOf('classifier') > before;
      },
      60_000,
    );
  }
}

/** Dies in a transaction and does not come back: how long does the next stage wait? */
async function noSuccessor(stage: Stage): Promise<void> {
  const { arena, ledger, violate, say } = stage;
  const { pipeline } = arena;
  const before = pipeline.restartsOf('classifier');
  pipeline.arm('classifier', 'in-transaction');
  const pid = pipeline.pidOf('classifier');
  await ledger.submit(20);
  await until(
    'the classifier dies',
    () => pipeline.pidOf('classifier') !== pid || pipeline.restartsOf('classifier') > before,
  );
  const beganAt = performance.now();
  await pipeline.stop('classifier');
  const ranges = await arena.admin.logRanges(TOPICS.classified.name);
  const isReadable = await comes(async () => {
    for (const { topic, partition, range } of ranges) {
      const last = { start: range.end - 1n < range.start ? range.start : range.end - 1n, end: range.end };
      const records = arena.reader.read({ topic, partition }, last)[Symbol.asyncIterator]();
      await records.next();
      await records.return?.();
    }
    return true;
  }, 30_000);
  const stalledMs = performance.now() - beganAt;
  say(`the next stage could read on after ${(stalledMs / 1_000).toFixed(1)} s`);
  if (!isReadable || stalledMs > STALLED_AT_MOST_MS + 2_000)
    violate({ invariant: 'I8', what: `the next stage was held up for ${Math.round(stalledMs)} ms` });
}

/** Some documents kill the process that works on them, whenever they are tried. */
async function killsWorker({ arena, ledger, violate }: Stage): Promise<void> {
  await arena.pipeline.restart('classifier', { inWorker: true });
  await ledger.submit(30);
  await ledger.submitAll([
    newDocument({ killsWorkerOf: 'classifier' }),
    newDocument(),
    newDocument({ killsWorkerOf: 'classifier' }),
  ]);
  await ledger.submit(30);
  await arena.untilAtRest();
  if (arena.pipeline.restartsOf('classifier') > 0)
    violate({ invariant: 'I1', what: 'the service died of a document that killed its worker' });
  await arena.pipeline.restart('classifier');
}

export const CONSUMERS: readonly Scenario[] = [
  {
    name: 'zombie',
    breaks: 'SIGSTOP of a classifier beyond its session, documents in work; another one does them; SIGCONT',
    holds: 'the late outputs and the late position are refused',
    isInTests: true,
    run: zombie,
  },
  {
    name: 'frozen-alone',
    breaks: 'SIGSTOP of the only classifier beyond its session, then SIGCONT',
    holds: 'it joins again and goes on',
    run: frozenAlone,
  },
  {
    name: 'hijack',
    breaks: 'somebody else opens the transactional ids of the classifier, three times',
    holds: 'the classifier is fenced, takes over again, and goes on',
    run: hijack,
  },
  {
    name: 'rebalance-storm',
    breaks: 'classifiers come, leave and are killed all the time (`--minutes`)',
    holds: 'documents still finish, each once',
    restWithinMs: 120_000,
    run: storm,
  },
  {
    name: 'classifier-down',
    breaks: 'the classifier is down while its backlog grows (10,000 documents)',
    holds: 'nothing is dead-lettered, and all of it is done afterwards',
    restWithinMs: 600_000,
    run: downWithBacklog,
  },
  {
    name: 'classifier-crash-loop',
    breaks: 'the classifier dies right after its first fetch, five times in a row, with a backlog',
    holds: 'nothing is dead-lettered, and all of it is done afterwards',
    run: crashLooping,
  },
  {
    name: 'no-successor',
    breaks: 'kill -9 of the classifier within a transaction, and nobody takes its place',
    holds: 'the next stage is held up for 13 s at most',
    run: noSuccessor,
  },
  {
    name: 'kills-worker',
    breaks: 'documents that kill the worker process of the classifier',
    holds: 'they are dead-lettered; the service and the others go on',
    run: killsWorker,
  },
];
