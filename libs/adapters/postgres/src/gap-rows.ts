import type { GapChange, TimelineChange } from '@docstream/core';
import type { Row, Statements } from './database.js';

/**
 * Evidence of a state in its order, the rule of mergeRunChanges: rank first; of one rank a result, or the gap in which
 * the run's record lies; then time and coordinates.
 */
export const BY_EVIDENCE =
  "rank DESC, state IN ('stored', 'lost', 'skipped') DESC, state_at DESC, state_source DESC";

/** Records of a range in one statement: a long one stays within the time that a statement may take. */
const RECORDS_AT_ONCE = 20_000;

const INSERT_GAPS = `
INSERT INTO docstream.gaps (
  source, topic, partition, from_offset, to_offset, consumer_group, state, at, audit_id, error)
SELECT source, topic, partition, from_offset, to_offset, consumer_group, state, at, audit_id, error
FROM json_to_recordset($1::json) AS given (
  source text, topic text, partition integer, from_offset bigint, to_offset bigint, consumer_group text, state text,
  at timestamptz, audit_id text, error jsonb)
ON CONFLICT (source) DO NOTHING`;

/** Each lost range once, also when several records tell of it: gaps are written by one transaction at a time. */
const INSERT_AUDIT = `
INSERT INTO docstream.audit (at, kind, consumer_group, topic, partition, from_offset, to_offset, facts)
SELECT DISTINCT ON (consumer_group, topic, partition, from_offset, to_offset)
  at, state, consumer_group, topic, partition, from_offset, to_offset, jsonb_build_object('source', source)
FROM docstream.gaps
WHERE source = ANY($1) AND state = 'lost' AND NOT EXISTS (
  SELECT FROM docstream.audit
  WHERE audit.kind = gaps.state AND audit.consumer_group = gaps.consumer_group AND audit.topic = gaps.topic
    AND audit.partition = gaps.partition AND audit.from_offset = gaps.from_offset AND audit.to_offset = gaps.to_offset)
ORDER BY consumer_group, topic, partition, from_offset, to_offset, at, source`;

const GIVEN_RECORDS = `
SELECT * FROM json_to_recordset($1::json) AS given (
  topic text, partition integer, "offset" bigint, document_id text, run text, tenant text, event text)`;

const RECORDS_OF_RANGE = `
SELECT topic, partition, "offset", document_id, run, tenant, event FROM docstream.timeline
WHERE topic = $1 AND partition = $2 AND "offset" >= $3 AND "offset" < $4 ORDER BY "offset" LIMIT ${RECORDS_AT_ONCE}`;

/** Runs, documents and tombstones whose record lies in a gap; returns who is at that end now, and how far it came. */
function endInGaps(records: string): string {
  return `
WITH record AS MATERIALIZED (${records}), hit AS MATERIALIZED (
  SELECT DISTINCT ON (document_id, run) * FROM (
    SELECT document_id, run, tenant, state, gaps.at AS state_at, source AS state_source, error,
      array_position(ARRAY['received', 'parsed', 'classified'], event)::smallint AS rank,
      max(gaps.at) OVER (PARTITION BY document_id, run) AS latest_at
    FROM record JOIN docstream.gaps ON gaps.topic = record.topic AND gaps.partition = record.partition
      AND gaps.from_offset <= record."offset" AND gaps.to_offset > record."offset"
    WHERE event IN ('received', 'parsed', 'classified')
  ) AS found ORDER BY document_id, run, ${BY_EVIDENCE}
), merged AS (
  UPDATE docstream.runs AS known SET
    (state, rank, state_at, state_source, error) = (
      SELECT newest.* FROM (
        VALUES (known.state, known.rank, known.state_at, known.state_source, known.error),
               (hit.state, hit.rank, hit.state_at, hit.state_source, hit.error)
      ) AS newest (state, rank, state_at, state_source, error) ORDER BY ${BY_EVIDENCE} LIMIT 1),
    updated_at = greatest(known.updated_at, hit.latest_at)
  FROM hit WHERE known.document_id = hit.document_id AND known.run = hit.run AND known.tenant = hit.tenant
  RETURNING known.tenant, known.document_id, known.run, known.state, known.updated_at
), shown AS (
  UPDATE docstream.documents SET state = merged.state, updated_at = merged.updated_at FROM merged
  WHERE documents.tenant = merged.tenant AND documents.document_id = merged.document_id AND documents.run = merged.run
), buried AS (
  UPDATE docstream.tombstones AS known SET
    (state, rank, state_at, state_source) = (
      SELECT newest.* FROM (
        VALUES (known.state, known.rank, known.state_at, known.state_source),
               (hit.state, hit.rank, hit.state_at, hit.state_source)
      ) AS newest (state, rank, state_at, state_source) ORDER BY ${BY_EVIDENCE} LIMIT 1)
  FROM hit WHERE known.document_id = hit.document_id AND known.run = hit.run AND known.tenant = hit.tenant
  RETURNING known.document_id, known.run, known.state
), ended AS (
  SELECT document_id || ' ' || run AS ended, state FROM merged
  UNION ALL SELECT document_id || ' ' || run, state FROM buried
)
SELECT array(SELECT ended FROM ended WHERE state IN ('lost', 'skipped')) AS ended,
  (SELECT count(*) FROM record)::integer AS records, (SELECT max("offset") FROM record) AS last`;
}

const END_GIVEN = endInGaps(GIVEN_RECORDS);
const END_RANGE = endInGaps(RECORDS_OF_RANGE);

/** Records that lie in a known gap. The transaction holds the rows of their runs already. Returns `document run`. */
export async function endRecordsInGaps(
  statements: Statements,
  timeline: readonly TimelineChange[],
): Promise<readonly string[]> {
  const records = timeline.map(({ documentId, run, tenant, event, topic, partition, offset }) => ({
    topic,
    partition,
    offset: offset.toString(),
    document_id: documentId,
    run,
    tenant,
    event,
  }));
  return endedOf((await statements.query(END_GIVEN, [JSON.stringify(records)])).rows[0]);
}

/**
 * Writes gaps down and ends the runs whose records lie in them. Nobody else may write rows meanwhile: a record that
 * another transaction is writing would be seen by neither. Returns `document run`.
 */
export async function writeGaps(
  statements: Statements,
  gaps: readonly GapChange[],
): Promise<readonly string[]> {
  await statements.query(INSERT_GAPS, [JSON.stringify(gaps.map(gapRow))]);
  await statements.query(INSERT_AUDIT, [gaps.map(({ source }) => source)]);
  const ended: string[] = [];
  for (const { topic, partition, from, to } of gaps) {
    for (let next: bigint | null = from; next !== null;) {
      const { rows } = await statements.query(END_RANGE, [topic, partition, next.toString(), to.toString()]);
      ended.push(...endedOf(rows[0]));
      const isFull: boolean = Number(rows[0]?.['records']) === RECORDS_AT_ONCE;
      next = isFull ? (rows[0]?.['last'] as bigint) + 1n : null;
    }
  }
  return ended;
}

function endedOf(row: Row | undefined): readonly string[] {
  return (row?.['ended'] ?? []) as readonly string[];
}

function gapRow({ source, topic, partition, from, to, group, state, atMs, auditId, error }: GapChange) {
  return {
    source,
    topic,
    partition,
    from_offset: from.toString(),
    to_offset: to.toString(),
    consumer_group: group,
    state,
    at: new Date(atMs).toISOString(),
    audit_id: auditId,
    error,
  };
}
