import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import avro from 'avsc';
import { avroTypeOf, createEventDecoder, decodeEvent, encodeEvent } from './codec.js';
import type { EventName, EventTypes } from './generated/events.js';
import { SCHEMAS } from './generated/schemas.js';

// One file per event and schema version (`<Event>.v<N>.json`): the schema of that day, and bytes written with it. Files
// are added when a schema grows, and never changed: those bytes lie on somebody's topics.

interface Golden {
  readonly schema: object;
  readonly examples: readonly { readonly name: string; readonly event: unknown; readonly hex: string }[];
}

const folder = new URL('golden/', import.meta.url);
const EVENTS = Object.keys(SCHEMAS) as EventName[];

function versionsOf(event: EventName): readonly { readonly file: string; readonly golden: Golden }[] {
  return readdirSync(folder)
    .filter((file) => new RegExp(`^${event}\\.v\\d+\\.json$`).test(file))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((file) => ({ file, golden: JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Golden }));
}

/** JSON has no bytes: `{"$hex": "…"}` stands for them. */
function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (value === null || typeof value !== 'object') return value;
  if ('$hex' in value) return Buffer.from(String(value.$hex), 'hex');
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, revive(entry)]));
}

/** What decides the bytes and what is read from them: everything but the texts for people. */
function withoutDocs(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutDocs);
  if (schema === null || typeof schema !== 'object') return schema;
  const kept = Object.entries(schema).filter(([key]) => key !== 'doc');
  return Object.fromEntries(kept.map(([key, entry]) => [key, withoutDocs(entry)]));
}

interface RecordSchema {
  readonly fields: readonly { readonly name: string; readonly default?: unknown }[];
}

const goldenFiles = EVENTS.flatMap((event) => versionsOf(event).map((version) => ({ event, ...version })));
const goldenExamples = goldenFiles.flatMap(({ event, file, golden }) =>
  golden.examples.map((example) => ({ title: `${file}: ${example.name}`, event, golden, example })),
);

describe('golden bytes', () => {
  it.each(goldenExamples)('$title is read today as it was written', ({ event, golden, example }) => {
    const bytes = Buffer.from(example.hex, 'hex');
    expect(decodeEvent(event, bytes, JSON.stringify(golden.schema))).toMatchObject(
      revive(example.event) as EventTypes[EventName],
    );
  });

  it.each(goldenExamples)('$title is read today by a consumer of that day', ({ event, golden, example }) => {
    const today = avroTypeOf(event);
    const thatDay = avro.Type.forSchema(golden.schema as avro.Schema, { wrapUnions: false });
    const decoded = createEventDecoder(event, JSON.stringify(golden.schema))(Buffer.from(example.hex, 'hex'));
    const bytes = Buffer.from(encodeEvent(event, decoded));
    expect(thatDay.fromBuffer(bytes, thatDay.createResolver(today))).toEqual(revive(example.event));
  });

  it.each(EVENTS)('%s has a file for its present schema', (event) => {
    const newest = versionsOf(event).at(-1);
    expect(withoutDocs(newest?.golden.schema)).toEqual(withoutDocs(JSON.parse(SCHEMAS[event])));
  });

  it.each(EVENTS)('%s is written today byte for byte as its newest file says', (event) => {
    const examples = versionsOf(event).at(-1)?.golden.examples ?? [];
    expect(examples.length).toBeGreaterThan(0);
    for (const { event: value, hex } of examples) {
      const bytes = encodeEvent(event, revive(value) as EventTypes[EventName]);
      expect(Buffer.from(bytes).toString('hex')).toBe(hex);
    }
  });
});

describe('a field added with a default', () => {
  const added = { name: 'addedLater', type: ['null', 'string'], default: null };

  it.each(EVENTS)('%s: an old reader skips it, a new reader fills it in', (event) => {
    const old = JSON.parse(SCHEMAS[event]) as RecordSchema;
    const grown = { ...old, fields: [...old.fields, added] };
    const grownType = avro.Type.forSchema(grown as unknown as avro.Schema, { wrapUnions: false });
    for (const { golden } of versionsOf(event)) {
      for (const { event: value } of golden.examples) {
        const known = revive(value) as EventTypes[EventName];
        const written = grownType.toBuffer({ ...known, addedLater: 'new' });
        expect(decodeEvent(event, written, JSON.stringify(grown))).toMatchObject(known);
        const before = Buffer.from(encodeEvent(event, known));
        expect(grownType.fromBuffer(before, grownType.createResolver(avroTypeOf(event)))).toMatchObject({
          ...known,
          addedLater: null,
        });
      }
    }
  });
});

describe('changes that read old bytes differently', () => {
  const example = versionsOf('Position').at(-1)?.golden.examples[0];
  const bytes = Buffer.from(example?.hex ?? '', 'hex');
  const position = JSON.parse(SCHEMAS.Position) as RecordSchema;
  const changed = (change: (fields: RecordSchema['fields']) => readonly object[]) =>
    avro.Type.forSchema({ ...position, fields: change(position.fields) } as unknown as avro.Schema, {
      wrapUnions: false,
    });
  const read = (reader: avro.Type): unknown =>
    reader.fromBuffer(bytes, reader.createResolver(avroTypeOf('Position')));

  it('are seen when a field is renamed', () => {
    const renamed = changed((fields) =>
      fields.map((field) => (field.name === 'metadata' ? { ...field, name: 'note' } : field)),
    );
    expect(read(renamed)).not.toMatchObject(example?.event as object);
  });

  it('are seen when a field without default is added', () => {
    const demanding = changed((fields) => [...fields, { name: 'epoch', type: 'int' }]);
    expect(() => read(demanding)).toThrow('epoch');
  });

  it('are seen when a type changes', () => {
    const retyped = changed((fields) =>
      fields.map((field) => (field.name === 'partition' ? { ...field, type: 'string' } : field)),
    );
    expect(() => read(retyped)).toThrow('int');
  });
});
