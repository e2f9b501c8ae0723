import { parseCoordinates, type Redrive, type RedriveLog, type RedriveState } from '@docstream/core';
import type { Database, Row } from './database.js';

const COLUMNS = 'id, topic, partition, from_offset, facts';

const FIND = `
SELECT DISTINCT ON (facts->>'of') ${COLUMNS} FROM docstream.audit
WHERE kind = 'redrive' AND facts->>'of' = ANY($1::text[]) ORDER BY facts->>'of', id DESC`;

const BEGIN = `
INSERT INTO docstream.audit (kind, topic, partition, from_offset, facts)
VALUES ('redrive', $1, $2, $3, $4::jsonb) RETURNING ${COLUMNS}`;

const END = `
UPDATE docstream.audit SET facts = facts || $2::jsonb WHERE kind = 'redrive' AND id = $1`;

/** One row of docstream.audit for each redrive: topic, partition and from_offset are where it goes to. */
export function createRedriveLog(database: Database): RedriveLog {
  return {
    find: async (letters) => {
      if (letters.length === 0) return new Map();
      const { rows } = await database.query(FIND, [letters]);
      return new Map(rows.map(toRedrive).map((redrive) => [redrive.of, redrive]));
    },
    begin: async ({ target, searchFrom, ...facts }) => {
      const { rows } = await database.query(BEGIN, [
        target.topic,
        target.partition,
        searchFrom.toString(),
        JSON.stringify({ ...facts, state: 'begun' }),
      ]);
      return toRedrive(rows[0] ?? {});
    },
    end: async (id, outcome) => {
      const facts =
        'sentTo' in outcome
          ? {
              state: 'sent',
              to: `${outcome.sentTo.topic}/${outcome.sentTo.partition}/${outcome.sentTo.offset}`,
            }
          : { state: 'refused', reason: outcome.refusedWith };
      await database.query(END, [id.toString(), JSON.stringify(facts)]);
    },
    exclusively: (letter, work) =>
      database.transaction(`redriving ${letter}`, async (statements) => {
        // The lock ends with its transaction, which is idle for as long as `work` waits for Kafka.
        await statements.query('SET LOCAL idle_in_transaction_session_timeout = 0');
        const { rows } = await statements.query(
          "SELECT pg_try_advisory_xact_lock(hashtextextended('redrive ' || $1, 0)) AS held",
          [letter],
        );
        return rows[0]?.['held'] === true ? await work() : null;
      }),
  };
}

function toRedrive(row: Row): Redrive {
  const facts = row['facts'] as {
    of: string;
    run: string;
    documentId: string | null;
    code: string | null;
    state: RedriveState;
    to?: string;
  };
  const { of, run, documentId, code, state, to } = facts;
  return {
    id: row['id'] as bigint,
    of,
    run,
    documentId,
    code,
    state,
    target: { topic: String(row['topic']), partition: Number(row['partition']) },
    searchFrom: row['from_offset'] as bigint,
    sentTo: to === undefined ? null : parseCoordinates(to),
  };
}
