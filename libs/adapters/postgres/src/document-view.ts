import type { Classification, DocumentId, DocumentState, Quality, RunId } from '@docstream/contracts';
import type { DocumentSummary, DocumentView, ResultField, TimelineEntry } from '@docstream/core';
import type { Row } from './database.js';

/** Whose `runMs` an event of the timeline carries. */
const STAGE_OF_EVENT: Readonly<Record<string, string>> = {
  parsed: 'parser',
  classified: 'classifier',
  extracted: 'extractor',
};
const END_EVENTS: ReadonlySet<string> = new Set(['extracted', 'dead-lettered']);

/** A row of docstream.documents. */
export function toSummary(row: Row): DocumentSummary {
  return {
    ...commonOf(row),
    type: textOf(row, 'type'),
    confidence: numberOf(row, 'confidence'),
  };
}

/** The newest run's row of docstream.runs, with the timeline of all runs. */
export function toView(row: Row, timelineRows: readonly Row[]): DocumentView {
  const classification = (row['classification'] ?? null) as Classification | null;
  const timeline = timelineRows.map(toTimelineEntry);
  return {
    ...commonOf(row),
    type: classification?.type ?? null,
    confidence: classification?.confidence ?? null,
    sha256: textOf(row, 'sha256'),
    bytes: numberOf(row, 'bytes'),
    mediaType: textOf(row, 'media_type') ?? 'application/octet-stream',
    pageCount: numberOf(row, 'page_count'),
    language: textOf(row, 'language'),
    classification,
    fields: (row['fields'] ?? {}) as Readonly<Record<string, readonly ResultField[]>>,
    error: (row['error'] ?? null) as DocumentView['error'],
    timeline,
    stagesMs: stagesOf(String(row['run']), timeline, timeOf(row, 'accepted_at')),
    erasedAt: null,
  };
}

/** What is left of an erased document: its end, and where its records stood. */
export function toErasedView(tombstone: Row, timelineRows: readonly Row[]): DocumentView {
  const erasedAt = timeOf(tombstone, 'erased_at');
  const erased: TimelineEntry = {
    run: String(tombstone['run']) as RunId,
    event: 'erased',
    topic: '',
    partition: -1,
    offset: '-1',
    at: erasedAt,
    runMs: null,
  };
  const view = toView({ ...tombstone, sha256: null, updated_at: tombstone['erased_at'] }, timelineRows);
  return { ...view, timeline: [...view.timeline, erased], erasedAt };
}

function commonOf(row: Row) {
  return {
    documentId: String(row['document_id']) as DocumentId,
    tenant: String(row['tenant']),
    fileName: textOf(row, 'file_name'),
    state: String(row['state']) as DocumentState,
    quality: textOf(row, 'quality') as Quality | null,
    run: String(row['run']) as RunId,
    acceptedAt: timeOf(row, 'accepted_at'),
    updatedAt: timeOf(row, 'updated_at'),
  };
}

function toTimelineEntry(row: Row): TimelineEntry {
  return {
    run: String(row['run']) as RunId,
    event: String(row['event']),
    topic: String(row['topic']),
    partition: Number(row['partition']),
    offset: String(row['offset']),
    at: timeOf(row, 'at'),
    runMs: numberOf(row, 'run_ms'),
  };
}

/** `total` runs from the ingest record to the end by the broker's clock; without an ingest record from acceptance. */
function stagesOf(
  run: string,
  timeline: readonly TimelineEntry[],
  acceptedAt: string,
): Record<string, number> {
  const stages: Record<string, number> = {};
  const ofRun = timeline.filter((entry) => entry.run === run);
  for (const { event, runMs } of ofRun) {
    const stage = STAGE_OF_EVENT[event];
    if (stage !== undefined && runMs !== null) stages[stage] = runMs;
  }
  const begin = ofRun.find(({ event }) => event === 'received')?.at ?? acceptedAt;
  const end = ofRun.findLast(({ event }) => END_EVENTS.has(event))?.at;
  if (end !== undefined) stages['total'] = Math.max(0, Date.parse(end) - Date.parse(begin));
  return stages;
}

function textOf(row: Row, column: string): string | null {
  const value = row[column];
  return typeof value === 'string' ? value : null;
}

function numberOf(row: Row, column: string): number | null {
  const value = row[column];
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
}

function timeOf(row: Row, column: string): string {
  const value = row[column];
  if (value instanceof Date) return value.toISOString();
  throw new TypeError(`column ${column} has no time`);
}
