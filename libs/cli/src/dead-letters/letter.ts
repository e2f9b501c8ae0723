import {
  CONSUMED_TOPICS,
  DEAD_LETTER_TOPICS,
  DEFAULT_TENANT,
  ERROR_CODES,
  HEADERS,
  SERVICES,
  SPRING_DEAD_LETTER,
  isTenant,
  readHeader,
  type ErrorCode,
  type RecordHeaders,
  type ServiceName,
} from '@docstream/contracts';
import { formatCoordinates, parseCoordinates, type ConsumedRecord, type Coordinates } from '@docstream/core';

export const CONNECT_PREFIX = '__connect.errors.';
export const SPRING_PREFIX = 'kafka_dlt-';

const INTEGERS: ReadonlySet<string> = new Set([
  SPRING_DEAD_LETTER.originalPartition,
  SPRING_DEAD_LETTER.originalOffset,
  SPRING_DEAD_LETTER.originalTimestamp,
]);

/** The claim check of what did not fit into the dead letter. */
export interface Spilled {
  readonly sha256: string;
  readonly bytes: number;
  readonly mediaType: string;
}

/** What is known of a dead letter without its value: small, however large the record is. */
export interface DeadLetter {
  /** `topic/partition/offset` on the dead-letter topic. */
  readonly at: string;
  readonly where: Coordinates;
  readonly stage: ServiceName;
  readonly timeMs: number;
  readonly code: string | null;
  readonly documentId: string | null;
  readonly tenant: string;
  readonly run: string | null;
  /** Where the record stood before; null when no header says so. */
  readonly origin: Coordinates | null;
  readonly attempts: number | null;
  readonly text: string;
  readonly bytes: number;
  readonly spilled: Spilled | null;
  /** The dead letter whose redrive this record was before it failed again. */
  readonly redriveOf: string | null;
}

export function stageOfTopic(topic: string): ServiceName | null {
  return SERVICES.find((service) => DEAD_LETTER_TOPICS[service].name === topic) ?? null;
}

/** Reads our headers, else Spring's, else Connect's. Null when the topic is none of dead letters. */
export function readLetter(record: ConsumedRecord): DeadLetter | null {
  const stage = stageOfTopic(record.topic);
  if (stage === null) return null;
  const { headers } = record;
  const first = (...names: readonly string[]): string | null => {
    for (const name of names) {
      const text = readHeader(headers, name);
      if (text !== undefined && text !== '') return text;
    }
    return null;
  };
  const tenant = first(HEADERS.tenant);
  const attempts = first(HEADERS.attempts);
  return {
    at: formatCoordinates(record),
    where: { topic: record.topic, partition: record.partition, offset: record.offset },
    stage,
    timeMs: record.timestampMs,
    code: first(HEADERS.code, SPRING_DEAD_LETTER.exceptionFqcn, `${CONNECT_PREFIX}exception.class.name`),
    documentId: first(HEADERS.documentId),
    tenant: tenant !== null && isTenant(tenant) ? tenant : DEFAULT_TENANT,
    run: first(HEADERS.run),
    origin: readOrigin(headers),
    attempts: attempts !== null && /^\d{1,9}$/.test(attempts) ? Number(attempts) : null,
    text: first(SPRING_DEAD_LETTER.exceptionMessage, `${CONNECT_PREFIX}exception.message`) ?? '',
    bytes: record.value?.byteLength ?? 0,
    spilled: readSpilled(headers),
    redriveOf: first(HEADERS.redriveOf),
  };
}

/** Why it can't go back to where it came from; null when it can. */
export function foreignReason({ stage, origin }: DeadLetter): string | null {
  if (origin === null) return 'no header says where it came from';
  if (CONSUMED_TOPICS[stage].includes(origin.topic)) return null;
  return `it came from ${origin.topic}, which the ${stage} does not read`;
}

export function remedyOf(code: string | null): string | null {
  return code !== null && Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code as ErrorCode].remedy : null;
}

/** Spring writes numbers in 4 or 8 big-endian bytes; others write text. Null when it is neither. */
export function readInteger(headers: RecordHeaders, name: string): bigint | null {
  const bytes = headers.find(([key]) => key === name)?.[1];
  if (bytes == null) return null;
  const text = new TextDecoder().decode(bytes);
  // Eight ASCII digits are a number of eight bytes, too: as such it would be far beyond any offset or time.
  if (/^\d{1,19}$/.test(text)) return BigInt(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength === 4) return BigInt(view.getInt32(0));
  return bytes.byteLength === 8 ? view.getBigInt64(0) : null;
}

/** A header's value as people read it. */
export function showHeader(headers: RecordHeaders, name: string, value: Uint8Array | null): string {
  if (value === null) return '(null)';
  if (INTEGERS.has(name)) return String(readInteger(headers, name) ?? hexOf(value));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(value);
  } catch {
    return hexOf(value);
  }
}

function hexOf(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}

/** Spring's and Connect's before `docstream-source`: on records that another tool dead-lettered, that one is the event's own. */
function readOrigin(headers: RecordHeaders): Coordinates | null {
  const names = [
    [
      SPRING_DEAD_LETTER.originalTopic,
      SPRING_DEAD_LETTER.originalPartition,
      SPRING_DEAD_LETTER.originalOffset,
    ],
    [`${CONNECT_PREFIX}topic`, `${CONNECT_PREFIX}partition`, `${CONNECT_PREFIX}offset`],
  ] as const;
  for (const [topicName, partitionName, offsetName] of names) {
    const topic = readHeader(headers, topicName);
    const partition = readInteger(headers, partitionName);
    const offset = readInteger(headers, offsetName);
    if (topic !== undefined && partition !== null && offset !== null) {
      return { topic, partition: Number(partition), offset };
    }
  }
  const isOurs = readHeader(headers, HEADERS.code) !== undefined;
  return isOurs ? parseCoordinates(readHeader(headers, HEADERS.source) ?? '') : null;
}

function readSpilled(headers: RecordHeaders): Spilled | null {
  const sha256 = readHeader(headers, HEADERS.blob);
  if (sha256 === undefined) return null;
  return {
    sha256,
    bytes: Number(readHeader(headers, HEADERS.blobBytes) ?? '0'),
    mediaType: readHeader(headers, HEADERS.blobType) ?? 'application/octet-stream',
  };
}
