import { END_STATES, HEADERS, OPEN_STATES, type ErrorCode } from '@docstream/contracts';
import { PoisonError } from '@docstream/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { SCHEMAS, ref, type Schema } from './openapi-schemas.js';
import { toProblem } from './problem.js';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, MAX_WAIT_SECONDS } from './query.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameter = NonNullable<Operation['parameters']>[number];
type Response = NonNullable<Operation['responses'][string]>;

const problem = (code: ErrorCode, when: string): Response => ({
  description: when,
  content: {
    'application/problem+json': {
      schema: ref('Problem'),
      example: toProblem(
        new PoisonError(code, when.charAt(0).toLowerCase() + when.slice(1)),
        '/v1/documents',
      ),
    },
  },
});
const json = (description: string, schema: string, headers?: Readonly<Record<string, string>>): Response => ({
  description,
  content: { 'application/json': { schema: ref(schema) } },
  ...(headers === undefined
    ? {}
    : {
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, text]) => [
            name,
            { description: text, schema: { type: 'string' } },
          ]),
        ),
      }),
});

const queryParameter = (name: string, description: string, schema: Schema): Parameter => ({
  name,
  in: 'query',
  required: false,
  description,
  schema,
});
const WAIT = queryParameter('wait', 'Seconds to wait for the result.', {
  type: 'number',
  minimum: 0,
  maximum: MAX_WAIT_SECONDS,
  default: 0,
});
const ID: Parameter = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'Document id, or a prefix of six characters or more that only one document has.',
  schema: { type: 'string', minLength: 6, maxLength: 26 },
};
const TENANT: Parameter = {
  name: HEADERS.tenant,
  in: 'header',
  required: false,
  description:
    'Tenant (a DNS label), unless the API key belongs to one. The same bytes of two tenants are two documents.',
  schema: { type: 'string', default: 'default' },
};
const FILE_NAME: Parameter = {
  name: HEADERS.fileName,
  in: 'header',
  required: false,
  description: 'Name of the file (UTF-8) where the body is the PDF; `content-disposition` will do, too.',
  schema: { type: 'string', maxLength: 255 },
};

const MALFORMED = problem('INVALID_REQUEST', 'A parameter is wrong; the answer names it');
const UNAUTHORIZED = problem('UNAUTHORIZED', 'The API key is missing or unknown');
const FOREIGN = problem(
  'INVALID_REQUEST',
  'A page of another site, or a foreign name for this machine, asks',
);
const NO_DATABASE = problem(
  'DATABASE_UNAVAILABLE',
  'The database is away; come back after Retry-After seconds',
);
const OF_DOCUMENT: Readonly<Record<string, Response>> = {
  '400': MALFORMED,
  '401': UNAUTHORIZED,
  '403': FOREIGN,
  '404': problem('NOT_FOUND', 'There is no such document'),
  '409': problem('AMBIGUOUS_ID', 'Several documents begin with this prefix'),
  '503': NO_DATABASE,
};

function submitOperation(limitBytes: number): Operation {
  return {
    operationId: 'submitDocument',
    tags: ['documents'],
    summary: 'Send a PDF',
    description:
      'Answers when the bytes are durable and Kafka has acknowledged the event: from then on the document reaches ' +
      'exactly one end state. Safe to repeat: the same bytes of a tenant are the same document, and one that is ' +
      'stored or in flight is not worked on again unless `reprocess=true`.',
    parameters: [
      WAIT,
      queryParameter('reprocess', 'Begin a new run, also for a document that is stored or in flight.', {
        type: 'boolean',
        default: false,
      }),
      TENANT,
      FILE_NAME,
    ],
    requestBody: {
      required: true,
      description: `At most ${limitBytes} bytes.`,
      content: {
        'application/pdf': { schema: { type: 'string', format: 'binary' } },
        'multipart/form-data': {
          schema: {
            type: 'object',
            required: ['file'],
            properties: { file: { type: 'string', format: 'binary' } },
          },
        },
      },
    },
    responses: {
      '200': json('The result: stored already, or its end came within `wait`.', 'DocumentView', {
        location: 'The document.',
      }),
      '202': json('Accepted, on its way.', 'Receipt', { location: 'Where state and result will be.' }),
      '400': problem('EMPTY_RECORD', 'No bytes, a malformed form, or a wrong parameter'),
      '401': UNAUTHORIZED,
      '403': FOREIGN,
      '413': problem('PDF_TOO_LARGE', `The document has more than ${limitBytes} bytes`),
      '415': problem('NOT_A_PDF', 'No %PDF- within the first 1,024 bytes, or an unsupported media type'),
      '503': problem(
        'BROKER_UNAVAILABLE',
        'Kafka, schema registry or blob store is away; repeat after Retry-After seconds',
      ),
    },
  };
}

const listOperation: Operation = {
  operationId: 'listDocuments',
  tags: ['documents'],
  summary: 'List documents, newest first',
  parameters: [
    queryParameter('type', 'Only documents of this type.', { type: 'string', example: 'invoice' }),
    queryParameter('state', 'Only documents in this state.', {
      type: 'string',
      enum: [...OPEN_STATES, ...END_STATES],
    }),
    queryParameter('limit', 'Documents a page.', {
      type: 'integer',
      minimum: 1,
      maximum: MAX_PAGE_SIZE,
      default: DEFAULT_PAGE_SIZE,
    }),
    queryParameter('cursor', '`nextCursor` of the page before.', { type: 'string' }),
    TENANT,
  ],
  responses: {
    '200': json('One page.', 'DocumentPage'),
    '400': MALFORMED,
    '401': UNAUTHORIZED,
    '403': FOREIGN,
    '503': NO_DATABASE,
  },
};

const readOperation: Operation = {
  operationId: 'readDocument',
  tags: ['documents'],
  summary: 'State, timeline and result',
  description: 'With `wait` the answer comes as soon as the run has ended, at the latest after that time.',
  parameters: [ID, WAIT, TENANT],
  responses: { '200': json('The document.', 'DocumentView'), ...OF_DOCUMENT },
};

const eraseOperation: Operation = {
  operationId: 'eraseDocument',
  tags: ['documents'],
  summary: 'Erase a document',
  description:
    'Erases the bytes, the parsed text and the rows of all its runs and says which topics keep records of it until when. Safe to repeat.',
  parameters: [ID, TENANT],
  responses: { '200': json('What was erased and what remains.', 'Erasure'), ...OF_DOCUMENT },
};

const contentOperation: Operation = {
  operationId: 'downloadContent',
  tags: ['documents'],
  summary: 'The PDF',
  parameters: [ID, TENANT],
  responses: {
    '200': {
      description: 'The original bytes.',
      content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } },
    },
    ...OF_DOCUMENT,
    '410': problem('CONTENT_GONE', 'The document was erased, or its bytes are no longer kept'),
  },
};

const text = (description: string, mediaType: string): Response => ({
  description,
  content: { [mediaType]: { schema: { type: mediaType === 'application/json' ? 'object' : 'string' } } },
});

/** OpenAPI 3.1, written by hand: it says which answers there are and when, which decorators know little of. */
export function buildOpenApiDocument(uploadLimitBytes: number): OpenAPIObject {
  const operations = (
    summary: string,
    mediaType: string,
    unhealthy: boolean,
  ): { readonly get: Operation } => ({
    get: {
      tags: ['operations'],
      summary,
      security: [],
      responses: {
        '200': text('Fine.', mediaType),
        ...(unhealthy ? { '503': text('Failing; the checks say what.', mediaType) } : {}),
      },
    },
  });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Docstream gateway',
      version: '1',
      description:
        'Send PDFs, follow them through parsing, classification and extraction, read what was found. ' +
        'Errors are problem+json (RFC 9457).',
      license: { name: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [{ name: 'documents' }, { name: 'operations' }],
    security: [{}, { bearer: [] }, { apiKey: [] }],
    paths: {
      '/v1/documents': { post: submitOperation(uploadLimitBytes), get: listOperation },
      '/v1/documents/{id}': { get: readOperation, delete: eraseOperation },
      '/v1/documents/{id}/content': { get: contentOperation },
      '/v1/problems/{code}': {
        get: {
          operationId: 'explainProblem',
          tags: ['operations'],
          summary: 'What an error code means',
          security: [],
          parameters: [{ name: 'code', in: 'path', required: true, schema: { type: 'string' } }],
          responses: {
            '200': json('Meaning and remedy.', 'ProblemType'),
            '404': problem('NOT_FOUND', 'There is no such error code'),
          },
        },
      },
      '/health/live': operations('Is the process alive?', 'application/json', true),
      '/health/ready': operations('Can it take documents in?', 'application/json', true),
      '/metrics': operations('Prometheus metrics, the lag of every group among them', 'text/plain', false),
    },
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A key of DOCSTREAM_API_KEYS, where any are set.',
        },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      },
    },
  };
}
