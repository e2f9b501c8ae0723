import {
  DependencyError,
  FatalError,
  type Compatibility,
  type SubjectRegistry,
  type SubjectVersion,
} from '@docstream/core';
import { z } from 'zod';

export interface SubjectRegistrySettings {
  /** Base of the Confluent API; user and password in it are sent as HTTP Basic. */
  readonly url: string;
  /** Longest time of one request. */
  readonly deadlineMs?: number;
}

const REGISTRY = 'schema-registry';
const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';
const LEVELS = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const satisfies readonly Compatibility[];

const subjects = z.array(z.string());
const level = z.object({ compatibilityLevel: z.enum(LEVELS) });
const version = z.object({ id: z.number(), version: z.number() });
const registered = z.object({ id: z.number() });
const problem = z.object({ error_code: z.number().optional(), message: z.string().optional() });

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** SubjectRegistry over the Confluent REST API (Confluent, Apicurio's ccompat, Karapace, Redpanda). */
export function createSubjectRegistry({ url, deadlineMs = 5_000 }: SubjectRegistrySettings): SubjectRegistry {
  const base = new URL(url);
  const credentials =
    base.username === ''
      ? undefined
      : Buffer.from(`${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`);
  base.username = '';
  base.password = '';
  const root = base.toString().replace(/\/+$/, '');

  async function ask(method: string, path: string, body?: object): Promise<Answer> {
    const headers = {
      accept: MEDIA_TYPE,
      ...(body === undefined ? {} : { 'content-type': MEDIA_TYPE }),
      ...(credentials === undefined ? {} : { authorization: `Basic ${credentials.toString('base64')}` }),
    };
    const answer = await exchange(`${root}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(deadlineMs),
    });
    if (answer.status === 401 || answer.status === 403) {
      throw new FatalError(
        'AUTHENTICATION_REFUSED',
        `the schema registry refused us (HTTP ${answer.status}): put user and password into DOCSTREAM_SCHEMA_REGISTRY_URL`,
      );
    }
    if (answer.status >= 500 || answer.status === 429) throw unavailable(`HTTP ${answer.status}`);
    return answer;
  }

  async function lookup(subject: string, schema: string): Promise<SubjectVersion | null> {
    const answer = await ask('POST', `/subjects/${encodeURIComponent(subject)}`, { schema });
    return answer.status === 404 ? null : read(version, answer, `looking up ${subject}`);
  }

  return {
    listSubjects: async () => read(subjects, await ask('GET', '/subjects'), 'listing subjects'),
    compatibilityOf: async (subject) => {
      const answer = await ask('GET', `/config/${encodeURIComponent(subject)}?defaultToGlobal=false`);
      return answer.status === 404
        ? null
        : read(level, answer, `reading the compatibility of ${subject}`).compatibilityLevel;
    },
    setCompatibility: async (subject, compatibility) => {
      const answer = await ask('PUT', `/config/${encodeURIComponent(subject)}`, { compatibility });
      if (answer.status !== 200) throw refused(answer, `setting the compatibility of ${subject}`);
    },
    lookup,
    register: async (subject, schema) => {
      const path = `/subjects/${encodeURIComponent(subject)}/versions`;
      const answer = await ask('POST', path, { schema, schemaType: 'AVRO' });
      const { id } = read(registered, answer, `registering ${subject}`);
      return (await lookup(subject, schema)) ?? { id, version: 1 };
    },
  };
}

async function exchange(url: string, request: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(url, request);
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : parseJson(text) };
  } catch (error) {
    throw unavailable(reasonOf(error), error);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's error page: `read` says what was expected and the status.
    return undefined;
  }
}

function read<T>(schema: z.ZodType<T>, answer: Answer, what: string): T {
  if (answer.status !== 200) throw refused(answer, what);
  const result = schema.safeParse(answer.body);
  if (result.success) return result.data;
  throw new FatalError(
    'CONFIGURATION_INVALID',
    `${what}: the answer is not that of a schema registry; check DOCSTREAM_SCHEMA_REGISTRY_URL (Apicurio: …/apis/ccompat/v7)`,
  );
}

function refused({ status, body }: Answer, what: string): FatalError {
  const message = problem.safeParse(body).data?.message ?? 'no reason given';
  const remedy =
    status === 409
      ? 'the schema is not compatible with the registered ones: give new fields a default, keep old ones'
      : 'check DOCSTREAM_SCHEMA_REGISTRY_URL';
  return new FatalError('CONFIGURATION_INVALID', `${what}: HTTP ${status}, ${message}; ${remedy}`);
}

function unavailable(reason: string, cause?: unknown): DependencyError {
  return new DependencyError(
    'REGISTRY_UNAVAILABLE',
    REGISTRY,
    `the schema registry does not answer: ${reason}`,
    { cause },
  );
}

/** fetch() hides the reason in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
