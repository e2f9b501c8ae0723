import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SCHEMAS, TOPICS, encodeEvent, type DocumentReceived } from '@docstream/contracts';
import type { Clock } from '@docstream/core';
import { createSchemaRegistryCodec } from './codec.js';
import { frame } from './wire-format.js';

const event: DocumentReceived = {
  fileName: 'invoice.pdf',
  mediaType: 'application/pdf',
  content: new Uint8Array([37, 80, 68, 70]),
  blob: null,
  receivedAt: 1_790_000_000_000,
};
const avro = encodeEvent('DocumentReceived', event);

type Answer = { readonly status: number; readonly body?: unknown } | 'hang' | 'break';

/** A registry on loopback that answers as told and notes what it was asked. */
class FakeRegistry {
  readonly asked: string[] = [];
  answer: (path: string) => Answer = () => ({ status: 404, body: { error_code: 40403, message: 'unknown' } });
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const path = `${request.method} ${request.url}`;
      this.asked.push(path);
      const answer = this.answer(path);
      if (answer === 'hang') return;
      if (answer === 'break') {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"schema":', () => request.socket.destroy());
        return;
      }
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body ?? {}));
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const time = { nowMs: 0 };
const patient: Clock = {
  nowMs: () => time.nowMs,
  sleep: (_, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
};

describe('createSchemaRegistryCodec', () => {
  let registry: FakeRegistry;
  let url: string;

  beforeEach(async () => {
    time.nowMs = 0;
    registry = new FakeRegistry();
    url = await registry.start();
  });

  afterEach(() => registry.stop());

  it('prefixes the id under which the subject has our schema, and asks for it once', async () => {
    registry.answer = () => ({ status: 200, body: { id: 258 } });
    const codec = createSchemaRegistryCodec({ url, clock: patient });
    const [first] = await Promise.all([
      codec.encode(TOPICS.ingest, event),
      codec.encode(TOPICS.ingest, event),
    ]);
    await codec.encode(TOPICS.ingest, event);
    expect(Buffer.from(first ?? []).toString('hex')).toBe(`0000000102${Buffer.from(avro).toString('hex')}`);
    expect(registry.asked).toEqual(['POST /subjects/docstream.ingest.v1-value']);
  });

  it('says what to do while our schema is not registered, and succeeds once it is', async () => {
    const codec = createSchemaRegistryCodec({ url, clock: patient });
    await expect(codec.encode(TOPICS.ingest, event)).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      dependency: 'schema-registry',
      message: expect.stringContaining('docstream topics apply'),
    });
    registry.answer = () => ({ status: 200, body: { id: 3 } });
    expect((await codec.encode(TOPICS.ingest, event))[4]).toBe(3);
  });

  it("decodes with the writer's schema, fetched once per id", async () => {
    registry.answer = () => ({ status: 200, body: { schema: SCHEMAS.DocumentReceived } });
    const codec = createSchemaRegistryCodec({ url, clock: patient });
    const bytes = frame(5, avro);
    const decoded = await Promise.all([
      codec.decode(TOPICS.ingest, bytes),
      codec.decode(TOPICS.ingest, bytes),
    ]);
    for (const one of decoded) {
      expect(one).toEqual({ ...event, content: Buffer.from(event.content ?? []) });
    }
    expect(registry.asked).toEqual(['GET /schemas/ids/5']);
  });

  it('fills in defaults where an older writer lacks a field', async () => {
    const schema = JSON.parse(SCHEMAS.DocumentReceived) as { fields: { name: string }[] };
    const older = { ...schema, fields: schema.fields.filter((field) => field.name !== 'mediaType') };
    registry.answer = () => ({ status: 200, body: { schema: JSON.stringify(older) } });
    const codec = createSchemaRegistryCodec({ url, clock: patient });
    const written = Buffer.concat([
      Buffer.from([2, 22]),
      Buffer.from('invoice.pdf'),
      Buffer.from([0, 0]),
      Buffer.from([2]),
    ]);
    expect(await codec.decode(TOPICS.ingest, frame(6, written))).toEqual({
      fileName: 'invoice.pdf',
      mediaType: 'application/pdf',
      content: null,
      blob: null,
      receivedAt: 1,
    });
  });

  it.each([
    ['fewer than five bytes', new Uint8Array([0, 0, 0])],
    ['another first byte', new Uint8Array([1, 0, 0, 0, 1, 2, 3])],
    ['a negative id', new Uint8Array([0, 255, 255, 255, 255, 1])],
  ])('calls %s undecodable without asking the registry', async (_, bytes) => {
    const codec = createSchemaRegistryCodec({ url, clock: patient });
    await expect(codec.decode(TOPICS.ingest, bytes)).rejects.toMatchObject({ code: 'UNDECODABLE' });
    expect(registry.asked).toEqual([]);
  });

  it.each([
    ['is cut short', avro.subarray(0, -1)],
    ['has bytes left over', Buffer.concat([avro, Buffer.from([0])])],
  ])('calls a value that %s undecodable', async (_, value) => {
    registry.answer = () => ({ status: 200, body: { schema: SCHEMAS.DocumentReceived } });
    const codec = createSchemaRegistryCodec({ url, clock: patient });
    await expect(codec.decode(TOPICS.ingest, frame(5, value))).rejects.toMatchObject({
      code: 'UNDECODABLE',
      facts: { schemaId: 5 },
    });
  });

  it.each([
    ['of another event', { schema: SCHEMAS.Position }],
    ['of JSON Schema', { schema: '{"type":"object"}', schemaType: 'JSON' }],
    ['that is damaged', { schema: '{"type":' }],
  ])('calls a value with a schema %s undecodable', async (_, body) => {
    registry.answer = () => ({ status: 200, body });
    const codec = createSchemaRegistryCodec({ url, clock: patient });
    await expect(codec.decode(TOPICS.ingest, frame(9, avro))).rejects.toMatchObject({ code: 'UNDECODABLE' });
  });

  it('gives an unknown id up after three denials at a distance, with no question in between', async () => {
    const codec = createSchemaRegistryCodec({ url, clock: patient });
    const attempt = () => codec.decode(TOPICS.ingest, frame(404, avro));
    for (let round = 0; round < 2; round += 1) {
      for (let repeat = 0; repeat < 5; repeat += 1) {
        await expect(attempt()).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
      }
      time.nowMs += 5000;
    }
    await expect(attempt()).rejects.toMatchObject({ code: 'SCHEMA_UNKNOWN' });
    expect(registry.asked).toEqual(Array(3).fill('GET /schemas/ids/404'));
  });

  it('decodes an id that became known after a denial', async () => {
    const codec = createSchemaRegistryCodec({ url, clock: patient });
    await expect(codec.decode(TOPICS.ingest, frame(12, avro))).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
    });
    registry.answer = () => ({ status: 200, body: { schema: SCHEMAS.DocumentReceived } });
    time.nowMs += 5000;
    expect((await codec.decode(TOPICS.ingest, frame(12, avro))).fileName).toBe('invoice.pdf');
  });

  it.each([500, 502, 503, 429])('is transient when the registry answers %i, asked once', async (status) => {
    registry.answer = () => ({ status, body: { message: 'trouble' } });
    const codec = createSchemaRegistryCodec({ url, clock: patient });
    const away = { code: 'REGISTRY_UNAVAILABLE', dependency: 'schema-registry' };
    await expect(codec.decode(TOPICS.ingest, frame(5, avro))).rejects.toMatchObject(away);
    await expect(codec.encode(TOPICS.ingest, event)).rejects.toMatchObject(away);
    await expect(codec.checkHealth()).rejects.toMatchObject(away);
    expect(registry.asked).toHaveLength(3);
  });

  it.each([401, 403])('is fatal when the registry answers %i', async (status) => {
    registry.answer = () => ({ status });
    const codec = createSchemaRegistryCodec({ url, clock: patient });
    const refused = { code: 'AUTHENTICATION_REFUSED' };
    await expect(codec.decode(TOPICS.ingest, frame(5, avro))).rejects.toMatchObject(refused);
    await expect(codec.encode(TOPICS.ingest, event)).rejects.toMatchObject(refused);
    await expect(codec.checkHealth()).rejects.toMatchObject(refused);
  });

  it.each(['hang', 'break'] as const)(
    'is transient when answers %s, and asks anew afterwards',
    async (trouble) => {
      registry.answer = () => trouble;
      const codec = createSchemaRegistryCodec({ url, timeoutMs: 50 });
      await expect(codec.decode(TOPICS.ingest, frame(5, avro))).rejects.toMatchObject({
        code: 'REGISTRY_UNAVAILABLE',
      });
      if (trouble === 'hang') {
        await expect(codec.checkHealth()).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
      }
      registry.answer = () => ({ status: 200, body: { schema: SCHEMAS.DocumentReceived } });
      expect((await codec.decode(TOPICS.ingest, frame(5, avro))).fileName).toBe('invoice.pdf');
    },
  );

  it('decodes what it knows while the registry is away, and nothing else', async () => {
    registry.answer = () => ({ status: 200, body: { id: 5, schema: SCHEMAS.DocumentReceived } });
    const codec = createSchemaRegistryCodec({ url, clock: patient });
    await codec.decode(TOPICS.ingest, frame(5, avro));
    await registry.stop();
    expect((await codec.decode(TOPICS.ingest, frame(5, avro))).fileName).toBe('invoice.pdf');
    await expect(codec.decode(TOPICS.ingest, frame(6, avro))).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
    });
    await expect(codec.checkHealth()).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  });

  it('sends the credentials of the URL and keeps them out of messages', async () => {
    const codec = createSchemaRegistryCodec({
      url: url.replace('http://', 'http://user:geheim@'),
      clock: patient,
    });
    registry.answer = () => ({ status: 503 });
    const error = await codec.decode(TOPICS.ingest, frame(5, avro)).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('127.0.0.1');
    expect(String(error)).not.toContain('geheim');
  });

  it('refuses an address that is no URL', () => {
    expect(() => createSchemaRegistryCodec({ url: 'localhost' })).toThrow('DOCSTREAM_SCHEMA_REGISTRY_URL');
  });
});
