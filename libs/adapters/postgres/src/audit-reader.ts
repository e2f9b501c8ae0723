import { TOPICS, type DocumentId, type RunId } from '@docstream/contracts';
import type { AuditReader, AuditedRun, ResolvedRange } from '@docstream/core';
import type { Database, Row } from './database.js';

const RESOLVED = `
resolved AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS given (topic text, partition integer, "from" bigint, below bigint, done bigint[])
)`;
const OPEN = "('accepted', 'parsed', 'classified')";

const INGEST_PARTITION = `(
  SELECT min(ingest.partition) FROM docstream.timeline AS ingest
  WHERE ingest.document_id = found.document_id AND ingest.run = found.run AND ingest.topic = '${TOPICS.ingest.name}'
) AS ingest_partition`;

/**
 * The row of an open run names the record that says its state; where that is the acceptor's own row (a clock ahead of
 * the broker's), the ingest record in the timeline. A record resolved without a next event has no future.
 */
const UNFINISHED = `
WITH ${RESOLVED}, open AS (
  SELECT document_id, run, tenant, state, state_at, state_source FROM docstream.runs WHERE state IN ${OPEN}
  UNION ALL
  SELECT document_id, run, tenant, state, state_at, state_source FROM docstream.tombstones WHERE state IN ${OPEN}
), placed AS (
  SELECT document_id, run, tenant, state, state_at AS at, split_part(state_source, '/', 1) AS topic,
    split_part(state_source, '/', 2)::integer AS partition, split_part(state_source, '/', 3)::bigint AS "offset"
  FROM open WHERE state_source <> ''
  UNION ALL
  SELECT open.document_id, open.run, open.tenant, state, timeline.at, topic, partition, "offset"
  FROM open JOIN docstream.timeline USING (document_id, run)
  WHERE state_source = '' AND topic = '${TOPICS.ingest.name}'
), found AS (
  SELECT DISTINCT ON (document_id, run) placed.* FROM placed JOIN resolved USING (topic, partition)
  WHERE ("offset" < below OR "offset" = ANY(done)) AND ($2::timestamptz IS NULL OR at >= $2)
  ORDER BY document_id, run, "offset" LIMIT $3
)
SELECT document_id, run, tenant, CASE state WHEN 'accepted' THEN 'received' ELSE state END AS event,
  topic || '/' || partition || '/' || "offset" AS source, ${INGEST_PARTITION}
FROM found ORDER BY document_id, run`;

const INGEST_RECORDS = `
record AS (
  SELECT timeline.* FROM resolved JOIN docstream.timeline
    ON timeline.topic = resolved.topic AND timeline.partition = resolved.partition
    AND timeline."offset" >= resolved."from" AND (timeline."offset" < below OR timeline."offset" = ANY(done))
  WHERE $2::timestamptz IS NULL OR timeline.at >= $2
)`;

const OUTCOMES = `
WITH ${RESOLVED}, ${INGEST_RECORDS}, judged AS (
  SELECT record.partition, record."offset", coalesce(runs.state, tombstones.state) AS state FROM record
  LEFT JOIN docstream.runs ON runs.document_id = record.document_id AND runs.run = record.run
  LEFT JOIN docstream.tombstones ON tombstones.document_id = record.document_id AND tombstones.run = record.run
)
SELECT partition, min("offset") AS first, max("offset") AS last, count(*)::integer AS accepted,
  (count(*) FILTER (WHERE state = 'stored'))::integer AS stored,
  (count(*) FILTER (WHERE state = 'dead-lettered'))::integer AS dead_lettered,
  (count(*) FILTER (WHERE state = 'skipped'))::integer AS skipped,
  (count(*) FILTER (WHERE state = 'lost'))::integer AS lost,
  (count(*) FILTER (WHERE state IS NULL))::integer AS vanished
FROM judged GROUP BY partition ORDER BY partition`;

const VANISHED = `
WITH ${RESOLVED}, ${INGEST_RECORDS}
SELECT document_id, run, tenant, event, topic || '/' || partition || '/' || "offset" AS source,
  partition AS ingest_partition
FROM record WHERE
  NOT EXISTS (SELECT FROM docstream.runs WHERE runs.document_id = record.document_id AND runs.run = record.run)
  AND NOT EXISTS (
    SELECT FROM docstream.tombstones
    WHERE tombstones.document_id = record.document_id AND tombstones.run = record.run)
ORDER BY document_id, run, "offset" LIMIT $3`;

/**
 * By topic, not by event: what the store could not read of another topic it notes as dead-lettered, and the stages go
 * on. The same run submitted twice has two outcomes by right.
 */
const DOUBLED = `
WITH start AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS given (topic text, partition integer, "from" bigint)
), candidate AS (
  SELECT DISTINCT document_id, run FROM start JOIN docstream.timeline AS outcome
    ON outcome.topic = start.topic AND outcome.partition = start.partition AND outcome."offset" >= start."from"
  WHERE $2::timestamptz IS NULL OR outcome.at >= $2
), found AS (
  SELECT document_id, run, min(tenant) AS tenant, count(*) AS outcomes,
    array_agg(event || ' ' || outcome.topic || '/' || outcome.partition || '/' || "offset" ORDER BY at, outcome.topic, "offset")
      AS sources
  FROM candidate JOIN docstream.timeline AS outcome USING (document_id, run)
  WHERE outcome.topic IN (SELECT topic FROM start)
  GROUP BY document_id, run HAVING count(*) > 1
)
SELECT document_id, run, tenant, sources, ${INGEST_PARTITION} FROM found
WHERE outcomes > (
  SELECT count(*) FROM docstream.timeline AS submission
  WHERE submission.document_id = found.document_id AND submission.run = found.run AND submission.topic = $3)
ORDER BY document_id, run LIMIT $4`;

const KNOWN = `
WITH ${RESOLVED}
SELECT partition, "offset" / $2::bigint AS bucket, count(*)::integer AS records
FROM resolved JOIN docstream.timeline USING (topic, partition)
WHERE "offset" >= "from" AND "offset" < below GROUP BY 1, 2`;

const UNKNOWN = `
SELECT given FROM unnest($3::bigint[]) AS given
WHERE NOT EXISTS (SELECT FROM docstream.timeline WHERE topic = $1 AND partition = $2 AND "offset" = given)`;

/** AuditReader on PostgreSQL: each method one statement, so one state of the tables. */
export function createAuditReader(database: Database): AuditReader {
  const all = async (text: string, values: readonly unknown[]): Promise<readonly Row[]> =>
    (await database.query(text, values)).rows;
  return {
    readPositions: async (group) => {
      const rows = await all(
        'SELECT topic, partition, next_offset FROM docstream.positions WHERE consumer_group = $1 AND next_offset IS NOT NULL',
        [group],
      );
      return new Map(
        rows.map((row) => [
          `${String(row['topic'])}/${String(row['partition'])}`,
          row['next_offset'] as bigint,
        ]),
      );
    },
    findUnfinished: async (resolved, sinceMs, limit) =>
      (await all(UNFINISHED, [toJson(resolved), toTime(sinceMs), limit])).map(toRun),
    countOutcomes: async (resolved, sinceMs) =>
      (await all(OUTCOMES, [toJson(resolved), toTime(sinceMs)])).map((row) => ({
        partition: Number(row['partition']),
        first: row['first'] as bigint,
        last: row['last'] as bigint,
        accepted: Number(row['accepted']),
        stored: Number(row['stored']),
        deadLettered: Number(row['dead_lettered']),
        skipped: Number(row['skipped']),
        lost: Number(row['lost']),
        vanished: Number(row['vanished']),
      })),
    findVanished: async (resolved, sinceMs, limit) =>
      (await all(VANISHED, [toJson(resolved), toTime(sinceMs), limit])).map(toRun),
    findDoubled: async (from, ingest, sinceMs, limit) => {
      const start = JSON.stringify(
        from.map((place) => ({ ...place, from: place.from.toString() })),
        withoutBigints,
      );
      return (await all(DOUBLED, [start, toTime(sinceMs), ingest, limit])).map((row) => ({
        ...identityOf(row),
        outcomes: row['sources'] as readonly string[],
      }));
    },
    countKnown: async (ranges, bucketSize) =>
      (await all(KNOWN, [toJson(ranges), bucketSize])).map((row) => ({
        partition: Number(row['partition']),
        bucket: row['bucket'] as bigint,
        records: Number(row['records']),
      })),
    findUnknown: async ({ topic, partition }, offsets) =>
      (await all(UNKNOWN, [topic, partition, offsets.map(String)])).map((row) => row['given'] as bigint),
  };
}

function toJson(resolved: readonly ResolvedRange[]): string {
  return JSON.stringify(resolved, withoutBigints);
}

function withoutBigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

function toTime(sinceMs: number | null): string | null {
  return sinceMs === null ? null : new Date(sinceMs).toISOString();
}

function identityOf(row: Row) {
  return {
    documentId: String(row['document_id']) as DocumentId,
    run: String(row['run']) as RunId,
    tenant: String(row['tenant']),
    ingestPartition: row['ingest_partition'] === null ? null : Number(row['ingest_partition']),
  };
}

function toRun(row: Row): AuditedRun {
  return { ...identityOf(row), event: String(row['event']), source: String(row['source']) };
}
