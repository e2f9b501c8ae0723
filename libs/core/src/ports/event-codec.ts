import type { EventName, EventTypes, TopicContract } from '@docstream/contracts';

/**
 * Events ↔ Confluent wire format (0x00, schema id, Avro). Never registers a schema.
 * Errors: DependencyError REGISTRY_UNAVAILABLE; PoisonError UNDECODABLE, SCHEMA_UNKNOWN.
 */
export interface EventCodec {
  encode<Name extends EventName>(topic: TopicContract<Name>, event: EventTypes[Name]): Promise<Uint8Array>;
  decode<Name extends EventName>(topic: TopicContract<Name>, bytes: Uint8Array): Promise<EventTypes[Name]>;
  checkHealth(): Promise<void>;
}
