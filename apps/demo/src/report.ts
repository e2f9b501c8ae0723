import { basename } from 'node:path';
import type { Terminal } from '@docstream/cli';
import type { DocumentOutcome } from './documents.js';

/** Fields that say most about a document, in the order in which they are shown. */
const MAIN_FIELDS = [
  'title',
  'name',
  'invoice_number',
  'order_number',
  'receipt_number',
  'issue_date',
  'date',
  'seller_name',
  'buyer_name',
  'sender',
  'authors',
  'total',
  'currency',
  'iban',
  'doi',
  'arxiv_id',
  'email',
  'phone',
  'subject',
  'parties',
  'effective_date',
  'closing_balance',
  'year',
  'url',
];
const MOST_FIELDS = 4;
const LONGEST_VALUE = 34;
const LONGEST_NAME = 34;

/** Name, type with confidence, main fields, time per stage and in total. */
export function printOutcomes(terminal: Terminal, outcomes: readonly DocumentOutcome[]): void {
  terminal.printTable(
    ['document', 'state', 'type', 'found', 'parse', 'classify', 'extract', 'total'],
    outcomes.map((outcome) => [
      shorten(basename(outcome.path), LONGEST_NAME),
      outcome.quality === null || outcome.quality === 'complete'
        ? outcome.state
        : `${outcome.state} (${outcome.quality})`,
      outcome.type === null ? '' : `${outcome.type} ${percent(outcome.confidence)}`,
      outcome.error === undefined
        ? mainFields(outcome)
        : `${outcome.error.code}: ${shorten(outcome.error.message, 80)}`,
      ...['parser', 'classifier', 'extractor', 'total'].map((stage) => milliseconds(outcome.stagesMs[stage])),
    ]),
  );
}

function mainFields({ fields }: DocumentOutcome): string {
  return MAIN_FIELDS.filter((name) => fields[name]?.[0] !== undefined)
    .slice(0, MOST_FIELDS)
    .map((name) => `${name} ${shorten(valueText(fields[name]?.[0]?.value), LONGEST_VALUE)}`)
    .join('\n');
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value.replaceAll(/\s+/g, ' ');
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  return JSON.stringify(value) ?? '';
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function percent(confidence: number | null): string {
  return confidence === null ? '' : `${Math.round(confidence * 100)} %`;
}

function milliseconds(ms: number | undefined): string {
  return ms === undefined ? '' : `${Math.round(ms)} ms`;
}
