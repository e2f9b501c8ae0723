import { END_STATES, ERROR_CODES, OPEN_STATES, QUALITIES } from '@docstream/contracts';
import type { OpenAPIObject } from '@nestjs/swagger';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
export type Schema = Schemas[string];

const nullable = (type: string, more: Readonly<Record<string, unknown>> = {}): Schema => ({
  type: [type, 'null'],
  ...more,
});
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const object = (properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema => ({
  type: 'object',
  properties: { ...properties },
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

const documentId: Schema = {
  type: 'string',
  pattern: '^[a-z2-7]{26}$',
  description: 'base32(sha256(tenant ‖ 0x00 ‖ bytes)): the same bytes of one tenant are one document.',
  example: 'mfrggzdfmztwq2lknnwg23tpob',
};
const run: Schema = {
  type: 'string',
  description: 'ULID: one passage of the document through the stages.',
  example: '01KAR5Q2V8Z3N4M5P6Q7R8S9TA',
};
const state: Schema = { type: 'string', enum: [...OPEN_STATES, ...END_STATES], example: 'stored' };
const time: Schema = { type: 'string', format: 'date-time' };
const tenant: Schema = { type: 'string', example: 'default' };

const summary: Readonly<Record<string, Schema>> = {
  documentId,
  tenant,
  fileName: nullable('string', { example: 'invoice.pdf' }),
  state,
  quality: nullable('string', { enum: [...QUALITIES, null], example: 'complete' }),
  type: nullable('string', { description: 'Document type, or `unknown`.', example: 'invoice' }),
  confidence: nullable('number', { minimum: 0, maximum: 1, example: 0.97 }),
  run,
  acceptedAt: time,
  updatedAt: time,
};

export const SCHEMAS: Schemas = {
  Links: object({ self: { type: 'string' }, content: { type: 'string' } }),
  Receipt: object({ documentId, run, state: { ...state, example: 'accepted' }, tenant, links: ref('Links') }),
  DocumentSummary: object(summary),
  DocumentPage: object({
    documents: { type: 'array', items: ref('DocumentSummary') },
    nextCursor: nullable('string', { description: 'Hand it back as `cursor`; null on the last page.' }),
  }),
  Field: object({
    value: { description: 'Dates ISO 8601, amounts numbers, line_items an array of objects.' },
    page: nullable('integer', { minimum: 1 }),
    box: nullable('array', {
      items: { type: 'number' },
      minItems: 4,
      maxItems: 4,
      description: '[left, top, right, bottom] in points from the top left of the page as shown.',
    }),
    confidence: { type: 'number', minimum: 0, maximum: 1 },
    raw: nullable('string'),
    rule: nullable('string'),
    conflict: nullable('string'),
  }),
  Classification: object({
    type: { type: 'string' },
    confidence: { type: 'number' },
    margin: { type: 'number' },
    runnerUp: nullable('string'),
    model: { type: 'string' },
    head: { type: 'string' },
  }),
  TimelineEntry: object({
    run,
    event: {
      type: 'string',
      enum: ['received', 'parsed', 'classified', 'extracted', 'dead-lettered', 'erased'],
    },
    topic: { type: 'string' },
    partition: { type: 'integer' },
    offset: { type: 'string' },
    at: time,
    runMs: nullable('number'),
  }),
  DocumentView: object({
    ...summary,
    sha256: nullable('string'),
    bytes: nullable('integer'),
    mediaType: { type: 'string' },
    pageCount: nullable('integer'),
    language: nullable('string', { example: 'en' }),
    classification: { oneOf: [ref('Classification'), { type: 'null' }] },
    fields: { type: 'object', additionalProperties: { type: 'array', items: ref('Field') } },
    error: nullable('object', {
      properties: { stage: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
    }),
    timeline: { type: 'array', items: ref('TimelineEntry') },
    stagesMs: { type: 'object', additionalProperties: { type: 'number' } },
    erasedAt: nullable('string', { format: 'date-time' }),
    links: ref('Links'),
  }),
  Erasure: object({
    documentId,
    tenant,
    erased: object({
      rows: { type: 'boolean' },
      content: { type: 'boolean', description: 'The original bytes.' },
      parsedText: { type: 'boolean', description: 'Parsed text that was too large to travel inline.' },
    }),
    tombstone: {
      type: 'boolean',
      description:
        'Ids, end state, times and hashes stay, without content, so that late events restore nothing.',
    },
    remains: {
      type: 'array',
      description: "Kafka's records cannot be deleted singly: they go with their topic's retention.",
      items: object({
        topic: { type: 'string', example: 'docstream.ingest.v1' },
        retentionDays: { type: 'number', example: 30 },
        until: time,
      }),
    },
  }),
  ProblemType: object({
    code: { type: 'string' },
    meaning: { type: 'string' },
    remedy: { type: 'string' },
  }),
  Problem: {
    ...object(
      {
        type: { type: 'string', format: 'uri-reference' },
        title: { type: 'string' },
        status: { type: 'integer' },
        detail: { type: 'string' },
        code: { type: 'string', enum: Object.keys(ERROR_CODES) },
        instance: { type: 'string' },
        remedy: { type: 'string' },
        state: { type: 'string', enum: ['rejected'], description: 'On documents refused before acceptance.' },
      },
      ['remedy', 'state'],
    ),
    description: 'RFC 9457. Further members are facts: `parameter`, `limitBytes`, …',
  },
};
