import type { DocumentState } from '@docstream/contracts';
import type {
  DocumentQuery,
  DocumentRepository,
  DocumentSummary,
  DocumentView,
  ResultField,
} from '@docstream/core';
import type { Terminal } from './terminal.js';

const PAGE = 200;
const SHORT_ID = 12;

/** The newest documents first, over as many pages as `limit` takes. */
export async function listDocuments(
  repository: DocumentRepository,
  query: Omit<DocumentQuery, 'cursor'>,
): Promise<readonly DocumentSummary[]> {
  const documents: DocumentSummary[] = [];
  let cursor: string | null = null;
  do {
    const limit = Math.min(PAGE, query.limit - documents.length);
    const page = await repository.list({ ...query, limit, ...(cursor === null ? {} : { cursor }) });
    documents.push(...page.documents);
    cursor = page.documents.length === 0 ? null : page.nextCursor;
  } while (cursor !== null && documents.length < query.limit);
  return documents;
}

export function printDocuments(terminal: Terminal, documents: readonly DocumentSummary[]): void {
  terminal.printTable(
    ['id', 'file', 'state', 'quality', 'type', 'confidence', 'updated'],
    documents.map(({ documentId, fileName, state, quality, type, confidence, updatedAt }) => [
      documentId.slice(0, SHORT_ID),
      fileName ?? '–',
      paintState(terminal, state),
      quality ?? '–',
      type ?? '–',
      percent(confidence),
      seconds(updatedAt),
    ]),
  );
}

export function printDocument(terminal: Terminal, view: DocumentView): void {
  const { colours } = terminal;
  const facts: readonly (readonly [string, string | null])[] = [
    ['document', view.documentId],
    ['file', view.fileName],
    ['state', paintState(terminal, view.state)],
    ['quality', view.quality],
    ['type', view.type === null ? null : `${view.type} (${percent(view.confidence)})`],
    ['pages', view.pageCount === null ? null : String(view.pageCount)],
    ['language', view.language],
    ['bytes', view.bytes === null ? null : String(view.bytes)],
    ['run', view.run],
    ['tenant', view.tenant],
    ['accepted', view.acceptedAt],
    ['erased', view.erasedAt],
  ];
  for (const [name, value] of facts) {
    if (value !== null) terminal.print(`${colours.dim(name.padEnd(10))}${value}`);
  }
  if (view.error !== null) {
    const { stage, code, message } = view.error;
    terminal.print(`${colours.dim('error'.padEnd(10))}${colours.red(code)} in the ${stage}: ${message}`);
  }
  printFields(terminal, view.fields);
  printTimeline(terminal, view);
}

function printFields(terminal: Terminal, fields: DocumentView['fields']): void {
  const found = Object.entries(fields).flatMap(([name, values]) =>
    values.map((field) => ({ name, ...field })),
  );
  if (found.length === 0) return;
  const hasConflict = found.some(({ conflict }) => conflict !== null);
  terminal.print('');
  terminal.printTable(
    ['field', 'value', 'page', 'confidence', ...(hasConflict ? ['the other source says'] : [])],
    found.map((field) => [
      field.name,
      valueText(field),
      field.page === null ? '–' : String(field.page),
      percent(field.confidence),
      ...(hasConflict ? [field.conflict === null ? '' : valueText({ value: field.conflict })] : []),
    ]),
  );
}

function printTimeline(terminal: Terminal, { timeline, stagesMs }: DocumentView): void {
  if (timeline.length > 0) {
    terminal.print('');
    terminal.printTable(
      ['event', 'at', 'ms', 'record', 'run'],
      timeline.map(({ event, at, runMs, topic, partition, offset, run }) => [
        event,
        at,
        runMs === null ? '–' : String(runMs),
        `${topic}/${partition}/${offset}`,
        run,
      ]),
    );
  }
  const times = Object.entries(stagesMs).map(([stage, ms]) => `${stage} ${ms} ms`);
  if (times.length > 0) terminal.print(`\n${times.join(', ')}`);
}

const LONGEST_VALUE = 100;

/** Control characters of a document would steer the terminal. */
export function valueText({ value }: Pick<ResultField, 'value'>): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = text.replaceAll(/\p{Cc}+/gu, ' ');
  return safe.length <= LONGEST_VALUE ? safe : `${safe.slice(0, LONGEST_VALUE - 1)}…`;
}

function paintState({ colours }: Terminal, state: DocumentState): string {
  if (state === 'stored') return colours.green(state);
  return state === 'dead-lettered' || state === 'rejected' || state === 'lost' ? colours.red(state) : state;
}

function percent(confidence: number | null): string {
  return confidence === null ? '–' : `${Math.round(confidence * 100)} %`;
}

function seconds(timestamp: string): string {
  return timestamp.replace('T', ' ').slice(0, 19);
}
