import {
  SCHEMAS,
  createEventDecoder,
  encodeEvent,
  subjectOf,
  type EventName,
  type EventTypes,
  type TopicContract,
} from '@docstream/contracts';
import { DependencyError, PoisonError, systemClock, type Clock, type EventCodec } from '@docstream/core';
import { RegistryLookups } from './registry-lookups.js';
import { SCHEMA_REGISTRY, UnknownSchemas, type DenialPolicy } from './unknown-schemas.js';
import { frame, unframe } from './wire-format.js';

export interface SchemaRegistryCodecOptions {
  /** Base of the Confluent API; user and password may stand in it. */
  readonly url: string;
  /** Limit of one question to the registry; default 5,000 ms. */
  readonly timeoutMs?: number;
  /** When an id that the registry does not know becomes poison; default: third denial, 5 s apart. */
  readonly denialPolicy?: DenialPolicy;
  readonly clock?: Clock;
}

const DEFAULT_TIMEOUT_MS = 5000;

/**
 * Events ↔ Confluent wire format, with a registry that has the Confluent API. Reads only: schemas are registered by
 * `docstream topics apply`. Ids and writer schemas are remembered for ever (both are immutable in a registry), so that
 * the registry is needed for what was not seen before only.
 * Errors: DependencyError REGISTRY_UNAVAILABLE (also while a schema of ours is not registered yet), FatalError
 * AUTHENTICATION_REFUSED, PoisonError UNDECODABLE and SCHEMA_UNKNOWN.
 */
export function createSchemaRegistryCodec(options: SchemaRegistryCodecOptions): EventCodec {
  const { url, timeoutMs = DEFAULT_TIMEOUT_MS, clock = systemClock, denialPolicy } = options;
  return new SchemaRegistryCodec(
    new RegistryLookups({ url, timeoutMs }, clock),
    new UnknownSchemas(clock, denialPolicy),
  );
}

class SchemaRegistryCodec implements EventCodec {
  readonly #registry: RegistryLookups;
  readonly #unknown: UnknownSchemas;
  readonly #ids = new Map<string, Promise<number>>();
  readonly #writers = new Map<number, Promise<string>>();
  readonly #decoders = new Map<string, (bytes: Uint8Array) => unknown>();

  constructor(registry: RegistryLookups, unknown: UnknownSchemas) {
    this.#registry = registry;
    this.#unknown = unknown;
  }

  async encode<Name extends EventName>(
    topic: TopicContract<Name>,
    event: EventTypes[Name],
  ): Promise<Uint8Array> {
    const subject = subjectOf(topic);
    const avro = encodeEvent(topic.event, event);
    const id = await once(this.#ids, subject, () => this.#findId(subject, topic.event));
    return frame(id, avro);
  }

  async decode<Name extends EventName>(
    topic: TopicContract<Name>,
    bytes: Uint8Array,
  ): Promise<EventTypes[Name]> {
    const { schemaId, avro } = unframe(bytes);
    const decode = await this.#decoderOf(topic.event, schemaId);
    try {
      return decode(avro);
    } catch (cause) {
      throw new PoisonError('UNDECODABLE', `The value is not what schema id ${schemaId} says.`, {
        cause,
        facts: { schemaId },
      });
    }
  }

  checkHealth(): Promise<void> {
    return this.#registry.checkHealth();
  }

  async #findId(subject: string, event: EventName): Promise<number> {
    const id = await this.#registry.idOf(subject, SCHEMAS[event]);
    if (id !== null) return id;
    throw new DependencyError(
      'REGISTRY_UNAVAILABLE',
      SCHEMA_REGISTRY,
      `The schema of ${subject} is not registered: run \`docstream topics apply\`.`,
      { facts: { subject } },
    );
  }

  async #decoderOf<Name extends EventName>(
    event: Name,
    schemaId: number,
  ): Promise<(bytes: Uint8Array) => EventTypes[Name]> {
    const key = `${event}/${schemaId}`;
    const known = this.#decoders.get(key);
    if (known !== undefined) return known as (bytes: Uint8Array) => EventTypes[Name];
    const writer = await once(this.#writers, schemaId, () => this.#findWriter(schemaId));
    let decode: (bytes: Uint8Array) => EventTypes[Name];
    try {
      decode = createEventDecoder(event, writer);
    } catch (cause) {
      throw new PoisonError('UNDECODABLE', `Schema id ${schemaId} is not a ${event} that can be read.`, {
        cause,
        facts: { schemaId },
      });
    }
    this.#decoders.set(key, decode);
    return decode;
  }

  async #findWriter(schemaId: number): Promise<string> {
    this.#unknown.check(schemaId);
    const schema = await this.#registry.schemaOf(schemaId);
    if (schema === null) throw this.#unknown.deny(schemaId);
    this.#unknown.forget(schemaId);
    return schema;
  }
}

/** Remembers what was found; asks once for those who ask at the same time, and again after a failure. */
function once<Key, Value>(
  known: Map<Key, Promise<Value>>,
  key: Key,
  find: () => Promise<Value>,
): Promise<Value> {
  let found = known.get(key);
  if (found === undefined) {
    found = find();
    known.set(key, found);
    found.catch(() => known.delete(key));
  }
  return found;
}
