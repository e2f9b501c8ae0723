import {
  CLOUD_EVENTS,
  HEADERS,
  QUALITIES,
  STATE_RANK,
  isErrorCode,
  readHeader,
  type BlobRef,
  type Classification,
  type DocumentClassified,
  type DocumentDeadLettered,
  type DocumentExtracted,
  type DocumentParsed,
  type DocumentReceived,
  type EventState,
  type ExtractedField,
  type Identity,
  type Quality,
} from '@docstream/contracts';
import {
  NO_DETAIL,
  PoisonError,
  formatCoordinates,
  identifySubmission,
  ingestKind,
  readIdentity,
  type ConsumedRecord,
  type DocumentChange,
  type Failure,
  type ResultField,
  type RunDetail,
  type RunError,
  type SubmissionChange,
} from '@docstream/core';
import { createHash } from 'node:crypto';
import { cleanJson, cleanText } from './clean-text.js';
import type { DecodedRecord, RecordKind } from './decode-record.js';

const STATE_OF: Readonly<Record<RecordKind, EventState>> = {
  received: 'accepted',
  parsed: 'parsed',
  classified: 'classified',
  extracted: 'stored',
  'dead-lettered': 'dead-lettered',
};
/** Longest texts: names are indexed or shown, never content. */
const MAX_NAME = 1_000;
const MAX_TYPE = 200;
const MAX_MESSAGE = 2_000;
/** 9999-12-31, the last day that ISO 8601 and PostgreSQL agree on. */
const LATEST_MS = 253_402_300_799_000;

/** What a record changes in the rows. Pure. PoisonError UNDECODABLE when an event does not say whose it is. */
export function projectRecord(record: ConsumedRecord, decoded: DecodedRecord): DocumentChange {
  switch (decoded.kind) {
    case 'received':
      return projectSubmission(record, decoded.event);
    case 'parsed':
      return withParsedText(
        change(record, requireIdentity(record), 'parsed', detailOf(decoded.event), decoded.event.runMs),
        decoded.event.parsedBlob,
      );
    case 'classified': {
      const { classification, parsedBlob, runMs } = decoded.event;
      const detail = { ...detailOf(decoded.event), classification: cleanClassification(classification) };
      return withParsedText(change(record, requireIdentity(record), 'classified', detail, runMs), parsedBlob);
    }
    case 'extracted': {
      const { classification, fields, extractor, runMs } = decoded.event;
      const detail: RunDetail = {
        ...detailOf(decoded.event),
        classification: cleanClassification(classification),
        fields: fieldsByName(fields),
        extractor: cleanText(extractor, MAX_NAME),
      };
      return change(record, requireIdentity(record), 'extracted', detail, runMs);
    }
    case 'dead-lettered':
      return change(
        record,
        requireIdentity(record),
        'dead-lettered',
        { ...NO_DETAIL, fileName: cleanName(decoded.event.fileName) },
        null,
        errorOf(decoded.event),
      );
  }
}

/** What the store writes down for a record that it can never apply. Whose it is: as the stages say of the same record. */
export function projectDeadLetter(record: ConsumedRecord, failure: Failure): DocumentChange {
  const identity = readIdentity(record.headers) ?? identifySubmission(record, null);
  const error = { stage: 'store', code: failure.code, message: cleanText(failure.message, MAX_MESSAGE) };
  return change(record, identity, 'dead-lettered', NO_DETAIL, null, error);
}

function projectSubmission(record: ConsumedRecord, event: DocumentReceived | null): DocumentChange {
  const content = event?.content ?? null;
  const identity = identifySubmission(record, content);
  const bytes = content ?? (event === null ? record.value : null);
  const detail: RunDetail = {
    ...NO_DETAIL,
    fileName: cleanName(event?.fileName ?? readHeader(record.headers, HEADERS.fileName) ?? null),
    sha256: event?.blob?.sha256 ?? (bytes === null ? null : createHash('sha256').update(bytes).digest('hex')),
    bytes: event?.blob?.bytes ?? bytes?.byteLength ?? null,
    mediaType: cleanText(event?.mediaType ?? event?.blob?.mediaType ?? rawMediaType(record), MAX_TYPE),
  };
  const { timeline, run } = change(record, identity, 'received', detail, null);
  return {
    timeline,
    run: { ...run, receivedAtMs: run.stateAtMs },
    submission: submissionOf(record, identity, run.stateAtMs),
  };
}

function rawMediaType({ value }: ConsumedRecord): string {
  return ingestKind(value) === 'pdf' ? 'application/pdf' : 'application/octet-stream';
}

function submissionOf(record: ConsumedRecord, identity: Identity, submittedAtMs: number): SubmissionChange {
  const source = readHeader(record.headers, CLOUD_EVENTS.source);
  const id = readHeader(record.headers, CLOUD_EVENTS.id);
  const stated = source !== undefined && id !== undefined;
  return {
    ...identity,
    source: stated ? cleanText(source, MAX_NAME) : `${record.topic}/${record.partition}`,
    id: stated ? cleanText(id, MAX_NAME) : record.offset.toString(),
    submittedAtMs,
  };
}

function change(
  record: ConsumedRecord,
  { documentId, run, tenant }: Identity,
  kind: RecordKind,
  detail: RunDetail,
  runMs: number | null,
  error: RunError | null = null,
): DocumentChange {
  const atMs = Math.min(Math.max(0, Math.trunc(record.timestampMs) || 0), LATEST_MS);
  const source = formatCoordinates(record);
  const state = STATE_OF[kind];
  const { topic, partition, offset } = record;
  return {
    timeline: { documentId, run, tenant, event: kind, topic, partition, offset, atMs, runMs: finite(runMs) },
    run: {
      documentId,
      run,
      tenant,
      state,
      stateAtMs: atMs,
      stateSource: source,
      error,
      detailRank: kind === 'dead-lettered' ? 0 : STATE_RANK[state],
      detailAtMs: atMs,
      detailSource: source,
      detail,
      parsedSha256: null,
      acceptedAtMs: atMs,
      receivedAtMs: null,
      updatedAtMs: atMs,
    },
    submission: null,
  };
}

/** The result's event names the text's blob no more: it is kept beside the detail, for who must erase it. */
function withParsedText({ run, ...rest }: DocumentChange, blob: BlobRef | null): DocumentChange {
  return { ...rest, run: { ...run, parsedSha256: blob === null ? null : cleanText(blob.sha256, MAX_TYPE) } };
}

function requireIdentity(record: ConsumedRecord): Identity {
  const identity = readIdentity(record.headers);
  if (identity !== null) return identity;
  throw new PoisonError(
    'UNDECODABLE',
    'the headers do not say which document, run and tenant the event is of',
  );
}

function detailOf(event: DocumentParsed | DocumentClassified | DocumentExtracted): RunDetail {
  return {
    ...NO_DETAIL,
    fileName: cleanName(event.fileName),
    sha256: cleanText(event.blob.sha256, MAX_TYPE),
    bytes: event.blob.bytes,
    mediaType: cleanText(event.blob.mediaType, MAX_TYPE),
    quality: isQuality(event.quality) ? event.quality : null,
    pageCount: event.pageCount,
    language: event.language === null ? null : cleanText(event.language, MAX_TYPE),
  };
}

function isQuality(text: string): text is Quality {
  return (QUALITIES as readonly string[]).includes(text);
}

function cleanName(fileName: string | null): string | null {
  return fileName === null ? null : cleanText(fileName, MAX_NAME);
}

function cleanClassification(classification: Classification): Classification {
  const { type, confidence, margin, runnerUp, model, head } = classification;
  return {
    type: cleanText(type, MAX_TYPE),
    confidence: finite(confidence) ?? 0,
    margin: finite(margin) ?? 0,
    runnerUp: runnerUp === null ? null : cleanText(runnerUp, MAX_TYPE),
    model: cleanText(model, MAX_NAME),
    head: cleanText(head, MAX_NAME),
  };
}

function errorOf({ stage, code, message }: DocumentDeadLettered): RunError {
  return {
    stage: cleanText(stage, MAX_TYPE),
    code: isErrorCode(code) ? code : cleanText(code, MAX_TYPE),
    message: cleanText(message, MAX_MESSAGE),
  };
}

/** Fields of one name keep their order, best first. */
function fieldsByName(fields: readonly ExtractedField[]): Readonly<Record<string, readonly ResultField[]>> {
  const byName = new Map<string, ResultField[]>();
  for (const { name, value, page, box, confidence, raw, rule, conflict } of fields) {
    const key = cleanText(name, MAX_TYPE);
    const field: ResultField = {
      value: cleanJson(parseValue(value)),
      page,
      box: box === null ? null : box.map((edge) => finite(edge) ?? 0),
      confidence: finite(confidence) ?? 0,
      raw: raw === null ? null : cleanText(raw),
      rule: rule === null ? null : cleanText(rule),
      conflict: conflict === null ? null : cleanText(conflict),
    };
    const known = byName.get(key);
    if (known === undefined) byName.set(key, [field]);
    else known.push(field);
  }
  return Object.fromEntries(byName);
}

/** A value that is not JSON stays the text that it is. */
function parseValue(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return json;
    throw error;
  }
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
