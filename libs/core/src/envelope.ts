import {
  CLOUD_EVENTS,
  DEFAULT_TENANT,
  HEADERS,
  documentIdOf,
  eventIdOf,
  isDocumentId,
  isRunId,
  isTenant,
  readHeader,
  runIdOfRecord,
  textHeader,
  type EventName,
  type Identity,
  type RecordHeaders,
} from '@docstream/contracts';
import { PoisonError } from './errors.js';
import type { ConsumedRecord, TopicPartition } from './ports/broker.js';

/** Where a record stands: `topic/partition/offset`. */
export interface Coordinates extends TopicPartition {
  readonly offset: bigint;
}

export function formatCoordinates({ topic, partition, offset }: Coordinates): string {
  return `${topic}/${partition}/${offset}`;
}

/** Null when the text is not `topic/partition/offset`. */
export function parseCoordinates(text: string): Coordinates | null {
  const match = /^([\w.-]+)\/(\d{1,10})\/(\d{1,19})$/.exec(text);
  if (match === null) return null;
  const [, topic = '', partition = '', offset = ''] = match;
  return { topic, partition: Number(partition), offset: BigInt(offset) };
}

export interface EventEnvelope {
  readonly identity: Identity;
  /** Who publishes: `gateway`, `cli`, `parser`, …; part of the deterministic event id. */
  readonly publisher: string;
  readonly event: EventName;
  readonly timeMs: number;
  /** The input record; absent on the first event of a run. */
  readonly source?: Coordinates;
  /** W3C trace context of the input, handed on. */
  readonly traceparent?: string;
}

type Header = readonly [name: string, value: Uint8Array];

/** Tenants may be many. */
const MAX_REMEMBERED = 1_000;

/** Headers that are the same in many events (a stage, a type, a tenant) are made once. */
function rememberHeader(name: string, prefix = ''): (text: string) => Header {
  const known = new Map<string, Header>();
  return (text) => {
    let header = known.get(text);
    if (header === undefined) {
      header = textHeader(name, prefix + text);
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(text, header);
    }
    return header;
  };
}
const SPECVERSION = textHeader(CLOUD_EVENTS.specversion, '1.0');
const CONTENT_TYPE = textHeader(CLOUD_EVENTS.contentType, 'application/avro');
const sourceHeader = rememberHeader(CLOUD_EVENTS.source, '/docstream/');
const typeHeader = rememberHeader(CLOUD_EVENTS.type, 'io.docstream.events.v1.');
const tenantHeader = rememberHeader(HEADERS.tenant);

/** CloudEvents headers (Kafka binding, binary mode) and ours. The same envelope gives the same `ce_id`. */
export function buildEventHeaders(envelope: EventEnvelope): RecordHeaders {
  const { identity, publisher, event, timeMs, source, traceparent } = envelope;
  const documentId = textHeader(HEADERS.documentId, identity.documentId);
  const headers: Header[] = [
    SPECVERSION,
    textHeader(CLOUD_EVENTS.id, eventIdOf(identity.documentId, identity.run, publisher)),
    sourceHeader(publisher),
    typeHeader(event),
    textHeader(CLOUD_EVENTS.time, new Date(timeMs).toISOString()),
    [CLOUD_EVENTS.subject, documentId[1]],
    CONTENT_TYPE,
    documentId,
    textHeader(HEADERS.run, identity.run),
    tenantHeader(identity.tenant),
  ];
  if (source !== undefined) headers.push(textHeader(HEADERS.source, formatCoordinates(source)));
  if (traceparent !== undefined) headers.push(textHeader(HEADERS.traceparent, traceparent));
  return headers;
}

/** Identity from our headers; null when one is missing or malformed (then the record is not one of ours). */
export function readIdentity(headers: RecordHeaders): Identity | null {
  const documentId = readHeader(headers, HEADERS.documentId);
  const run = readHeader(headers, HEADERS.run);
  const tenant = readHeader(headers, HEADERS.tenant);
  if (documentId === undefined || run === undefined || tenant === undefined) return null;
  if (!isDocumentId(documentId) || !isRunId(run) || !isTenant(tenant)) return null;
  return { documentId, run, tenant };
}

/**
 * Identity of a record on the ingest topic; total, and the same for everybody who reads that record (parser, store,
 * auditor). A stated document id holds (the parser verifies it), otherwise it comes from `content`: the bytes of the
 * document where they are in the record. What has neither is identified by its value as it lies there.
 */
export function identifySubmission(record: ConsumedRecord, content: Uint8Array | null): Identity {
  const statedTenant = readHeader(record.headers, HEADERS.tenant);
  const tenant = statedTenant !== undefined && isTenant(statedTenant) ? statedTenant : DEFAULT_TENANT;
  const stated = readHeader(record.headers, HEADERS.documentId);
  const statedRun = readHeader(record.headers, HEADERS.run);
  return {
    tenant,
    documentId:
      stated !== undefined && isDocumentId(stated)
        ? stated
        : documentIdOf(tenant, content ?? record.value ?? new Uint8Array()),
    run: statedRun !== undefined && isRunId(statedRun) ? statedRun : runIdOfRecord(record),
  };
}

/** PoisonError UNDECODABLE for what stands for a whole batch that could not be read: its value is no record's. */
export function requireReadable({ headers }: ConsumedRecord): void {
  const reason = readHeader(headers, HEADERS.undecodable);
  if (reason !== undefined) throw new PoisonError('UNDECODABLE', reason);
}

const PDF_MAGIC = new TextEncoder().encode('%PDF-');
/** `%PDF-` must begin within this many bytes (ISO 32000-1, annex H, implementation note 13). */
export const SNIFF_BYTES = 1024;

/** True when `%PDF-` stands within the first 1,024 bytes. */
export function isPdf(bytes: Uint8Array): boolean {
  const head = Buffer.from(
    bytes.buffer,
    bytes.byteOffset,
    Math.min(bytes.byteLength, SNIFF_BYTES + PDF_MAGIC.length - 1),
  );
  return head.indexOf(PDF_MAGIC) >= 0;
}

/** What lies on the ingest topic: nothing, Avro in Confluent wire format (first byte 0x00), a PDF, or something else. */
export function ingestKind(value: Uint8Array | null): 'empty' | 'avro' | 'pdf' | 'other' {
  if (value === null || value.byteLength === 0) return 'empty';
  if (value[0] === 0) return 'avro';
  return isPdf(value) ? 'pdf' : 'other';
}
