import {
  OwnershipLostError,
  type PositionMove,
  type SinkDatabase,
  type StoreChange,
  type TopicPartition,
} from '@docstream/core';
import type { Database, Statements } from './database.js';
import { SHARE_ERASURE_LOCK, lockFor, writeChanges } from './document-rows.js';

const TAKE_OVER = `
INSERT INTO docstream.positions AS old (consumer_group, topic, partition, next_offset, epoch)
VALUES ($1, $2, $3, NULL, 1)
ON CONFLICT (consumer_group, topic, partition) DO UPDATE SET epoch = old.epoch + 1, updated_at = now()
RETURNING epoch, next_offset`;

/** The erasure lock must be held before the next statement takes its snapshot; hence here. */
const moveUnder = (lock: string): string => `
UPDATE docstream.positions SET next_offset = $4, updated_at = now()
FROM (SELECT ${lock}) AS locked
WHERE consumer_group = $1 AND topic = $2 AND partition = $3 AND epoch = $5
  AND next_offset IS NOT DISTINCT FROM $6::bigint`;

const RECORD_LOSS = `
INSERT INTO docstream.audit (kind, consumer_group, topic, partition, from_offset, to_offset)
VALUES ('lost', $1, $2, $3, $4, $5)`;

/** The store's rows and positions in PostgreSQL. */
export function createSinkDatabase(database: Database): SinkDatabase<StoreChange> {
  return {
    takeOver: async (group, { topic, partition }) => {
      const { rows } = await database.transaction(`taking over ${topic}/${partition}`, (statements) =>
        statements.query(TAKE_OVER, [group, topic, partition]),
      );
      const row = rows[0];
      return { epoch: row?.['epoch'] as bigint, nextOffset: row?.['next_offset'] as bigint | null };
    },
    apply: (group, partition, position, changes) =>
      database.transaction(`storing ${partition.topic}/${partition.partition}`, async (statements) => {
        await move(statements, group, partition, position, lockFor(changes));
        await writeChanges(statements, changes);
      }),
    recordLoss: (group, partition, position) =>
      database.transaction('recording a loss', async (statements) => {
        await move(statements, group, partition, position);
        const range = [position.from, position.to].map(String);
        await statements.query(RECORD_LOSS, [group, partition.topic, partition.partition, ...range]);
      }),
    readEpochs: async (group) => {
      const { rows } = await database.query(
        'SELECT topic, partition, epoch FROM docstream.positions WHERE consumer_group = $1',
        [group],
      );
      return new Map(
        rows.map((row) => [`${String(row['topic'])}/${String(row['partition'])}`, row['epoch'] as bigint]),
      );
    },
    checkHealth: () => checkWritable(database),
  };
}

/** A standby, and a server that goes down, answer reads: it counts who would take a write. */
async function checkWritable(database: Database): Promise<void> {
  await database.transaction('checking PostgreSQL', async (statements) => {
    await statements.query('SET TRANSACTION READ WRITE');
    await statements.query('SELECT 1 FROM docstream.positions LIMIT 1');
  });
}

async function move(
  statements: Statements,
  group: string,
  { topic, partition }: TopicPartition,
  { epoch, from, to }: PositionMove,
  lock = SHARE_ERASURE_LOCK,
): Promise<void> {
  const { count } = await statements.query(moveUnder(lock), [
    group,
    topic,
    partition,
    to.toString(),
    epoch.toString(),
    from === null ? null : from.toString(),
  ]);
  if (count === 0) {
    throw new OwnershipLostError(`${topic}/${partition} was taken over, or its position was moved`, {
      facts: { topic, partition },
    });
  }
}
