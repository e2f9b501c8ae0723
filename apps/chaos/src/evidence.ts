import { readFile, readdir } from 'node:fs/promises';
import {
  CLOUD_EVENTS,
  CONSUMED_TOPICS,
  HEADERS,
  SERVICES,
  TOPICS,
  groupOf,
  readHeader,
  type EventName,
  type TopicContract,
} from '@docstream/contracts';
import {
  identifySubmission,
  ingestKind,
  readIdentity,
  type ConsumedRecord,
  type LogRange,
  type TopicPartition,
} from '@docstream/core';
import type { Arena } from './arena.js';
import type { Evidence, SeenEvent, SeenLag, SeenPosition } from './invariants.js';
import { nameOfRun } from './ledger.js';

const STAGE_TOPICS = [TOPICS.parsed, TOPICS.classified, TOPICS.extracted, TOPICS.deadLettered] as const;
const READ_TOPICS = [TOPICS.ingest, ...STAGE_TOPICS, TOPICS.positions] as const;
const ENDS: ReadonlyMap<string, SeenEvent['end']> = new Map([
  [TOPICS.extracted.name, 'stored'],
  [TOPICS.deadLettered.name, 'dead-lettered'],
]);

/** Ends of the logs when a scenario begins, by `topic/partition`. */
export type Marks = ReadonlyMap<string, bigint>;

export async function markLogs(arena: Arena): Promise<Marks> {
  const ranges = await Promise.all(READ_TOPICS.map(({ name }) => arena.admin.logRanges(name)));
  return new Map(ranges.flat().map(({ topic, partition, range }) => [`${topic}/${partition}`, range.end]));
}

/** Reads everything that was written since `marks`; the system should be at rest. */
export async function collectEvidence(
  arena: Arena,
  marks: Marks,
  acknowledged: ReadonlySet<string>,
  more: Pick<Evidence, 'grown' | 'notRedriven'>,
): Promise<Evidence> {
  const hanging: string[] = [];
  const records = new Map<string, ConsumedRecord[]>();
  const ranges = await Promise.all(READ_TOPICS.map(({ name }) => arena.admin.logRanges(name)));
  await Promise.all(
    ranges.flat().map(async ({ topic, partition, range: { end } }) => {
      const start = marks.get(`${topic}/${partition}`) ?? 0n;
      const found = await readRange(arena, { topic, partition }, { start, end }, hanging);
      records.set(topic, [...(records.get(topic) ?? []), ...found]);
    }),
  );
  const undecodable: string[] = [];
  const events: SeenEvent[] = [];
  for (const topic of STAGE_TOPICS) {
    for (const record of records.get(topic.name) ?? []) {
      await decodes(arena, topic, record, undecodable);
      events.push(toEvent(record));
    }
  }
  const ingested = (records.get(TOPICS.ingest.name) ?? []).map((record) => nameOfRun(identify(record)));
  const names = [...new Set([...ingested, ...acknowledged])];
  return {
    acknowledged,
    ingested,
    events,
    rows: await readRows(arena, names),
    repeatedInTimeline: await readRepeated(arena, names),
    undecodable,
    positions: await readPositions(arena, records.get(TOPICS.positions.name) ?? [], undecodable),
    lags: await readLags(arena),
    hanging,
    ...more,
  };
}

async function readRange(
  arena: Arena,
  at: TopicPartition,
  range: LogRange,
  hanging: string[],
): Promise<readonly ConsumedRecord[]> {
  const found: ConsumedRecord[] = [];
  if (range.start >= range.end) return found;
  try {
    for await (const record of arena.reader.read(at, range)) found.push(record);
  } catch (error) {
    hanging.push(`${at.topic}/${at.partition} (${error instanceof Error ? error.message : String(error)})`);
  }
  return found;
}

function identify(record: ConsumedRecord) {
  return identifySubmission(record, ingestKind(record.value) === 'pdf' ? record.value : null);
}

function toEvent({ topic, partition, offset, key, headers }: ConsumedRecord): SeenEvent {
  const identity = readIdentity(headers);
  return {
    topic,
    partition,
    offset,
    key: new TextDecoder().decode(key ?? new Uint8Array()),
    name: identity === null ? '' : nameOfRun(identity),
    eventId: readHeader(headers, CLOUD_EVENTS.id) ?? '',
    source: readHeader(headers, HEADERS.source) ?? '',
    end: ENDS.get(topic) ?? null,
  };
}

async function decodes<Name extends EventName>(
  arena: Arena,
  topic: TopicContract<Name>,
  { partition, offset, value }: ConsumedRecord,
  undecodable: string[],
): Promise<void> {
  try {
    await arena.codec.decode(topic, value ?? new Uint8Array());
  } catch (error) {
    undecodable.push(`${topic.name}/${partition}/${offset} (${String(error)})`);
  }
}

async function readPositions(
  arena: Arena,
  records: readonly ConsumedRecord[],
  undecodable: string[],
): Promise<readonly SeenPosition[]> {
  const positions: SeenPosition[] = [];
  for (const { key, value, partition, offset } of records) {
    if (value === null) continue;
    try {
      const position = await arena.codec.decode(TOPICS.positions, value);
      positions.push({
        key: new TextDecoder().decode(key ?? new Uint8Array()),
        offset: BigInt(position.offset),
        isAudited: position.auditId !== null,
      });
    } catch (error) {
      undecodable.push(`${TOPICS.positions.name}/${partition}/${offset} (${String(error)})`);
    }
  }
  return positions;
}

async function readRows(arena: Arena, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await arena.database.query(
    "SELECT document_id || '/' || run AS name, state FROM docstream.runs WHERE document_id || '/' || run = ANY($1)",
    [names],
  );
  return new Map(rows.map((row) => [String(row['name']), String(row['state'])]));
}

async function readRepeated(arena: Arena, names: readonly string[]): Promise<readonly string[]> {
  const { rows } = await arena.database.query(
    `SELECT document_id || '/' || run || ' ' || event AS name FROM docstream.timeline
     WHERE document_id || '/' || run = ANY($1) GROUP BY document_id, run, event HAVING count(*) > 1`,
    [names],
  );
  return rows.map((row) => String(row['name']));
}

/** From ends and offsets, apart from what the gateway makes of them. */
export async function readLags(arena: Arena): Promise<readonly SeenLag[]> {
  const exported = await readExportedLags(arena);
  const topics = [...new Set(Object.values(CONSUMED_TOPICS).flat())];
  const ranges = (await Promise.all(topics.map((topic) => arena.admin.logRanges(topic)))).flat();
  const lags = SERVICES.map(async (service) => {
    const group = groupOf(service);
    const committed = await arena.admin.committedPositions(group, CONSUMED_TOPICS[service]);
    return ranges
      .filter(({ topic }) => CONSUMED_TOPICS[service].includes(topic))
      .map(({ topic, partition, range: { start, end } }) => {
        const at = committed.find((position) => position.topic === topic && position.partition === partition);
        const from = at === undefined || at.offset < start ? start : at.offset;
        const name = `${group} ${topic}/${partition}`;
        return { group, topic, partition, computed: end - from, exported: exported.get(name) ?? null };
      });
  });
  return (await Promise.all(lags)).flat();
}

async function readExportedLags(arena: Arena): Promise<ReadonlyMap<string, bigint>> {
  if (!arena.pipeline.names().includes('gateway')) return new Map();
  const response = await fetch(`${arena.pipeline.urlOf('gateway')}/metrics`);
  const lags = new Map<string, bigint>();
  for (const line of (await response.text()).split('\n')) {
    if (!line.startsWith('kafka_consumergroup_group_lag{')) continue;
    const label = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(line)?.[1] ?? '';
    const value = line.slice(line.lastIndexOf(' ') + 1);
    lags.set(`${label('group')} ${label('topic')}/${label('partition')}`, BigInt(Math.round(Number(value))));
  }
  return lags;
}

export interface Use {
  readonly residentMb: number;
  readonly handles: number;
}

/** Memory and open files of a process; null where the system does not tell. */
export async function readUse(pid: number): Promise<Use | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const handles = (await readdir(`/proc/${pid}/fd`)).length;
    return { residentMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024, handles };
  } catch {
    return null;
  }
}
