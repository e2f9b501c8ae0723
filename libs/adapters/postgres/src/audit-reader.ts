import { TOPICS, type DocumentId, type RunId } from '@docstream/contracts';
import type { AuditReader, AuditedRun, ResolvedRange } from '@docstream/core';
import pg from 'pg';
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

const RUNS = `
  SELECT document_id, run, state FROM docstream.runs
  UNION ALL SELECT document_id, run, state FROM docstream.tombstones`;

const OUTCOMES = (ranges: string): string => `
SELECT record.partition, min("offset") AS first, max("offset") AS last, count(*)::integer AS accepted,
  (count(*) FILTER (WHERE state = 'stored'))::integer AS stored,
  (count(*) FILTER (WHERE state = 'dead-lettered'))::integer AS dead_lettered,
  (count(*) FILTER (WHERE state = 'skipped'))::integer AS skipped,
  (count(*) FILTER (WHERE state = 'lost'))::integer AS lost,
  (count(*) FILTER (WHERE state IS NULL))::integer AS vanished
FROM docstream.timeline AS record LEFT JOIN (${RUNS}) AS known USING (document_id, run)
WHERE (${ranges}) AND ($1::timestamptz IS NULL OR record.at >= $1)
GROUP BY record.partition ORDER BY record.partition`;

const VANISHED = (ranges: string): string => `
WITH found AS MATERIALIZED (
  SELECT record.* FROM docstream.timeline AS record LEFT JOIN (${RUNS}) AS known USING (document_id, run)
  WHERE (${ranges}) AND ($1::timestamptz IS NULL OR record.at >= $1) AND state IS NULL
)
SELECT document_id, run, tenant, 'vanished' AS event, topic || '/' || partition || '/' || "offset" AS source,
  partition AS ingest_partition
FROM found ORDER BY document_id, run, "offset" LIMIT $2`;

/**
 * By topic, not by event: what the store could not read of another topic it notes as dead-lettered, and the stages go
 * on. The same run submitted twice has two outcomes by right.
 */
const DOUBLED = (candidates: string): string => `
WITH found AS (
  SELECT document_id, run, min(tenant) AS tenant, count(*) AS outcomes,
    array_agg(event || ' ' || topic || '/' || partition || '/' || "offset" ORDER BY at, topic, "offset") AS sources
  FROM docstream.timeline WHERE topic = ANY($2) AND (${candidates})
  GROUP BY document_id, run HAVING count(*) > 1
)
SELECT document_id, run, tenant, sources, ${INGEST_PARTITION} FROM found
WHERE outcomes > (
  SELECT count(*) FROM docstream.timeline AS submission
  WHERE submission.document_id = found.document_id AND submission.run = found.run AND submission.topic = $3)
ORDER BY document_id, run LIMIT $4`;

const CANDIDATES = (ranges: string): string => `
(document_id, run) IN (
  SELECT document_id, run FROM docstream.timeline AS record
  WHERE (${ranges}) AND ($1::timestamptz IS NULL OR record.at >= $1))`;

const KNOWN = (ranges: string): string => `
SELECT partition, "offset" / $1::bigint AS bucket, count(*)::integer AS records
FROM docstream.timeline AS record WHERE ${ranges} GROUP BY 1, 2`;

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
      (await all(OUTCOMES(inRanges(resolved)), [toTime(sinceMs)])).map((row) => ({
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
      (await all(VANISHED(inRanges(resolved)), [toTime(sinceMs), limit])).map(toRun),
    findDoubled: async (from, ingest, sinceMs, limit) => {
      const isWhole = sinceMs === null && from.every((place) => place.from === 0n);
      const ranges = from.map((place) => ({ ...place, below: END_OF_LOG, done: [] }));
      // The time is named also where it does not count, so that every parameter has a type.
      const candidates = isWhole ? '$1::timestamptz IS NULL' : CANDIDATES(inRanges(ranges));
      const topics = [...new Set(from.map(({ topic }) => topic))];
      return (await all(DOUBLED(candidates), [toTime(sinceMs), topics, ingest, limit])).map((row) => ({
        ...identityOf(row),
        outcomes: row['sources'] as readonly string[],
      }));
    },
    countKnown: async (ranges, bucketSize) =>
      (await all(KNOWN(inRanges(ranges.map((range) => ({ ...range, done: [] })))), [bucketSize])).map(
        (row) => ({
          partition: Number(row['partition']),
          bucket: row['bucket'] as bigint,
          records: Number(row['records']),
        }),
      ),
    findUnknown: async ({ topic, partition }, offsets) =>
      (await all(UNKNOWN, [topic, partition, offsets.map(String)])).map((row) => row['given'] as bigint),
  };
}

/** Greatest bigint of PostgreSQL. */
const END_OF_LOG = 2n ** 63n - 1n;

/**
 * Condition on `record`. Written out instead of joined: with the numbers in sight the planner takes the index for the
 * newest records and hashes for all; joined with a list of ranges it looked up a million rows one by one.
 */
function inRanges(ranges: readonly ResolvedRange[]): string {
  const conditions = ranges.map(({ topic, partition, from, below, done }) => {
    const above = done.length === 0 ? '' : ` OR record."offset" = ANY('{${done.join(',')}}'::bigint[])`;
    return `(record.topic = ${pg.escapeLiteral(topic)} AND record.partition = ${partition}
      AND record."offset" >= ${from} AND (record."offset" < ${below}${above}))`;
  });
  return conditions.length === 0 ? 'false' : conditions.join(' OR ');
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
