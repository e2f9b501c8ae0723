import avro from 'avsc';
import type { EventName, EventTypes } from './generated/events.js';
import { SCHEMAS } from './generated/schemas.js';

const types = new Map<EventName, avro.Type>();

/** avsc type of an event; unions are unwrapped (`null | string`, not `{string: …}`) as in the generated interfaces. */
export function avroTypeOf(event: EventName): avro.Type {
  let type = types.get(event);
  if (type === undefined) {
    type = avro.Type.forSchema(JSON.parse(SCHEMAS[event]) as avro.Schema, { wrapUnions: false });
    types.set(event, type);
  }
  return type;
}

/** Avro binary of an event, without a registry's prefix. Throws with the path of the first wrong field. */
export function encodeEvent<Name extends EventName>(event: Name, value: EventTypes[Name]): Uint8Array {
  const type = avroTypeOf(event);
  const avroValue = toBuffers(value);
  if (!type.isValid(avroValue)) {
    type.isValid(avroValue, {
      errorHook: (path: string[], found: unknown) => {
        throw new TypeError(
          `${event}.${path.join('.')}: a value of type ${typeof found} does not fit the schema`,
        );
      },
    });
  }
  return type.toBuffer(avroValue);
}

/** Reads Avro binary written with `writerSchema` (default: our own) as an event of ours. */
export function decodeEvent<Name extends EventName>(
  event: Name,
  bytes: Uint8Array,
  writerSchema?: string,
): EventTypes[Name] {
  return createEventDecoder(event, writerSchema)(bytes);
}

/** As decodeEvent, for many values of one writer: resolves the two schemas once. Throws when they are incompatible. */
export function createEventDecoder<Name extends EventName>(
  event: Name,
  writerSchema?: string,
): (bytes: Uint8Array) => EventTypes[Name] {
  const reader = avroTypeOf(event);
  const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (writerSchema === undefined || writerSchema === SCHEMAS[event]) {
    return (bytes) => reader.fromBuffer(view(bytes)) as EventTypes[Name];
  }
  const writer = avro.Type.forSchema(JSON.parse(writerSchema) as avro.Schema, { wrapUnions: false });
  const resolver = reader.createResolver(writer);
  return (bytes) => reader.fromBuffer(view(bytes), resolver) as EventTypes[Name];
}

/** avsc takes Buffers only; a Uint8Array is viewed, not copied. */
function toBuffers(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value)) return value.map(toBuffers);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toBuffers(entry)]));
  }
  return value;
}
