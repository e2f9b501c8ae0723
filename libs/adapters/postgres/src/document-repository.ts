import {
  MIN_PREFIX_LENGTH,
  isEndState,
  type DocumentId,
  type DocumentState,
  type RunId,
} from '@docstream/contracts';
import {
  NO_DETAIL,
  PoisonError,
  type AcceptedDocument,
  type Acceptance,
  type DocumentPage,
  type DocumentQuery,
  type DocumentRepository,
  type DocumentView,
  type ErasedRows,
  type RunChange,
} from '@docstream/core';
import type { Database, Row, Statements } from './database.js';
import { HOLD_ERASURE_LOCK, SHARE_ERASURE_LOCK, writeRuns, writeSubmissions } from './document-rows.js';
import { toErasedView, toSummary, toView } from './document-view.js';

/** Longest page of a list. */
const MAX_PAGE = 1_000;
/**
 * An accepted row that no ingest record confirmed within this time may be what a crashed acceptor left behind: the same
 * bytes begin a new run then, at worst a second one.
 */
const UNCONFIRMED_MS = 60_000;

const NEWEST_RUN = `
SELECT runs.run, runs.state, runs.received_at, runs.accepted_at
FROM docstream.documents JOIN docstream.runs USING (document_id, run)
WHERE documents.tenant = $1 AND documents.document_id = $2`;

const MATCHING_IDS = `
SELECT document_id FROM docstream.documents WHERE tenant = $1 AND document_id LIKE $2 || '%'
UNION SELECT document_id FROM docstream.tombstones WHERE tenant = $1 AND document_id LIKE $2 || '%'
LIMIT 2`;

const VIEW = `
SELECT runs.* FROM docstream.documents JOIN docstream.runs USING (document_id, run)
WHERE documents.tenant = $1 AND documents.document_id = $2`;

const NEWEST_TOMBSTONE = `
SELECT * FROM docstream.tombstones WHERE tenant = $1 AND document_id = $2 ORDER BY run DESC LIMIT 1`;

const TIMELINE = `
SELECT run, event, topic, partition, "offset", at, run_ms FROM docstream.timeline
WHERE document_id = $1 AND tenant = $2 ORDER BY run, at, array_position(
  ARRAY['received', 'parsed', 'classified', 'extracted', 'dead-lettered'], event), topic, partition, "offset"`;

const BURY = `
INSERT INTO docstream.tombstones (
  document_id, run, tenant, state, rank, state_at, state_source, sha256, parsed_sha256, accepted_at, erased_at)
SELECT document_id, run, tenant, state, rank, state_at, state_source, sha256, parsed_sha256, accepted_at, now()
FROM docstream.runs WHERE tenant = $1 AND document_id = $2
ON CONFLICT (document_id, run) DO UPDATE SET
  sha256 = greatest(tombstones.sha256, excluded.sha256),
  parsed_sha256 = greatest(tombstones.parsed_sha256, excluded.parsed_sha256)`;

/** Claim checks are what producers wrote: what is no SHA-256 names no blob. */
const BURIED_BLOBS = `
WITH buried AS (
  SELECT sha256, parsed_sha256 FROM docstream.tombstones WHERE tenant = $1 AND document_id = $2
)
SELECT
  array(SELECT DISTINCT sha256 FROM buried WHERE sha256 ~ '^[0-9a-f]{64}$') AS originals,
  array(
    SELECT DISTINCT parsed_sha256 FROM buried WHERE parsed_sha256 ~ '^[0-9a-f]{64}$' AND NOT EXISTS (
      SELECT FROM docstream.runs
      WHERE runs.parsed_sha256 = buried.parsed_sha256 AND runs.tenant = $1 AND runs.document_id <> $2)
  ) AS parsed_texts`;

/** DocumentRepository on PostgreSQL. */
export function createDocumentRepository(database: Database): DocumentRepository {
  return {
    accept: (document) =>
      database.transaction('accepting a document', (statements) => accept(statements, document)),
    withdraw: (documentId, run) =>
      database.transaction('withdrawing a document', (statements) => withdraw(statements, documentId, run)),
    find: (tenant, idOrPrefix) => find(database, tenant, idOrPrefix),
    list: (query) => list(database, query),
    erase: (tenant, documentId) =>
      database.transaction('erasing a document', (statements) => erase(statements, tenant, documentId)),
    checkHealth: async () => {
      await database.query('SELECT 1 FROM docstream.documents LIMIT 1');
    },
  };
}

async function accept(statements: Statements, document: AcceptedDocument): Promise<Acceptance> {
  const { documentId, tenant } = document;
  // Two acceptors of the same bytes: the second one sees what the first one wrote.
  await statements.query(`SELECT ${SHARE_ERASURE_LOCK}, pg_advisory_xact_lock(hashtextextended($1, 0))`, [
    `${tenant}/${documentId}`,
  ]);
  const { rows } = await statements.query(NEWEST_RUN, [tenant, documentId]);
  const known = rows[0];
  const goesOn = !document.reprocess && known !== undefined && isGoingOn(known, document.acceptedAtMs);
  const run = goesOn ? (String(known['run']) as RunId) : document.run;
  const state = goesOn ? (String(known['state']) as DocumentState) : 'accepted';
  if (!goesOn) await writeRuns(statements, [acceptedRun(document)]);
  await writeSubmissions(statements, [
    {
      documentId,
      run,
      tenant,
      source: document.submissionSource,
      id: document.submissionId,
      submittedAtMs: document.acceptedAtMs,
    },
  ]);
  return { outcome: goesOn ? 'existing' : 'new-run', documentId, run, state };
}

function isGoingOn(newest: Row, nowMs: number): boolean {
  const state = String(newest['state']) as DocumentState;
  if (state === 'stored') return true;
  if (isEndState(state)) return false;
  if (state !== 'accepted' || newest['received_at'] !== null) return true;
  return nowMs - (newest['accepted_at'] as Date).getTime() < UNCONFIRMED_MS;
}

function acceptedRun(document: AcceptedDocument): RunChange {
  const { documentId, run, tenant, acceptedAtMs, fileName, sha256, bytes, mediaType } = document;
  return {
    documentId,
    run,
    tenant,
    state: 'accepted',
    stateAtMs: acceptedAtMs,
    stateSource: '',
    error: null,
    detailRank: 1,
    detailAtMs: acceptedAtMs,
    detailSource: '',
    detail: {
      ...NO_DETAIL,
      fileName: fileName?.toWellFormed().replaceAll('\u0000', '') ?? null,
      sha256,
      bytes,
      mediaType,
    },
    parsedSha256: null,
    acceptedAtMs,
    receivedAtMs: null,
    updatedAtMs: acceptedAtMs,
  };
}

async function withdraw(statements: Statements, documentId: DocumentId, run: RunId): Promise<void> {
  await statements.query(`SELECT ${SHARE_ERASURE_LOCK}`);
  const { count } = await statements.query(
    `DELETE FROM docstream.runs WHERE document_id = $1 AND run = $2 AND state = 'accepted' AND received_at IS NULL
       AND NOT EXISTS (SELECT FROM docstream.timeline WHERE timeline.document_id = $1 AND timeline.run = $2)`,
    [documentId, run],
  );
  if (count === 0) return;
  await statements.query('DELETE FROM docstream.submissions WHERE document_id = $1 AND run = $2', [
    documentId,
    run,
  ]);
  const former = await statements.query(
    `DELETE FROM docstream.documents WHERE document_id = $1 AND run = $2 RETURNING tenant`,
    [documentId, run],
  );
  if (former.count === 0) return;
  await statements.query(
    `INSERT INTO docstream.documents (
       tenant, document_id, run, state, quality, type, confidence, file_name, accepted_at, updated_at)
     SELECT tenant, document_id, run, state, quality, classification->>'type',
       (classification->>'confidence')::double precision, file_name, accepted_at, updated_at
     FROM docstream.runs WHERE document_id = $1 AND tenant = $2 ORDER BY run DESC LIMIT 1
     ON CONFLICT DO NOTHING`,
    [documentId, former.rows[0]?.['tenant']],
  );
}

async function find(database: Database, tenant: string, idOrPrefix: string): Promise<DocumentView | null> {
  const prefix = idOrPrefix.toLowerCase();
  if (prefix.length < MIN_PREFIX_LENGTH || !/^[a-z2-7]{1,26}$/.test(prefix)) return null;
  const matching = await database.query(MATCHING_IDS, [tenant, prefix]);
  if (matching.count > 1) throw new PoisonError('AMBIGUOUS_ID', `several documents begin with ${prefix}`);
  const documentId = matching.rows[0]?.['document_id'];
  if (documentId === undefined) return null;
  // The timeline last: what the state rests on is in it then, whatever is stored between the statements.
  const living = (await database.query(VIEW, [tenant, documentId])).rows[0];
  const erased =
    living === undefined ? (await database.query(NEWEST_TOMBSTONE, [tenant, documentId])).rows[0] : undefined;
  const timeline = (await database.query(TIMELINE, [documentId, tenant])).rows;
  if (living !== undefined) return toView(living, timeline);
  return erased === undefined ? null : toErasedView(erased, timeline);
}

async function list(database: Database, query: DocumentQuery): Promise<DocumentPage> {
  const limit = Math.min(Math.max(1, Math.trunc(query.limit)), MAX_PAGE);
  const conditions = ['tenant = $1'];
  const values: unknown[] = [query.tenant];
  const add = (condition: (parameter: string) => string, value: unknown): void => {
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  if (query.type !== undefined) add((parameter) => `type = ${parameter}`, query.type);
  if (query.state !== undefined) add((parameter) => `state = ${parameter}`, query.state);
  if (query.cursor !== undefined) {
    const [run, documentId] = readCursor(query.cursor);
    values.push(run, documentId);
    conditions.push(`(run, document_id) < ($${values.length - 1}, $${values.length})`);
  }
  const { rows } = await database.query(
    `SELECT * FROM docstream.documents WHERE ${conditions.join(' AND ')}
     ORDER BY run DESC, document_id DESC LIMIT ${limit + 1}`,
    values,
  );
  const documents = rows.slice(0, limit).map(toSummary);
  const last = documents.at(-1);
  return { documents, nextCursor: rows.length > limit && last !== undefined ? writeCursor(last) : null };
}

async function erase(statements: Statements, tenant: string, documentId: DocumentId): Promise<ErasedRows> {
  await statements.query(`SELECT ${HOLD_ERASURE_LOCK}`);
  await statements.query(BURY, [tenant, documentId]);
  const parameters = [tenant, documentId];
  await statements.query(
    'DELETE FROM docstream.submissions WHERE tenant = $1 AND document_id = $2',
    parameters,
  );
  await statements.query(
    'DELETE FROM docstream.documents WHERE tenant = $1 AND document_id = $2',
    parameters,
  );
  const { count } = await statements.query(
    'DELETE FROM docstream.runs WHERE tenant = $1 AND document_id = $2',
    parameters,
  );
  const blobs = (await statements.query(BURIED_BLOBS, parameters)).rows[0];
  return {
    rows: count > 0,
    originals: (blobs?.['originals'] ?? []) as readonly string[],
    parsedTexts: (blobs?.['parsed_texts'] ?? []) as readonly string[],
  };
}

function writeCursor({ run, documentId }: { readonly run: string; readonly documentId: string }): string {
  return Buffer.from(`${run}.${documentId}`, 'latin1').toString('base64url');
}

function readCursor(cursor: string): readonly [run: string, documentId: string] {
  const match = /^([0-9A-Z]{26})\.([a-z2-7]{26})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (match === null) throw new PoisonError('INVALID_REQUEST', 'the cursor is not one that a list gave');
  return [match[1] ?? '', match[2] ?? ''];
}
