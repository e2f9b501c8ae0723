import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { TOPICS, groupOf, subjectOf } from '@docstream/contracts';
import { newDocument, newPdf } from '../documents.js';
import type { Scenario, Stage } from '../scenario.js';
import { until } from '../waiting.js';

/** Records that can never succeed, among many that can. */
async function poisonMix({ ledger }: Stage): Promise<void> {
  await ledger.submit(40);
  const unknownSchema = Buffer.from([0, 0x7f, 0xff, 0xff, 0xf0, 1, 2, 3]);
  const registered = Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), randomBytes(200)]);
  await ledger.submitRaw([
    null,
    new Uint8Array(),
    randomBytes(300),
    Buffer.from([0]),
    unknownSchema,
    registered,
  ]);
  await ledger.submitAll([
    newDocument({ poisons: 'parser' }),
    newDocument({ poisons: 'classifier' }),
    newDocument(),
  ]);
  await ledger.submitAll([newDocument({ poisons: 'extractor' })]);
  await ledger.submitRaw([newDocument()], [['a-header', randomBytes(20_000)]]);
  await ledger.submit(40);
}

async function oversize({ ledger, arena, violate }: Stage): Promise<void> {
  await ledger.submitAll([newDocument({}, 1_048_576)]);
  await ledger.submitAll([newDocument({}, 9 * 1_048_576)]);
  await ledger.submitRaw([newDocument({}, 9 * 1_048_576)]);
  const response = await fetch(`${arena.pipeline.urlOf('gateway')}/v1/documents`, {
    method: 'POST',
    headers: { 'content-type': 'application/pdf' },
    body: newDocument({}, 50 * 1_048_576),
  });
  if (response.status !== 202)
    violate({ invariant: 'I1', what: `50 MiB by HTTP were answered with ${response.status}` });
  else ledger.accept((await response.json()) as { documentId: string; run: string });
  const tooLarge = await ledger.submitAll([newDocument({}, 11 * 1_048_576)], 0).then(
    () => 'accepted',
    () => 'refused',
  );
  if (tooLarge !== 'refused') violate({ invariant: 'I1', what: 'a record of 11 MiB was accepted' });
}

/** The cause of some dead letters is mended, and they are put back. */
async function redrive({ arena, ledger, violate }: Stage): Promise<void> {
  const { pipeline } = arena;
  const poisoned = Array.from({ length: 8 }, () => newDocument({ poisons: 'classifier' }));
  await ledger.submitAll(poisoned);
  await ledger.submit(20);
  await arena.untilAtRest();
  await pipeline.restart('classifier', { isCured: true });
  for (const { documentId } of [...ledger.accepted().values()].slice(0, poisoned.length)) {
    const { code, err } = await pipeline.docstream(
      ...['dead-letters', 'redrive', '--stage', 'classifier', '--document', documentId, '--execute'],
    );
    if (code !== 0)
      violate({ invariant: 'I10', what: `the redrive of ${documentId} failed: ${err.slice(0, 200)}` });
  }
  await arena.untilAtRest();
  const { rows } = await arena.database.query(
    "SELECT count(DISTINCT document_id)::int AS stored FROM docstream.runs WHERE state = 'stored' AND document_id = ANY($1)",
    [[...ledger.accepted().values()].slice(0, poisoned.length).map(({ documentId }) => documentId)],
  );
  if (rows[0]?.['stored'] !== poisoned.length)
    violate({
      invariant: 'I10',
      what: `${String(rows[0]?.['stored'])} of ${poisoned.length} dead letters were stored`,
    });
  await pipeline.restart('classifier');
}

/** The same documents again and again, so that each key has many runs whose order counts. */
async function sameDocuments({ ledger, arena }: Stage): Promise<void> {
  const documents = Array.from({ length: 5 }, () => newDocument({ workMs: 5 }));
  for (let round = 0; round < 10; round += 1) {
    await ledger.submitAll(documents);
    if (round === 5) arena.pipeline.signal('classifier', 'SIGKILL');
  }
}

/** Records of a newer writer: one field more, at the end of the schema that everybody has. */
async function newSchema({ arena, ledger }: Stage): Promise<void> {
  const base = `${arena.platform.schemaRegistryUrl}/subjects/${subjectOf(TOPICS.ingest)}/versions`;
  const latest = (await (await fetch(`${base}/latest`)).json()) as { readonly schema: string };
  const schema = JSON.parse(latest.schema) as { fields: object[] };
  schema.fields.push({
    name: `added${Date.now()}`,
    type: ['null', 'string'],
    default: null,
    doc: 'Of a newer version.',
  });
  const registered = await fetch(base, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
  });
  if (!registered.ok) throw new Error(`the registry refused the new version: ${await registered.text()}`);
  const { id } = (await registered.json()) as { readonly id: number };
  await ledger.submit(40);
  // Avro writes the fields one after the other: the new one is a byte more, the first branch of its union.
  await ledger.submit(40, {}, 60_000, (value) => {
    const newer = Buffer.concat([value, Buffer.from([0])]);
    newer.writeUInt32BE(id, 1);
    return newer;
  });
  arena.pipeline.signal('parser', 'SIGTERM');
  await ledger.submit(40);
}

/** As after a week without members: the group's offsets are gone, its backlog is there. */
async function offsetsExpired({ arena, ledger }: Stage): Promise<void> {
  await ledger.submit(60);
  await arena.untilAtRest();
  await arena.pipeline.stop('classifier');
  await ledger.submit(60);
  await until(
    'nobody is in the group',
    async () => (await arena.admin.countMembers(groupOf('classifier'))) === 0,
  );
  await arena.admin.deleteGroup(groupOf('classifier'));
  await arena.pipeline.start('classifier');
}

/** Retention deletes the backlog of a classifier that is down. */
async function backlogLost({ arena, ledger, violate }: Stage): Promise<void> {
  const topic = TOPICS.parsed.name;
  await arena.pipeline.stop('classifier');
  await ledger.submit(60);
  await until('the parser is done', async () =>
    (await arena.admin.logRanges(topic)).every(({ range }) => range.end > range.start),
  );
  await delay(2_000);
  await arena.admin.alterTopicConfigs(topic, { 'retention.ms': '1000' });
  await until('the backlog is deleted', async () =>
    (await arena.admin.logRanges(topic)).every(({ range }) => range.end === range.start),
  );
  await arena.admin.alterTopicConfigs(topic, { 'retention.ms': String(TOPICS.parsed.retentionMs) });
  await arena.pipeline.start('classifier');
  await ledger.submit(20);
  await arena.untilAtRest();
  const { rows } = await arena.database.query(
    "SELECT count(*)::int AS lost FROM docstream.audit WHERE kind = 'lost'",
  );
  if (rows[0]?.['lost'] === 0) violate({ invariant: 'I1', what: 'the loss was not recorded' });
}

async function resetMeanwhile({ arena, ledger, violate }: Stage): Promise<void> {
  const before = await countRuns(arena);
  await ledger.submit(100, { workMs: 10 });
  const { code, err } = await arena.pipeline.docstream(
    ...['reprocess', '--stage', 'classifier', '--shift-by=-20', '--execute'],
  );
  if (code !== 0) violate({ invariant: 'I6', what: `docstream reprocess failed: ${err.slice(0, 300)}` });
  await ledger.submit(40);
  await arena.untilAtRest();
  const again = (await countRuns(arena)) - before;
  if (again <= 140) violate({ invariant: 'I6', what: `the reset read nothing again: ${again} runs` });
}

async function countRuns(arena: Stage['arena']): Promise<number> {
  const { rows } = await arena.database.query('SELECT count(*)::int AS runs FROM docstream.runs');
  return Number(rows[0]?.['runs']);
}

async function fullPipeline({ arena, ledger }: Stage): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await ledger.submitAll(Array.from({ length: 10 }, () => newPdf()));
    for (const name of ['parser', 'classifier', 'extractor', 'store'] as const)
      if (round < 2) arena.pipeline.signal(name, 'SIGKILL');
    await delay(2_000);
  }
}

/** SIGTERM with documents fetched and not done, one service after the other. */
async function rollingRestart({ arena, ledger }: Stage): Promise<void> {
  for (const name of ['parser', 'classifier', 'extractor', 'store'] as const) {
    await ledger.submit(100, { workMs: 300, worksIn: name });
    await delay(1_000);
    await arena.pipeline.restart(name);
  }
}

export const RECORDS: readonly Scenario[] = [
  {
    name: 'poison-mix',
    breaks: 'records that can never succeed, among many that can',
    holds: 'each has one dead letter, the others are stored',
    restWithinMs: 120_000,
    run: poisonMix,
  },
  {
    name: 'redrive',
    breaks:
      'a classifier that refuses some documents; then it is mended, and their dead letters are redriven',
    holds: 'each of them is stored',
    run: redrive,
  },
  {
    name: 'oversize',
    breaks: 'records of 1 and 9 MiB, a document of 50 MiB by HTTP, a record of 11 MiB',
    holds: 'all but the last are stored; that one is refused, never accepted and lost',
    restWithinMs: 180_000,
    run: oversize,
  },
  {
    name: 'same-documents',
    breaks: 'the same five documents ten times over, with a kill -9 meanwhile',
    holds: 'each submission ends once, and those of one document in their order',
    run: sameDocuments,
  },
  {
    name: 'new-schema',
    breaks: 'a newer version of the schema of the ingest topic, old and new records mixed',
    holds: 'everybody reads both',
    run: newSchema,
  },
  {
    name: 'offsets-expired',
    breaks: "the group's offsets are gone, with a backlog",
    holds: 'the classifier goes on from the mirrored positions',
    run: offsetsExpired,
  },
  {
    name: 'backlog-lost',
    breaks: 'retention deletes the backlog while the classifier is down',
    holds: 'the loss is recorded, what comes later is done',
    restWithinMs: 120_000,
    run: backlogLost,
  },
  {
    name: 'reset-meanwhile',
    breaks: '`docstream reprocess` of the classifier while everything runs',
    holds: 'what is done again is so under new runs, each once',
    run: resetMeanwhile,
  },
  {
    name: 'rolling-restart',
    breaks: 'SIGTERM of one stage after the other with documents in work',
    holds: 'nothing is dropped, nothing is done twice',
    run: rollingRestart,
  },
  {
    name: 'full-pipeline',
    breaks: 'kill -9 of every shipped stage, twice, with real PDFs',
    holds: 'every document is stored once',
    isFull: true,
    restWithinMs: 180_000,
    run: fullPipeline,
  },
];
