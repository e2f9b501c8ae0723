import {
  CONSUMED_TOPICS,
  HEADERS,
  TOPICS,
  runIdFrom,
  textHeader,
  type DocumentReceived,
  type RunId,
  type StageName,
} from '@docstream/contracts';
import {
  PoisonError,
  buildEventHeaders,
  formatCoordinates,
  systemClock,
  type ConsumedRecord,
  type Coordinates,
  type DocumentView,
  type OutgoingRecord,
} from '@docstream/core';
import { randomBytes } from 'node:crypto';
import { refreshClaimCheck } from '../blobs/claim-checks.js';
import type { CommandContext } from '../commands.js';
import type { CliPorts } from '../ports.js';
import type { ReprocessOptions } from './options.js';
import { refuse } from './print.js';

/** The event that brings a document to a stage. */
const INPUT_EVENTS: Readonly<Record<StageName, string>> = {
  parser: 'received',
  classifier: 'parsed',
  extractor: 'classified',
};

interface Again {
  readonly record: OutgoingRecord;
  readonly what: string;
}

/** Appends the document's record to a stage's input once more, as a new run. False when it was refused. */
export async function reprocessDocument(
  context: CommandContext,
  idOrPrefix: string,
  { stage = 'parser', tenant, execute }: ReprocessOptions,
): Promise<boolean> {
  const { ports, terminal, output } = context;
  if (stage === 'store') return refuse(context, 'the store has no input of one document');
  if (idOrPrefix.length < 6)
    return refuse(context, `${idOrPrefix}: give at least 6 characters of the document id`);
  const view = await ports.documents().find(tenant, idOrPrefix.toLowerCase());
  if (view === null) return refuse(context, `${idOrPrefix}: there is no such document of tenant ${tenant}`);
  if (view.erasedAt !== null) return refuse(context, `${view.documentId} was erased at ${view.erasedAt}`);
  const run = runIdFrom(systemClock.nowMs(), randomBytes(10));
  const again = await prepare(ports, view, stage, run);
  if (typeof again === 'string') return refuse(context, `${view.documentId}: ${again}`);
  const sent = execute ? await send(ports, view, again.record) : undefined;
  const to = sent === undefined ? null : formatCoordinates(sent);
  const { documentId } = view;
  if (output === 'json')
    terminal.printJson({ documentId, stage, what: again.what, run: execute ? run : null, to });
  else if (to === null) {
    terminal.print(`${documentId} would go to the ${stage} again: ${again.what}`);
    terminal.warn('→ a plan: nothing was sent; add --execute to do it');
  } else terminal.print(`${documentId} goes to the ${stage} again as run ${run}: ${again.what}, now ${to}`);
  return true;
}

/** As if it came anew: what the stage will redeem lives as long as the new record. */
async function send(ports: CliPorts, { tenant }: DocumentView, record: OutgoingRecord) {
  await refreshClaimCheck(
    record,
    tenant,
    () => ports.codec(),
    () => ports.blobStore(),
  );
  return (await ports.producer().produce([record]))[0];
}

async function prepare(
  ports: CliPorts,
  view: DocumentView,
  stage: StageName,
  run: RunId,
): Promise<Again | string> {
  const at = findInput(view, stage);
  const record = at === null ? null : await readRecord(ports, at);
  if (at !== null && record !== null) {
    const headers = [
      ...record.headers.filter(([name]) => name !== HEADERS.run),
      textHeader(HEADERS.run, run),
    ];
    const { topic, key, value } = record;
    return { record: { topic, key, value, headers }, what: `its record ${formatCoordinates(at)}` };
  }
  const gone =
    at === null
      ? `it never came to the ${stage}`
      : `its record ${formatCoordinates(at)} is gone from the topic`;
  if (stage !== 'parser') return `${gone}; --stage parser begins it anew`;
  return prepareFromBlob(ports, view, run, gone);
}

/** The newest record that brought it to the stage. */
function findInput({ timeline }: DocumentView, stage: StageName): Coordinates | null {
  const topic = CONSUMED_TOPICS[stage][0];
  const found = timeline
    .filter((entry) => entry.event === INPUT_EVENTS[stage] && entry.topic === topic)
    .toSorted((one, other) => (one.at < other.at ? 1 : -1))[0];
  return found === undefined ? null : { ...found, offset: BigInt(found.offset) };
}

async function readRecord(
  ports: CliPorts,
  { topic, partition, offset }: Coordinates,
): Promise<ConsumedRecord | null> {
  const ranges = await ports.clusterAdmin().logRanges(topic);
  const range = ranges.find((one) => one.partition === partition)?.range;
  if (range === undefined || offset < range.start || offset >= range.end) return null;
  for await (const record of ports
    .recordReader()
    .read({ topic, partition }, { start: offset, end: offset + 1n })) {
    if (record.offset === offset) return record;
  }
  return null;
}

/** The deposited bytes outlive the topic: a new event with the claim check begins the document anew. */
async function prepareFromBlob(
  ports: CliPorts,
  view: DocumentView,
  run: RunId,
  gone: string,
): Promise<Again | string> {
  const { documentId, tenant, sha256, bytes, mediaType, fileName } = view;
  if (sha256 === null || bytes === null) return `${gone}, and nobody knows its bytes`;
  const blob = { sha256, bytes, mediaType };
  try {
    await ports.blobStore().redeem(tenant, blob);
  } catch (error) {
    if (!(error instanceof PoisonError)) throw error;
    return `${gone}, and so are its bytes: ${error.message}`;
  }
  const timeMs = systemClock.nowMs();
  const event: DocumentReceived = { fileName, mediaType, content: null, blob, receivedAt: timeMs };
  const identity = { documentId, run, tenant };
  const record = {
    topic: TOPICS.ingest.name,
    key: new TextEncoder().encode(documentId),
    value: await ports.codec().encode(TOPICS.ingest, event),
    headers: buildEventHeaders({ identity, publisher: 'cli', event: 'DocumentReceived', timeMs }),
  };
  return { record, what: `from its deposited bytes; ${gone}` };
}
