import { randomUUID } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { SCHEMAS, TOPICS, encodeEvent, subjectOf, type Position } from '@docstream/contracts';
import type { Clock } from '@docstream/core';
import { createSchemaRegistryCodec } from './codec.js';
import { frame } from './wire-format.js';

const url = process.env['DOCSTREAM_SCHEMA_REGISTRY_URL'] ?? '';
const position: Position = {
  group: 'docstream.parser.v1',
  topic: 'docstream.ingest.v1',
  partition: 3,
  offset: 1234,
  metadata: 'v1;d=3-7',
  recordedAt: 1_790_000_000_000,
  auditId: null,
  previousWatermark: null,
  lostFrom: null,
  lostTo: null,
};

function randomTopic() {
  return { ...TOPICS.positions, name: `docstream.test-${randomUUID()}.v1` };
}

async function register(subject: string, schema: string): Promise<number> {
  const answer = await fetch(`${url}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema }),
  });
  const { id } = (await answer.json()) as { id: number };
  return id;
}

/** A way to the registry that can be cut. */
class Cable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor() {
    const { hostname, port } = new URL(url);
    this.#server = createServer((near) => {
      const far = connect(Number(port), hostname);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
      }
      near.pipe(far).pipe(near);
    });
  }

  async plug(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    const through = new URL(url);
    through.port = String(typeof address === 'object' && address !== null ? address.port : 0);
    return through.href;
  }

  async cut(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

describe('createSchemaRegistryCodec with a real registry', () => {
  beforeAll(() => {
    if (url === '') throw new Error('DOCSTREAM_SCHEMA_REGISTRY_URL is not set');
  });

  it("round-trips an event, which other people's clients read as well", async () => {
    const topic = randomTopic();
    await register(subjectOf(topic), SCHEMAS.Position);
    const bytes = await createSchemaRegistryCodec({ url }).encode(topic, position);
    expect(await createSchemaRegistryCodec({ url }).decode(topic, bytes)).toEqual(position);
    const foreign: unknown = await new SchemaRegistry({ host: url }).decode(Buffer.from(bytes));
    expect(foreign).toMatchObject({ group: position.group, partition: 3, offset: 1234 });
  });

  it('is healthy', async () => {
    await expect(createSchemaRegistryCodec({ url }).checkHealth()).resolves.toBeUndefined();
  });

  it('says what to do while the schema is not registered, and goes on once it is', async () => {
    const topic = randomTopic();
    const codec = createSchemaRegistryCodec({ url });
    await expect(codec.encode(topic, position)).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      message: expect.stringContaining('docstream topics apply'),
    });
    await register(subjectOf(topic), SCHEMAS.Position);
    expect(await codec.decode(topic, await codec.encode(topic, position))).toEqual(position);
  });

  it('reads what a newer writer wrote with a field more', async () => {
    const topic = randomTopic();
    const schema = JSON.parse(SCHEMAS.Position) as { fields: object[] };
    const field = { name: 'operator', type: ['null', 'string'], default: null };
    const newer = JSON.stringify({ ...schema, fields: [field, ...schema.fields] });
    await register(subjectOf(topic), SCHEMAS.Position);
    const id = await register(subjectOf(topic), newer);
    const written = Buffer.concat([
      Buffer.from([2, 4]),
      Buffer.from('me'),
      encodeEvent('Position', position),
    ]);
    expect(await createSchemaRegistryCodec({ url }).decode(topic, frame(id, written))).toEqual(position);
  });

  it('gives an id that nobody registered up after three denials', async () => {
    const time = { nowMs: 0 };
    const clock: Clock = {
      nowMs: () => time.nowMs,
      sleep: (_, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
    };
    const codec = createSchemaRegistryCodec({ url, clock });
    const bytes = frame(2_000_000_000, encodeEvent('Position', position));
    const codes: unknown[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await codec.decode(TOPICS.positions, bytes).catch((error: { code: string }) => codes.push(error.code));
      time.nowMs += 5000;
    }
    expect(codes).toEqual(['REGISTRY_UNAVAILABLE', 'REGISTRY_UNAVAILABLE', 'SCHEMA_UNKNOWN']);
  });

  it('goes on with what it knows while the registry is away', async () => {
    const topic = randomTopic();
    await register(subjectOf(topic), SCHEMAS.Position);
    const cable = new Cable();
    const codec = createSchemaRegistryCodec({ url: await cable.plug() });
    const bytes = await codec.encode(topic, position);
    await codec.decode(topic, bytes);
    await cable.cut();
    expect(await codec.decode(topic, await codec.encode(topic, position))).toEqual(position);
    const away = { code: 'REGISTRY_UNAVAILABLE', dependency: 'schema-registry' };
    await expect(codec.decode(topic, frame(1_999_999_999, bytes))).rejects.toMatchObject(away);
    await expect(codec.checkHealth()).rejects.toMatchObject(away);
  });
});
