import { STATE_RANK, isEndState } from '@docstream/contracts';
import {
  isGap,
  mergeRunChanges,
  type DocumentChange,
  type RunChange,
  type StoreChange,
  type SubmissionChange,
  type TimelineChange,
} from '@docstream/core';
import type { Statements } from './database.js';
import { BY_EVIDENCE, endRecordsInGaps, writeGaps } from './gap-rows.js';

/** Channel of NOTIFY; its text is `documentId run`. */
export const END_STATE_CHANNEL = 'docstream_end_state';

/** Erasing takes it alone, everybody who writes rows shares it: an erased document can't come back in between. */
const ERASURE_LOCK = 0x646f6373;
export const SHARE_ERASURE_LOCK = `pg_advisory_xact_lock_shared(${ERASURE_LOCK})`;
export const HOLD_ERASURE_LOCK = `pg_advisory_xact_lock(${ERASURE_LOCK})`;

/**
 * The rule of mergeRunChanges in SQL. Rows are written in the order of their ids, so that writers of several partitions
 * wait for each other instead of dead-locking; the newest run's row becomes the document's row in the same statement.
 */
const UPSERT_RUNS = `
WITH given AS (
  SELECT * FROM json_to_recordset($1::json) AS given (
    document_id text, run text, tenant text, state text, rank smallint, state_at timestamptz, state_source text,
    error jsonb, detail_rank smallint, detail_at timestamptz, detail_source text, file_name text, sha256 text,
    bytes bigint, media_type text, quality text, page_count bigint, language text, classification jsonb,
    fields jsonb, extractor text, parsed_sha256 text, accepted_at timestamptz, received_at timestamptz,
    updated_at timestamptz)
), merged AS (
  INSERT INTO docstream.runs AS old (
    document_id, run, tenant, state, rank, state_at, state_source, error, detail_rank, detail_at, detail_source,
    file_name, sha256, bytes, media_type, quality, page_count, language, classification, fields, extractor,
    parsed_sha256, accepted_at, received_at, updated_at)
  SELECT * FROM given ORDER BY document_id COLLATE "C", run COLLATE "C"
  ON CONFLICT (document_id, run) DO UPDATE SET
    (state, rank, state_at, state_source, error) = (
      SELECT newest.* FROM (
        VALUES (old.state, old.rank, old.state_at, old.state_source, old.error),
               (excluded.state, excluded.rank, excluded.state_at, excluded.state_source, excluded.error)
      ) AS newest (state, rank, state_at, state_source, error)
      ORDER BY ${BY_EVIDENCE} LIMIT 1),
    (detail_rank, detail_at, detail_source, file_name, sha256, bytes, media_type, quality, page_count, language,
      classification, fields, extractor) = (
      SELECT newest.* FROM (
        VALUES (old.detail_rank, old.detail_at, old.detail_source, old.file_name, old.sha256, old.bytes,
                old.media_type, old.quality, old.page_count, old.language, old.classification, old.fields,
                old.extractor),
               (excluded.detail_rank, excluded.detail_at, excluded.detail_source, excluded.file_name,
                excluded.sha256, excluded.bytes, excluded.media_type, excluded.quality, excluded.page_count,
                excluded.language, excluded.classification, excluded.fields, excluded.extractor)
      ) AS newest (detail_rank, detail_at, detail_source, file_name, sha256, bytes, media_type, quality, page_count,
                   language, classification, fields, extractor)
      ORDER BY detail_rank DESC, detail_at DESC, detail_source DESC LIMIT 1),
    parsed_sha256 = greatest(old.parsed_sha256, excluded.parsed_sha256),
    accepted_at = least(old.accepted_at, excluded.accepted_at),
    received_at = least(old.received_at, excluded.received_at),
    updated_at = greatest(old.updated_at, excluded.updated_at)
  WHERE old.tenant = excluded.tenant
  RETURNING *
)
INSERT INTO docstream.documents AS old (
  tenant, document_id, run, state, quality, type, confidence, file_name, accepted_at, updated_at)
SELECT DISTINCT ON (document_id, tenant)
  tenant, document_id, run, state, quality, classification->>'type', (classification->>'confidence')::double precision,
  file_name, accepted_at, updated_at
FROM merged ORDER BY document_id, tenant, run DESC
ON CONFLICT (tenant, document_id) DO UPDATE SET
  run = excluded.run, state = excluded.state, quality = excluded.quality, type = excluded.type,
  confidence = excluded.confidence, file_name = excluded.file_name, accepted_at = excluded.accepted_at,
  updated_at = excluded.updated_at
WHERE old.run <= excluded.run`;

const INSERT_TIMELINE = `
INSERT INTO docstream.timeline (topic, partition, "offset", document_id, run, tenant, event, at, run_ms)
SELECT topic, partition, "offset", document_id, run, tenant, event, at, run_ms
FROM json_to_recordset($1::json) AS given (
  topic text, partition integer, "offset" bigint, document_id text, run text, tenant text, event text,
  at timestamptz, run_ms double precision)
ORDER BY topic COLLATE "C", partition, "offset"
ON CONFLICT DO NOTHING`;

const INSERT_SUBMISSIONS = `
INSERT INTO docstream.submissions (document_id, run, tenant, source, id, submitted_at)
SELECT document_id, run, tenant, source, id, submitted_at
FROM json_to_recordset($1::json) AS given (
  document_id text, run text, tenant text, source text, id text, submitted_at timestamptz)
ORDER BY document_id COLLATE "C", run COLLATE "C", source COLLATE "C", id COLLATE "C"
ON CONFLICT (document_id, run, source, id) DO UPDATE SET submitted_at =
  least(submissions.submitted_at, excluded.submitted_at)`;

const ERASED_UP_TO = `
SELECT document_id, max(run) AS run, max(erased_at) AS erased_at FROM docstream.tombstones
WHERE document_id = ANY($1) GROUP BY document_id`;

/** Late events of erased runs: which end the run reached and which blobs it has, and nothing of its content. */
const UPSERT_TOMBSTONES = `
INSERT INTO docstream.tombstones AS old (
  document_id, run, tenant, state, rank, state_at, state_source, sha256, parsed_sha256, accepted_at, erased_at)
SELECT document_id, run, tenant, state, rank, state_at, state_source, sha256, parsed_sha256, accepted_at, erased_at
FROM json_to_recordset($1::json) AS given (
  document_id text, run text, tenant text, state text, rank smallint, state_at timestamptz, state_source text,
  sha256 text, parsed_sha256 text, accepted_at timestamptz, erased_at timestamptz)
ORDER BY document_id COLLATE "C", run COLLATE "C"
ON CONFLICT (document_id, run) DO UPDATE SET
  (state, rank, state_at, state_source) = (
    SELECT newest.* FROM (
      VALUES (old.state, old.rank, old.state_at, old.state_source),
             (excluded.state, excluded.rank, excluded.state_at, excluded.state_source)
    ) AS newest (state, rank, state_at, state_source)
    ORDER BY ${BY_EVIDENCE} LIMIT 1),
  accepted_at = least(old.accepted_at, excluded.accepted_at),
  sha256 = greatest(old.sha256, excluded.sha256),
  parsed_sha256 = greatest(old.parsed_sha256, excluded.parsed_sha256)
WHERE old.tenant = excluded.tenant`;

/** Which lock the transaction must hold before writeChanges. */
export function lockFor(changes: readonly StoreChange[]): string {
  return changes.some(isGap) ? HOLD_ERASURE_LOCK : SHARE_ERASURE_LOCK;
}

/**
 * Writes the changes in an order-independent way and wakes those who wait for an end. The caller's transaction must
 * hold `lockFor` of them already.
 */
export async function writeChanges(statements: Statements, changes: readonly StoreChange[]): Promise<void> {
  const ended = new Set<string>();
  const documents = changes.filter((change): change is DocumentChange => !isGap(change));
  if (documents.length > 0) for (const run of await writeDocuments(statements, documents)) ended.add(run);
  const gaps = changes.filter(isGap);
  if (gaps.length > 0) for (const run of await writeGaps(statements, gaps)) ended.add(run);
  if (ended.size === 0) return;
  await statements.query('SELECT pg_notify($1, ended) FROM unnest($2::text[]) AS ended', [
    END_STATE_CHANNEL,
    [...ended],
  ]);
}

/** Returns whose end is known now, as `document run`. */
async function writeDocuments(
  statements: Statements,
  changes: readonly DocumentChange[],
): Promise<readonly string[]> {
  await statements.query(INSERT_TIMELINE, [
    JSON.stringify(changes.map(({ timeline }) => timelineRow(timeline))),
  ]);
  const erased = await readErased(statements, changes);
  const isErased = ({ documentId, run }: RunChange | SubmissionChange): boolean =>
    run <= (erased.get(documentId)?.run ?? '');
  const runs = mergeByRun(changes.map(({ run }) => run));
  const living = runs.filter((run) => !isErased(run));
  if (living.length > 0) await writeRuns(statements, living);
  const late = runs.filter(isErased).map((run) => ({
    ...stateColumns(run),
    sha256: run.detail.sha256,
    parsed_sha256: run.parsedSha256,
    accepted_at: iso(run.acceptedAtMs),
    erased_at: erased.get(run.documentId)?.erasedAt,
  }));
  if (late.length > 0) await statements.query(UPSERT_TOMBSTONES, [JSON.stringify(late)]);
  const submissions = changes.flatMap(({ submission }) =>
    submission === null || isErased(submission) ? [] : [submission],
  );
  if (submissions.length > 0) await writeSubmissions(statements, submissions);
  const inGaps = await endRecordsInGaps(
    statements,
    changes.map(({ timeline }) => timeline),
  );
  const ended = runs.filter(({ state }) => isEndState(state));
  return [...inGaps, ...ended.map(({ documentId, run }) => `${documentId} ${run}`)];
}

/** Each run at most once. */
export async function writeRuns(statements: Statements, runs: readonly RunChange[]): Promise<void> {
  await statements.query(UPSERT_RUNS, [JSON.stringify(runs.map(runRow))]);
}

export async function writeSubmissions(
  statements: Statements,
  submissions: readonly SubmissionChange[],
): Promise<void> {
  const distinct = new Map<string, SubmissionChange>();
  for (const submission of submissions) {
    const key = [submission.documentId, submission.run, submission.source, submission.id].join('\n');
    const known = distinct.get(key);
    if (known === undefined || submission.submittedAtMs < known.submittedAtMs) distinct.set(key, submission);
  }
  const rows = [...distinct.values()].map(({ documentId, run, tenant, source, id, submittedAtMs }) => ({
    document_id: documentId,
    run,
    tenant,
    source,
    id,
    submitted_at: iso(submittedAtMs),
  }));
  await statements.query(INSERT_SUBMISSIONS, [JSON.stringify(rows)]);
}

async function readErased(
  statements: Statements,
  changes: readonly DocumentChange[],
): Promise<ReadonlyMap<string, { readonly run: string; readonly erasedAt: Date }>> {
  const ids = [...new Set(changes.map(({ run }) => run.documentId))];
  const { rows } = await statements.query(ERASED_UP_TO, [ids]);
  return new Map(
    rows.map((row) => [
      String(row['document_id']),
      { run: String(row['run']), erasedAt: row['erased_at'] as Date },
    ]),
  );
}

function mergeByRun(runs: readonly RunChange[]): readonly RunChange[] {
  const merged = new Map<string, RunChange>();
  for (const change of runs) {
    const key = `${change.documentId} ${change.run}`;
    const known = merged.get(key);
    merged.set(key, known?.tenant === change.tenant ? mergeRunChanges(known, change) : (known ?? change));
  }
  return [...merged.values()];
}

function stateColumns({ documentId, run, tenant, state, stateAtMs, stateSource }: RunChange) {
  return {
    document_id: documentId,
    run,
    tenant,
    state,
    rank: STATE_RANK[state],
    state_at: iso(stateAtMs),
    state_source: stateSource,
  };
}

function runRow(change: RunChange) {
  const { detail } = change;
  return {
    ...stateColumns(change),
    error: change.error,
    detail_rank: change.detailRank,
    detail_at: iso(change.detailAtMs),
    detail_source: change.detailSource,
    file_name: detail.fileName,
    sha256: detail.sha256,
    bytes: detail.bytes,
    media_type: detail.mediaType,
    quality: detail.quality,
    page_count: detail.pageCount,
    language: detail.language,
    classification: detail.classification,
    fields: detail.fields,
    extractor: detail.extractor,
    parsed_sha256: change.parsedSha256,
    accepted_at: iso(change.acceptedAtMs),
    received_at: change.receivedAtMs === null ? null : iso(change.receivedAtMs),
    updated_at: iso(change.updatedAtMs),
  };
}

function timelineRow({
  documentId,
  run,
  tenant,
  event,
  topic,
  partition,
  offset,
  atMs,
  runMs,
}: TimelineChange) {
  return {
    topic,
    partition,
    offset: offset.toString(),
    document_id: documentId,
    run,
    tenant,
    event,
    at: iso(atMs),
    run_ms: runMs,
  };
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
