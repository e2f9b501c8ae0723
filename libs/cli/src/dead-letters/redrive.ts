import type { DocumentId, RunId } from '@docstream/contracts';
import {
  DependencyError,
  DocstreamError,
  type BlobStore,
  type Clock,
  type ClusterAdmin,
  type ConsumedRecord,
  type Coordinates,
  type EventCodec,
  type RecordProducer,
  type RecordReader,
  type Redrive,
  type RedriveLog,
  type TopicPartition,
} from '@docstream/core';
import { refreshClaimCheck } from '../blobs/claim-checks.js';
import type { DeadLetter } from './letter.js';
import { sentence, type PlannedLetter } from './plan.js';
import { isRedriveOf, restoreOriginal, toOutgoing } from './restore.js';
import { readRecords } from './scan.js';

export interface RedriveParts {
  readonly admin: Pick<ClusterAdmin, 'logRanges'>;
  readonly reader: RecordReader;
  readonly producer: RecordProducer;
  readonly log: RedriveLog;
  readonly codec: () => EventCodec;
  readonly blobStore: () => BlobStore;
  readonly clock: Clock;
  readonly newRun: () => RunId;
}

export interface RedriveSettings {
  readonly ratePerSecond: number;
  readonly isAgain: boolean;
  readonly onProgress: (done: number) => void;
}

/**
 * `found`: an interrupted redrive had sent it. `interrupted`: a dependency went away, or nobody knows whether it was
 * sent; run the same again.
 */
export type RedriveResult = 'sent' | 'found' | 'skipped' | 'interrupted';

export interface RedriveOutcome {
  readonly of: string;
  readonly stage: string;
  readonly code: string | null;
  readonly documentId: DocumentId | null;
  readonly tenant: string;
  readonly result: RedriveResult;
  readonly run: RunId | null;
  readonly to: Coordinates | null;
  readonly reason: string;
}

/**
 * Puts the planned dead letters back, one by one. Each is written down before it is sent and marked afterwards, so that
 * none goes twice: what was begun and not marked is looked for on its topic first. Stops when a dependency goes away or an
 * outcome is unknown.
 */
export async function redrive(
  planned: readonly PlannedLetter[],
  parts: RedriveParts,
  { ratePerSecond, isAgain, onProgress }: RedriveSettings,
): Promise<readonly RedriveOutcome[]> {
  const outcomes = new Map(
    planned.map(({ letter, obstacle, reason }) => [
      letter.at,
      outcomeOf(letter, 'skipped', obstacle === null ? 'retention deleted it' : reason),
    ]),
  );
  const going = planned.filter(({ obstacle }) => obstacle === null).map(({ letter }) => letter);
  const pending = new Set(going.map(({ at }) => at));
  const startMs = parts.clock.nowMs();
  let begun = 0;
  try {
    for await (const [letter, record] of readRecords(parts.reader, going)) {
      const dueMs = startMs + (begun * 1000) / ratePerSecond;
      const waitMs = dueMs - parts.clock.nowMs();
      if (waitMs > 0) await parts.clock.sleep(waitMs);
      begun += 1;
      outcomes.set(letter.at, await redriveOne(letter, record, parts, isAgain));
      pending.delete(letter.at);
      onProgress(begun);
    }
  } catch (error) {
    if (!isOutcomeUnknown(error)) throw error;
    for (const { at, ...letter } of going) {
      if (pending.has(at)) {
        outcomes.set(at, outcomeOf({ at, ...letter }, 'interrupted', `${error.code}: ${error.message}`));
      }
    }
  }
  return [...outcomes.values()];
}

async function redriveOne(
  letter: DeadLetter,
  record: ConsumedRecord,
  parts: RedriveParts,
  isAgain: boolean,
): Promise<RedriveOutcome> {
  const outcome = await parts.log.exclusively(letter.at, async () => {
    // Looked up again under the lock: another redrive may have been quicker than our plan.
    const known = (await parts.log.find([letter.at])).get(letter.at);
    if (known?.state === 'sent' && !isAgain) return outcomeOf(letter, 'skipped', sentence(known));
    if (known?.state === 'begun') {
      const sentTo = await findSent(known, parts);
      if (sentTo !== null) {
        await parts.log.end(known.id, { sentTo });
        return { ...outcomeOf(letter, 'found', 'sent before the interruption', known), to: sentTo };
      }
      return await send(letter, record, known, parts);
    }
    return await send(letter, record, null, parts);
  });
  return outcome ?? outcomeOf(letter, 'skipped', 'another redrive works on it now');
}

/** Errors: where the outcome is unknown, the row stays `begun`. */
async function send(
  letter: DeadLetter,
  record: ConsumedRecord,
  unfinished: Redrive | null,
  parts: RedriveParts,
): Promise<RedriveOutcome> {
  const { log, producer } = parts;
  let row = unfinished;
  try {
    const original = await restoreOriginal(letter, record, parts.blobStore);
    // The dead letter may be as old as its topic allows: what the stage will redeem must live as long again.
    const at = { topic: letter.origin?.topic ?? '', value: original.value };
    await refreshClaimCheck(at, letter.tenant, parts.codec, parts.blobStore);
    if (row === null) {
      const { target, end } = await findTarget(letter, parts);
      const run = parts.newRun();
      const { at, documentId, code } = letter;
      row = await log.begin({ of: at, target, searchFrom: end, run, documentId, code });
    }
    const [sent] = await producer.produce([toOutgoing(letter, record.key, original, row)]);
    const sentTo = { ...row.target, offset: sent?.offset ?? -1n };
    await log.end(row.id, { sentTo });
    return { ...outcomeOf(letter, 'sent', '', row), to: sentTo };
  } catch (error) {
    if (isOutcomeUnknown(error) || !(error instanceof DocstreamError)) throw error;
    if (row !== null) await log.end(row.id, { refusedWith: error.code });
    return outcomeOf(letter, 'skipped', `${error.code}: ${error.message}`);
  }
}

/** The partition it came from, so that the order of its key holds; the first one where that is gone. */
async function findTarget(
  { origin, at }: DeadLetter,
  { admin }: RedriveParts,
): Promise<{ readonly target: TopicPartition; readonly end: bigint }> {
  const ranges = origin === null ? [] : await admin.logRanges(origin.topic);
  const range = ranges.find(({ partition }) => partition === origin?.partition) ?? ranges[0];
  if (range === undefined) throw new TypeError(`${at} has no topic to go to`);
  return { target: { topic: range.topic, partition: range.partition }, end: range.range.end };
}

/** Refused as a duplicate or out of order (`lost`), a record may lie there as well as after a broken connection. */
function isOutcomeUnknown(error: unknown): error is DocstreamError {
  return (
    error instanceof DependencyError || (error instanceof DocstreamError && error.failureClass === 'lost')
  );
}

async function findSent(row: Redrive, { admin, reader }: RedriveParts): Promise<Coordinates | null> {
  const ranges = await admin.logRanges(row.target.topic);
  const end = ranges.find(({ partition }) => partition === row.target.partition)?.range.end ?? 0n;
  for await (const record of reader.read(row.target, { start: row.searchFrom, end })) {
    if (isRedriveOf(record, row.of, row.run)) return { ...row.target, offset: record.offset };
  }
  return null;
}

function outcomeOf(
  { at, stage, code, documentId, tenant }: DeadLetter,
  result: RedriveResult,
  reason: string,
  row: Redrive | null = null,
): RedriveOutcome {
  return {
    of: at,
    stage,
    code,
    documentId: documentId as DocumentId | null,
    tenant,
    result,
    run: (row?.run ?? null) as RunId | null,
    to: null,
    reason,
  };
}
