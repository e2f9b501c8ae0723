import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { DependencyError, FatalError, PoisonError, type Clock } from '@docstream/core';
import { SCHEMA_REGISTRY } from './unknown-schemas.js';

export interface RegistryAddress {
  /** Base of the Confluent API, e.g. `http://127.0.0.1:8080/apis/ccompat/v7`; user and password may stand in it. */
  readonly url: string;
  /** Limit of one question, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Two questions to a registry, each bounded and asked once: repeating is the runtime's. `null` is "not found".
 * Errors: DependencyError REGISTRY_UNAVAILABLE (refused, 5xx, no answer in time), FatalError AUTHENTICATION_REFUSED.
 */
export class RegistryLookups {
  readonly #address: RegistryAddress;
  readonly #clock: Clock;
  readonly #base: URL;
  #client: SchemaRegistry;

  constructor(address: RegistryAddress, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
    this.#base = parseBase(address.url);
    this.#client = this.#connect();
  }

  /** JSON text of the Avro schema with that id. PoisonError UNDECODABLE when the schema is not Avro. */
  async schemaOf(schemaId: number): Promise<string | null> {
    const schema = await this.#ask((client) => client.getSchema(schemaId));
    if (schema === null) return null;
    if (!('schema' in schema) || typeof schema.schema !== 'function') {
      throw new PoisonError('UNDECODABLE', `Schema id ${schemaId} is not an Avro schema.`, {
        facts: { schemaId },
      });
    }
    const describe = schema.schema as (options: { readonly exportAttrs: boolean }) => unknown;
    return JSON.stringify(describe.call(schema, { exportAttrs: true }));
  }

  /** Id under which the subject has this very schema. */
  idOf(subject: string, schema: string): Promise<number | null> {
    return this.#ask((client) => client.getRegistryIdBySchema(subject, { type: SchemaType.AVRO, schema }));
  }

  async checkHealth(): Promise<void> {
    const headers: Record<string, string> = {};
    const auth = credentialsOf(this.#base);
    if (auth !== undefined) {
      headers['authorization'] =
        `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
    }
    let status: number;
    try {
      const answer = await fetch(`${hostOf(this.#base)}/schemas/types`, {
        headers,
        signal: AbortSignal.timeout(this.#address.timeoutMs),
      });
      status = answer.status;
      await answer.body?.cancel();
    } catch (cause) {
      throw this.#unavailable('did not answer', cause);
    }
    if (isRefusal(status)) throw this.#refused(status);
    if (status !== 200) throw this.#unavailable(`answered with status ${status}`);
  }

  async #ask<Answer>(question: (client: SchemaRegistry) => Promise<Answer>): Promise<Answer | null> {
    const answered = new AbortController();
    const tooLate = this.#clock.sleep(this.#address.timeoutMs, answered.signal).then((): Answer | null => {
      if (answered.signal.aborted) return null;
      // The client shares requests in flight: one that never ends would be handed out for ever.
      this.#client = this.#connect();
      throw this.#unavailable(`did not answer within ${this.#address.timeoutMs} ms`);
    });
    try {
      return await Promise.race([question(this.#client), tooLate]);
    } catch (thrown) {
      return this.#explain(thrown);
    } finally {
      answered.abort();
    }
  }

  /** Null for "not found". */
  #explain(thrown: unknown): null {
    if (thrown instanceof DependencyError) throw thrown;
    const { name, status } = describeFailure(thrown);
    if (name === 'ConfluentSchemaRegistryError' || status === 404) return null;
    if (isRefusal(status)) throw this.#refused(status);
    if (name === 'ResponseError') {
      throw this.#unavailable(status < 500 ? 'did not answer' : `answered with status ${status}`, thrown);
    }
    // It answered, and what it answered is no schema that can be read.
    throw new PoisonError('UNDECODABLE', "The registry's schema for the record's id cannot be read.", {
      cause: thrown,
    });
  }

  #unavailable(what: string, cause?: unknown): DependencyError {
    const { host } = this.#base;
    return new DependencyError(
      'REGISTRY_UNAVAILABLE',
      SCHEMA_REGISTRY,
      `The schema registry at ${host} ${what}.`,
      {
        cause,
      },
    );
  }

  #refused(status: number): FatalError {
    return new FatalError(
      'AUTHENTICATION_REFUSED',
      `The schema registry at ${this.#base.host} refused the credentials (status ${status}).`,
      { dependency: SCHEMA_REGISTRY },
    );
  }

  #connect(): SchemaRegistry {
    const auth = credentialsOf(this.#base);
    const { timeoutMs } = this.#address;
    return new SchemaRegistry({
      host: hostOf(this.#base),
      ...(auth === undefined ? {} : { auth }),
      // Questions are rare; a kept connection would be stale by the next one.
      agent: this.#base.protocol === 'https:' ? new HttpsAgent() : new HttpAgent(),
      retry: { retries: 0 },
      middlewares: [
        () => ({ request: (request) => Promise.resolve(request.enhance({ timeout: timeoutMs })) }),
      ],
    });
  }
}

function parseBase(url: string): URL {
  const base = URL.parse(url);
  if (base === null || !['http:', 'https:'].includes(base.protocol)) {
    throw new FatalError(
      'CONFIGURATION_INVALID',
      'The address of the schema registry (DOCSTREAM_SCHEMA_REGISTRY_URL) is no http or https URL.',
    );
  }
  return base;
}

function hostOf(base: URL): string {
  return `${base.protocol}//${base.host}${base.pathname.replace(/\/+$/, '')}`;
}

function credentialsOf(base: URL): { readonly username: string; readonly password: string } | undefined {
  if (base.username === '') return undefined;
  return { username: decodeURIComponent(base.username), password: decodeURIComponent(base.password) };
}

function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}

/** The client's errors are told apart by name and status: it does not export their classes. */
function describeFailure(thrown: unknown): { readonly name: string; readonly status: number } {
  if (typeof thrown !== 'object' || thrown === null) return { name: '', status: 0 };
  const name = 'name' in thrown && typeof thrown.name === 'string' ? thrown.name : '';
  const status = 'status' in thrown && typeof thrown.status === 'number' ? thrown.status : 0;
  return { name, status };
}
