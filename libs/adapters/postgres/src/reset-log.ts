import type { CommittedPosition, ResetEntry, ResetLog, ResetStep } from '@docstream/core';
import type { Database, Row } from './database.js';

const BEGIN = `
INSERT INTO docstream.audit (kind, consumer_group, facts) VALUES ('reset', $1, $2::jsonb)`;

const LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('reset ' || $1, 0)) AS held";

const FIND = `
SELECT consumer_group, facts FROM docstream.audit WHERE kind = 'reset' AND facts->>'auditId' = $1`;

const MARK = `
UPDATE docstream.audit SET facts = jsonb_set(facts, '{steps}', (
  SELECT jsonb_agg(CASE WHEN step->>'topic' = $2 AND (step->>'partition')::integer = $3
    THEN step || $4::jsonb ELSE step END ORDER BY at)
  FROM jsonb_array_elements(facts->'steps') WITH ORDINALITY AS given (step, at)))
WHERE kind = 'reset' AND facts->>'auditId' = $1`;

const COUNT = `
SELECT count(DISTINCT document_id)::integer AS documents FROM docstream.timeline
WHERE topic = $1 AND partition = $2 AND "offset" >= $3 AND "offset" < $4`;

const POSITIONS = `
SELECT topic, partition, next_offset FROM docstream.positions WHERE consumer_group = $1
ORDER BY topic, partition`;

/** The new epoch makes the running store lose its compare-and-set, and its epoch watch take over again. */
const MOVE = `
WITH known AS MATERIALIZED (
  SELECT next_offset FROM docstream.positions
  WHERE consumer_group = $1 AND topic = $2 AND partition = $3 FOR UPDATE
)
UPDATE docstream.positions SET next_offset = $4::bigint, epoch = epoch + 1, updated_at = now() FROM known
WHERE consumer_group = $1 AND topic = $2 AND partition = $3
  AND CASE WHEN $5::boolean THEN known.next_offset > $4::bigint ELSE known.next_offset < $4::bigint END
RETURNING known.next_offset AS before`;

/** One row of docstream.audit for each reset; its facts say which partitions are done. */
export function createResetLog(database: Database): ResetLog {
  return {
    begin: async ({ group, ...facts }) => {
      await database.query(BEGIN, [group, toJson({ ...facts })]);
    },
    find: async (auditId) => {
      const row = (await database.query(FIND, [auditId])).rows[0];
      return row === undefined ? null : toEntry(row);
    },
    exclusively: async <T>(auditId: string, work: () => Promise<T>): Promise<T | null> => {
      let done: { readonly value: T } | null = null;
      try {
        await database.transaction(`carrying out the reset ${auditId}`, async (statements) => {
          // The lock ends with its transaction, which is idle for as long as `work` waits for Kafka.
          await statements.query("SET LOCAL idle_in_transaction_session_timeout = '30min'");
          const { rows } = await statements.query(LOCK, [auditId]);
          if (rows[0]?.['held'] === true) done = { value: await work() };
        });
      } catch (error) {
        if (done === null) throw error;
      }
      return (done as { readonly value: T } | null)?.value ?? null;
    },
    markDone: async (auditId, { topic, partition }, from) => {
      const done = toJson({ state: 'done', from });
      await database.query(MARK, [auditId, topic, partition, done]);
    },
    countDocuments: async ({ topic, partition }, from, to) => {
      const { rows } = await database.query(COUNT, [topic, partition, from.toString(), to.toString()]);
      return Number(rows[0]?.['documents']);
    },
    storePositions: async (group) =>
      (await database.query(POSITIONS, [group])).rows.map((row) => ({
        topic: String(row['topic']),
        partition: Number(row['partition']),
        next: row['next_offset'] as bigint | null,
      })),
    moveStore: (auditId, group, { topic, partition, from, to }) =>
      database.transaction(`moving the store in ${topic}/${partition}`, async (statements) => {
        const isBack = to < from.offset;
        const { rows } = await statements.query(MOVE, [group, topic, partition, to.toString(), isBack]);
        const before = rows[0]?.['before'] as bigint | undefined;
        const done = { state: 'done', from: before === undefined ? from : { offset: before, metadata: '' } };
        await statements.query(MARK, [auditId, topic, partition, toJson(done)]);
        return before === undefined ? 'there' : 'moved';
      }),
  };
}

function toJson(facts: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(facts, (_, entry: unknown) => (typeof entry === 'bigint' ? entry.toString() : entry));
}

interface StoredStep extends Omit<ResetStep, 'from' | 'to'> {
  readonly from: { readonly offset: string; readonly metadata: CommittedPosition['metadata'] };
  readonly to: string;
}

function toEntry(row: Row): ResetEntry {
  const facts = row['facts'] as Omit<ResetEntry, 'group' | 'steps'> & {
    readonly steps: readonly StoredStep[];
  };
  return {
    ...facts,
    group: String(row['consumer_group']),
    steps: facts.steps.map(({ from, to, ...step }) => ({
      ...step,
      from: { offset: BigInt(from.offset), metadata: from.metadata },
      to: BigInt(to),
    })),
  };
}
