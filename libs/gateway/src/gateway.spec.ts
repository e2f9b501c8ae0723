import { afterEach, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Agent, request as httpRequest, type ClientRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { Secret, type ApiKey } from '@docstream/config';
import { CLOUD_EVENTS, HEADERS, TOPICS, documentIdOf, readHeader } from '@docstream/contracts';
import { DependencyError, PoisonError, readIdentity, systemClock, type PartitionLag } from '@docstream/core';
import { createMetrics } from '@docstream/observability';
import {
  MemoryAudit,
  MemoryBlobStore,
  MemoryCodec,
  MemoryDocuments,
  MemoryProducer,
  eventually,
  silentLogger,
} from '@docstream/testing';
import { configureGateway } from './configure-gateway.js';
import { createGatewayAdapter } from './gateway-adapter.js';
import { GatewayModule } from './gateway.module.js';
import type { GatewayOptions, GatewaySettings } from './ports.js';

const LIMIT_BYTES = 400_000;
const pdf = (text = 'hello'): Buffer => Buffer.from(`%PDF-1.7\n${text}\n%%EOF\n`);
const away = (
  code: 'BROKER_UNAVAILABLE' | 'DATABASE_UNAVAILABLE' | 'BLOB_STORE_UNAVAILABLE',
): DependencyError => new DependencyError(code, 'dependency', 'it is away');

type Injected = Awaited<ReturnType<NestFastifyApplication['inject']>>;

type PartName = 'documents' | 'producer' | 'blobStore' | 'codec';

class Gateway {
  readonly documents = new MemoryDocuments();
  readonly producer = new MemoryProducer();
  readonly blobStore = new MemoryBlobStore();
  readonly codec = new MemoryCodec();
  positions: readonly PartitionLag[] = [];
  brokerOutage: Error | undefined;
  readonly #app: NestFastifyApplication;

  private constructor(app: NestFastifyApplication, parts: Pick<Gateway, PartName>) {
    this.#app = app;
    Object.assign(this, parts);
  }

  static async start(settings: Partial<GatewaySettings> = {}): Promise<Gateway> {
    const parts = {
      documents: new MemoryDocuments(),
      producer: new MemoryProducer(),
      blobStore: new MemoryBlobStore(),
      codec: new MemoryCodec(),
    };
    const started: { gateway?: Gateway } = {};
    const options: GatewayOptions = {
      settings: { apiKeys: [], uploadLimitBytes: LIMIT_BYTES, clusterName: 'spec', ...settings },
      ports: {
        ...parts,
        endStates: parts.documents,
        lag: { readLag: async () => started.gateway?.positions ?? [] },
        audit: new MemoryAudit(),
        checkBroker: async () => {
          if (started.gateway?.brokerOutage !== undefined) throw started.gateway.brokerOutage;
        },
        clock: systemClock,
        logger: silentLogger,
        metrics: createMetrics({ service: 'gateway' }),
        close: () => parts.documents.close(),
      },
    };
    const app = await NestFactory.create<NestFastifyApplication>(
      GatewayModule.register(options),
      createGatewayAdapter(),
      { logger: false, abortOnError: false },
    );
    await configureGateway(app, options);
    await app.listen(0, '127.0.0.1');
    const gateway = new Gateway(app, parts);
    started.gateway = gateway;
    running.push(gateway);
    return gateway;
  }

  get port(): number {
    return (this.#app.getHttpServer().address() as AddressInfo).port;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Injected> {
    return this.#app.inject({ method: 'GET', url: path, headers });
  }

  delete(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Injected> {
    return this.#app.inject({ method: 'DELETE', url: path, headers });
  }

  post(
    body: Buffer,
    headers: Readonly<Record<string, string>> = {},
    query = '',
    contentType = 'application/pdf',
  ): Promise<Injected> {
    return this.#app.inject({
      method: 'POST',
      url: `/v1/documents${query}`,
      headers: { 'content-type': contentType, ...headers },
      payload: body,
    });
  }

  postForm(form: FormData, query = ''): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}/v1/documents${query}`, { method: 'POST', body: form });
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }
}

const running: Gateway[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.stop()));
});

function expectProblem(answer: Injected, status: number, code: string): Record<string, unknown> {
  const problem = answer.json<Record<string, unknown>>();
  expect({ status: answer.statusCode, type: answer.headers['content-type'], code: problem['code'] }).toEqual({
    status,
    type: 'application/problem+json; charset=utf-8',
    code,
  });
  expect(problem).toMatchObject({
    status,
    type: expect.any(String),
    title: expect.any(String),
    detail: expect.any(String),
    instance: expect.stringMatching(/^\//),
  });
  return problem;
}

function formOf(name: string, bytes: Buffer, fileName: string): FormData {
  const form = new FormData();
  form.append(name, new Blob([new Uint8Array(bytes)], { type: 'application/pdf' }), fileName);
  return form;
}

describe('sending a document', () => {
  it('is answered 202 with its id, run and place once blob, row and event are written', async () => {
    const gateway = await Gateway.start();
    const answer = await gateway.post(pdf(), { [HEADERS.fileName]: 'invoice.pdf' });
    const documentId = documentIdOf('default', pdf());
    expect(answer.statusCode).toBe(202);
    expect(answer.headers['location']).toBe(`/v1/documents/${documentId}`);
    const body = answer.json<Record<string, string>>();
    expect(body).toEqual({
      documentId,
      run: expect.stringMatching(/^[0-9A-Z]{26}$/),
      state: 'accepted',
      tenant: 'default',
      links: { self: `/v1/documents/${documentId}`, content: `/v1/documents/${documentId}/content` },
    });
    expect([...gateway.blobStore.blobs.values()]).toEqual([pdf()]);
    expect(gateway.documents.views).toMatchObject([
      { documentId, state: 'accepted', fileName: 'invoice.pdf' },
    ]);
    const [record] = gateway.producer.records;
    expect(record?.topic).toBe(TOPICS.ingest.name);
    expect(Buffer.from(record?.key ?? []).toString()).toBe(documentId);
    expect(readIdentity(record?.headers ?? [])).toEqual({ documentId, run: body['run'], tenant: 'default' });
    expect(readHeader(record?.headers ?? [], CLOUD_EVENTS.type)).toBe(
      'io.docstream.events.v1.DocumentReceived',
    );
    const event = await gateway.codec.decode(TOPICS.ingest, record?.value ?? Buffer.alloc(0));
    expect(event).toMatchObject({ fileName: 'invoice.pdf', mediaType: 'application/pdf' });
    expect(Buffer.from(event.content ?? [])).toEqual(pdf());
    expect(event.blob?.bytes).toBe(pdf().byteLength);
  });

  it('carries only the claim check in the event when the document is larger than the inline limit', async () => {
    const gateway = await Gateway.start();
    expect((await gateway.post(pdf('x'.repeat(300_000)))).statusCode).toBe(202);
    const event = await gateway.codec.decode(
      TOPICS.ingest,
      gateway.producer.records[0]?.value ?? Buffer.alloc(0),
    );
    expect(event.content).toBeNull();
    expect(event.blob?.bytes).toBe(pdf('x'.repeat(300_000)).byteLength);
  });

  it('hands on the trace context of the request', async () => {
    const gateway = await Gateway.start();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await gateway.post(pdf(), { traceparent });
    expect(readHeader(gateway.producer.records[0]?.headers ?? [], 'traceparent')).toBe(traceparent);
  });

  it('takes the part "file" of a form, its name without folders', async () => {
    const gateway = await Gateway.start();
    const answer = await gateway.postForm(formOf('file', pdf(), '../../etc/Rechnung März.pdf'));
    expect(answer.status).toBe(202);
    expect(gateway.documents.views).toMatchObject([
      { documentId: documentIdOf('default', pdf()), fileName: 'Rechnung März.pdf' },
    ]);
  });

  it.each([
    ['a part of another name', formOf('document', pdf(), 'a.pdf')],
    ['no part', new FormData()],
    [
      'two files',
      (() => {
        const form = formOf('file', pdf(), 'a.pdf');
        form.append('file', new Blob([new Uint8Array(pdf())]), 'b.pdf');
        return form;
      })(),
    ],
    [
      'a further field',
      (() => {
        const form = formOf('file', pdf(), 'a.pdf');
        form.append('note', 'text');
        return form;
      })(),
    ],
    [
      'a text instead of a file',
      (() => {
        const form = new FormData();
        form.append('file', '%PDF-1.7');
        return form;
      })(),
    ],
  ])('refuses a form with %s and leaves nothing behind', async (_, form) => {
    const gateway = await Gateway.start();
    const answer = await gateway.postForm(form);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(gateway.blobStore.blobs.size).toBe(0);
    expect(gateway.producer.records).toEqual([]);
  });

  it.each([
    [
      'that ends early',
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7 and then',
    ],
    ['without a boundary', 'multipart/form-data', '--x\r\n\r\n'],
    ['of something else', 'multipart/form-data; boundary=x', 'not a form at all'],
    [
      'with a reserved name',
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="__proto__"; filename="a.pdf"\r\n\r\n%PDF-\r\n--x--\r\n',
    ],
  ])('refuses a form %s', async (_, contentType, body) => {
    const gateway = await Gateway.start();
    expectProblem(await gateway.post(Buffer.from(body), {}, '', contentType), 400, 'INVALID_REQUEST');
    expect(gateway.blobStore.blobs.size).toBe(0);
    expect(gateway.producer.records).toEqual([]);
  });

  it('rejects what is no PDF with 415 before anything is deposited', async () => {
    const gateway = await Gateway.start();
    const problem = expectProblem(await gateway.post(Buffer.from('plain text')), 415, 'NOT_A_PDF');
    expect(problem).toMatchObject({
      state: 'rejected',
      type: '/v1/problems/NOT_A_PDF',
      instance: '/v1/documents',
    });
    expect(gateway.blobStore.blobs.size).toBe(0);
    expect(gateway.documents.accepted).toEqual([]);
    expect(gateway.producer.records).toEqual([]);
  });

  it('takes a PDF whose magic begins at byte 1,023 and rejects one at byte 1,024', async () => {
    const gateway = await Gateway.start();
    expect((await gateway.post(Buffer.concat([Buffer.alloc(1023, 32), pdf()]))).statusCode).toBe(202);
    expectProblem(await gateway.post(Buffer.concat([Buffer.alloc(1024, 32), pdf()])), 415, 'NOT_A_PDF');
  });

  it('answers another media type with 415 and reads none of it', async () => {
    const gateway = await Gateway.start();
    expectProblem(
      await gateway.post(Buffer.from('{"a":'), {}, '', 'application/json'),
      415,
      'INVALID_REQUEST',
    );
  });

  it('answers an empty body with 400 EMPTY_RECORD', async () => {
    const gateway = await Gateway.start();
    expectProblem(await gateway.post(Buffer.alloc(0)), 400, 'EMPTY_RECORD');
    const empty = await gateway.postForm(formOf('file', Buffer.alloc(0), 'a.pdf'));
    expect([empty.status, await empty.json()]).toMatchObject([
      400,
      { code: 'EMPTY_RECORD', state: 'rejected' },
    ]);
  });

  it('answers more bytes than the limit with 413 and keeps none', async () => {
    const gateway = await Gateway.start();
    const large = pdf('x'.repeat(LIMIT_BYTES));
    const problem = expectProblem(await gateway.post(large), 413, 'PDF_TOO_LARGE');
    expect(problem).toMatchObject({ limitBytes: LIMIT_BYTES, state: 'rejected' });
    const form = await gateway.postForm(formOf('file', large, 'a.pdf'));
    expect([form.status, await form.json()]).toMatchObject([413, { code: 'PDF_TOO_LARGE' }]);
    const chunked = await fetch(`http://127.0.0.1:${gateway.port}/v1/documents`, {
      method: 'POST',
      headers: { 'content-type': 'application/pdf' },
      body: new Blob([new Uint8Array(large)]).stream(),
      duplex: 'half',
    });
    expect([chunked.status, await chunked.json()]).toMatchObject([413, { code: 'PDF_TOO_LARGE' }]);
    expect(gateway.blobStore.blobs.size).toBe(0);
    expect(gateway.producer.records).toEqual([]);
  });

  it('takes a document of exactly the limit', async () => {
    const gateway = await Gateway.start();
    const exact = Buffer.concat([pdf(), Buffer.alloc(LIMIT_BYTES - pdf().byteLength, 32)]);
    expect((await gateway.post(exact)).statusCode).toBe(202);
    expect((await gateway.postForm(formOf('file', exact, 'a.pdf'), '?reprocess=true')).status).toBe(202);
  });

  it.each(['Big', '-a', 'a_b', 'a'.repeat(64), ''])('refuses the tenant %p', async (tenant) => {
    const gateway = await Gateway.start();
    const problem = expectProblem(
      await gateway.post(pdf(), { [HEADERS.tenant]: tenant }),
      400,
      'INVALID_REQUEST',
    );
    expect(problem['parameter']).toBe(HEADERS.tenant);
  });

  it('keeps the same bytes of two tenants apart', async () => {
    const gateway = await Gateway.start();
    await gateway.post(pdf(), { [HEADERS.tenant]: 'acme' });
    expect((await gateway.get(`/v1/documents/${documentIdOf('acme', pdf())}`)).statusCode).toBe(404);
    const own = await gateway.get(`/v1/documents/${documentIdOf('acme', pdf())}`, {
      [HEADERS.tenant]: 'acme',
    });
    expect(own.json()).toMatchObject({ tenant: 'acme', state: 'accepted' });
  });

  it.each(['?wait=61', '?wait=-1', '?wait=soon', '?wait=1&wait=2', '?reprocess=yes', '?reproces=true'])(
    'refuses the query %s and names the parameter',
    async (query) => {
      const gateway = await Gateway.start();
      const problem = expectProblem(await gateway.post(pdf(), {}, query), 400, 'INVALID_REQUEST');
      expect(query).toContain(String(problem['parameter']));
      expect(gateway.producer.records).toEqual([]);
    },
  );
});

describe('sending the same bytes again', () => {
  it('is the run in flight with 202, the stored one with 200, and nothing more on the topic', async () => {
    const gateway = await Gateway.start();
    const first = (await gateway.post(pdf())).json<{ documentId: string; run: string }>();
    const inFlight = await gateway.post(pdf());
    expect([inFlight.statusCode, inFlight.json()]).toMatchObject([
      202,
      { run: first.run, state: 'accepted' },
    ]);
    gateway.documents.change('default', first.documentId, { state: 'stored', type: 'invoice' });
    const stored = await gateway.post(pdf());
    expect([stored.statusCode, stored.json()]).toMatchObject([
      200,
      { run: first.run, state: 'stored', type: 'invoice' },
    ]);
    expect(stored.headers['location']).toBe(`/v1/documents/${first.documentId}`);
    expect(gateway.producer.records).toHaveLength(1);
  });

  it('begins a new run with reprocess=true', async () => {
    const gateway = await Gateway.start();
    const first = (await gateway.post(pdf())).json<{ documentId: string; run: string }>();
    gateway.documents.change('default', first.documentId, { state: 'stored' });
    const again = await gateway.post(pdf(), {}, '?reprocess=true');
    expect(again.statusCode).toBe(202);
    expect(again.json<{ run: string }>().run).not.toBe(first.run);
    expect(gateway.producer.records).toHaveLength(2);
  });

  it('begins a new run where a crash left a row without an event behind', async () => {
    const crashed = await Gateway.start();
    await crashed.post(pdf());
    const gateway = await Gateway.start();
    for (const view of crashed.documents.views) gateway.documents.put(view);
    const answer = await gateway.post(pdf());
    expect(answer.statusCode).toBe(202);
    expect(answer.json<{ run: string }>().run).not.toBe(crashed.documents.views[0]?.run);
    expect(gateway.producer.records).toHaveLength(1);
  });

  it('is the existing run of another gateway once the store has seen its event', async () => {
    const other = await Gateway.start();
    await other.post(pdf());
    const gateway = await Gateway.start();
    for (const view of other.documents.views) {
      const received = {
        run: view.run,
        event: 'received',
        topic: 't',
        partition: 0,
        offset: '0',
        at: view.acceptedAt,
      };
      gateway.documents.put({ ...view, timeline: [{ ...received, runMs: null }] });
    }
    expect((await gateway.post(pdf())).json()).toMatchObject({ run: other.documents.views[0]?.run });
    expect(gateway.producer.records).toEqual([]);
  });

  it('at the same moment produces one event, and none of them relies on an event that Kafka refused', async () => {
    const gateway = await Gateway.start();
    const both = await Promise.all([gateway.post(pdf()), gateway.post(pdf())]);
    expect(both.map(({ statusCode }) => statusCode)).toEqual([202, 202]);
    expect(gateway.producer.records).toHaveLength(1);
    gateway.producer.outage = away('BROKER_UNAVAILABLE');
    const refused = await Promise.all([gateway.post(pdf('other')), gateway.post(pdf('other'))]);
    expect(refused.map(({ statusCode }) => statusCode)).toEqual([503, 503]);
  });
});

describe('a dependency away', () => {
  it('broker: 503 with Retry-After, the row withdrawn, and the repetition succeeds', async () => {
    const gateway = await Gateway.start();
    gateway.producer.outage = away('BROKER_UNAVAILABLE');
    const answer = await gateway.post(pdf());
    expectProblem(answer, 503, 'BROKER_UNAVAILABLE');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(gateway.documents.views).toEqual([]);
    expect((await gateway.get(`/v1/documents/${documentIdOf('default', pdf())}`)).statusCode).toBe(404);
    gateway.producer.outage = undefined;
    expect((await gateway.post(pdf())).statusCode).toBe(202);
    expect(gateway.producer.records).toHaveLength(1);
  });

  it('broker silent: 503 after the time allowed', async () => {
    const gateway = await Gateway.start({ brokerTimeoutMs: 30 });
    gateway.producer.isStuck = true;
    expectProblem(await gateway.post(pdf()), 503, 'BROKER_UNAVAILABLE');
    expect(gateway.documents.withdrawn).toHaveLength(1);
  });

  it('blob store: 503, no row, no event', async () => {
    const gateway = await Gateway.start();
    gateway.blobStore.outage = away('BLOB_STORE_UNAVAILABLE');
    const answer = await gateway.post(pdf());
    expectProblem(answer, 503, 'BLOB_STORE_UNAVAILABLE');
    expect(answer.headers['retry-after']).toBe('5');
    expect([gateway.documents.accepted, gateway.producer.records]).toEqual([[], []]);
  });

  it('registry: 503, no event', async () => {
    const gateway = await Gateway.start();
    gateway.codec.outage = new DependencyError(
      'REGISTRY_UNAVAILABLE',
      'schema-registry',
      'no answer of registry.internal',
    );
    const problem = expectProblem(await gateway.post(pdf()), 503, 'REGISTRY_UNAVAILABLE');
    expect(JSON.stringify(problem)).not.toContain('registry.internal');
    expect([gateway.documents.views, gateway.producer.records]).toEqual([[], []]);
  });

  it('database: 202 with a new run, then 503 while it is away, and never 404 when it is back', async () => {
    const gateway = await Gateway.start();
    gateway.documents.outage = away('DATABASE_UNAVAILABLE');
    const answer = await gateway.post(pdf(), {}, '?wait=0.01');
    expect(answer.statusCode).toBe(202);
    const { documentId, run } = answer.json<{ documentId: string; run: string }>();
    expect(gateway.producer.records).toHaveLength(1);
    expectProblem(await gateway.get(`/v1/documents/${documentId}`), 503, 'DATABASE_UNAVAILABLE');
    expectProblem(await gateway.get(`/v1/documents/aaaaaaaaaa`), 503, 'DATABASE_UNAVAILABLE');
    expectProblem(await gateway.get('/v1/documents'), 503, 'DATABASE_UNAVAILABLE');
    gateway.documents.outage = undefined;
    const known = await gateway.get(`/v1/documents/${documentId.slice(0, 8)}`);
    expect([known.statusCode, known.json()]).toMatchObject([
      200,
      { documentId, run, state: 'accepted', bytes: 21 },
    ]);
    expect((await gateway.get(`/v1/documents/${documentId}/content`)).rawPayload).toEqual(pdf());
  });

  it('database silent: accepted all the same, reads are 503', async () => {
    const gateway = await Gateway.start({ databaseTimeoutMs: 30 });
    gateway.documents.isStuck = true;
    expect((await gateway.post(pdf())).statusCode).toBe(202);
    expectProblem(await gateway.get('/v1/documents/aaaaaaaaaa'), 503, 'DATABASE_UNAVAILABLE');
  });

  it('a bug is 500 and tells nothing of the inside', async () => {
    const gateway = await Gateway.start();
    gateway.documents.outage = new Error('password=hunter2');
    const problem = expectProblem(await gateway.get('/v1/documents'), 500, 'UNCLASSIFIED');
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });
});

describe('waiting for the result', () => {
  it('answers 200 with the result as soon as the end is reached', async () => {
    const gateway = await Gateway.start();
    const posted = gateway.post(pdf(), {}, '?wait=60');
    await eventually('somebody waits', () => gateway.documents.waiting === 1);
    gateway.documents.change('default', documentIdOf('default', pdf()), { state: 'dead-lettered' });
    const answer = await posted;
    expect([answer.statusCode, answer.json()]).toMatchObject([200, { state: 'dead-lettered', timeline: [] }]);
  });

  it('answers 202 when the time is over', async () => {
    const gateway = await Gateway.start();
    const answer = await gateway.post(pdf(), {}, '?wait=0.02');
    expect([answer.statusCode, answer.json()]).toMatchObject([202, { state: 'accepted' }]);
  });

  it('reads with wait: the result when it comes in time, the state as it is when not', async () => {
    const gateway = await Gateway.start();
    const { documentId } = (await gateway.post(pdf())).json<{ documentId: string }>();
    expect((await gateway.get(`/v1/documents/${documentId}?wait=0.02`)).json()).toMatchObject({
      state: 'accepted',
    });
    const read = gateway.get(`/v1/documents/${documentId}?wait=60`);
    await eventually('somebody waits', () => gateway.documents.waiting === 1);
    gateway.documents.change('default', documentId, { state: 'stored' });
    expect((await read).json()).toMatchObject({ state: 'stored' });
  });

  it('ends when the gateway stops: those who wait get what is known', async () => {
    const gateway = await Gateway.start();
    const waiting = fetch(`http://127.0.0.1:${gateway.port}/v1/documents?wait=60`, {
      method: 'POST',
      headers: { 'content-type': 'application/pdf' },
      body: new Uint8Array(pdf()),
    });
    await eventually('somebody waits', () => gateway.documents.waiting === 1);
    await gateway.stop();
    expect((await waiting).status).toBe(202);
  });
});

describe('reading documents', () => {
  it('finds by a unique prefix and refuses an ambiguous, a short and an unknown one', async () => {
    const gateway = await Gateway.start();
    const { documentId } = (await gateway.post(pdf())).json<{ documentId: string }>();
    const [view] = gateway.documents.views;
    expect((await gateway.get(`/v1/documents/${documentId.slice(0, 6).toUpperCase()}`)).json()).toMatchObject(
      { documentId },
    );
    if (view === undefined) throw new Error('no row');
    const sibling = `${documentId.slice(0, 8)}${'a'.repeat(18)}` as typeof view.documentId;
    gateway.documents.put({ ...view, documentId: sibling });
    expectProblem(await gateway.get(`/v1/documents/${documentId.slice(0, 6)}`), 409, 'AMBIGUOUS_ID');
    expectProblem(await gateway.get(`/v1/documents/${documentId.slice(0, 5)}`), 400, 'INVALID_REQUEST');
    expectProblem(await gateway.get('/v1/documents/aaaaaaaaaaaaaaaaaaaaaaaaaa'), 404, 'NOT_FOUND');
    expectProblem(await gateway.get('/v1/documents/no-such-thing'), 404, 'NOT_FOUND');
  });

  it('pages through the list by cursor and filters by type and state', async () => {
    const gateway = await Gateway.start();
    for (const text of ['a', 'b', 'c']) await gateway.post(pdf(text));
    gateway.documents.change('default', documentIdOf('default', pdf('b')), {
      state: 'stored',
      type: 'invoice',
    });
    const first = (await gateway.get('/v1/documents?limit=2')).json<{
      documents: unknown[];
      nextCursor: string;
    }>();
    expect(first.documents).toHaveLength(2);
    const second = await gateway.get(`/v1/documents?limit=2&cursor=${first.nextCursor}`);
    expect(second.json()).toMatchObject({ documents: [{}], nextCursor: null });
    const filtered = await gateway.get('/v1/documents?state=stored&type=invoice');
    expect(filtered.json()).toMatchObject({ documents: [{ type: 'invoice' }], nextCursor: null });
  });

  it.each([
    'limit=0',
    'limit=501',
    'limit=ten',
    'state=done',
    'type=%00',
    'cursor=*',
    'cursor=eHg',
    'stat=stored',
    'state=stored&state=lost',
  ])('refuses ?%s and names the parameter', async (query) => {
    const gateway = await Gateway.start();
    const problem = expectProblem(await gateway.get(`/v1/documents?${query}`), 400, 'INVALID_REQUEST');
    expect(problem['parameter']).toBe(query.split('=', 1)[0]);
  });

  it('gives the PDF back as a download under its safe name', async () => {
    const gateway = await Gateway.start();
    const name = Buffer.from('Rechnung "März".pdf', 'utf8').toString('latin1');
    await gateway.post(pdf(), { [HEADERS.fileName]: name });
    const answer = await gateway.get(`/v1/documents/${documentIdOf('default', pdf())}/content`);
    expect(answer.rawPayload).toEqual(pdf());
    expect(answer.headers).toMatchObject({
      'content-type': 'application/pdf',
      'x-content-type-options': 'nosniff',
      'content-disposition': `attachment; filename="Rechnung _M_rz_.pdf"; filename*=UTF-8''Rechnung%20%22M%C3%A4rz%22.pdf`,
    });
  });

  it('answers 410 when the bytes are gone', async () => {
    const gateway = await Gateway.start();
    await gateway.post(pdf());
    gateway.blobStore.blobs.clear();
    expectProblem(
      await gateway.get(`/v1/documents/${documentIdOf('default', pdf())}/content`),
      410,
      'CONTENT_GONE',
    );
  });
});

describe('erasing a document', () => {
  it('erases blob and rows, says what stays on topics, and can be repeated', async () => {
    const gateway = await Gateway.start();
    await gateway.post(pdf());
    const path = `/v1/documents/${documentIdOf('default', pdf())}`;
    const answer = await gateway.delete(path);
    expect(answer.statusCode).toBe(200);
    const body = answer.json<{ remains: { topic: string }[] }>();
    expect(body).toMatchObject({ erased: { rows: true, content: true }, tombstone: true });
    expect(body.remains).toContainEqual({
      topic: TOPICS.ingest.name,
      retentionDays: 30,
      until: expect.stringMatching(/^\d{4}-/),
    });
    expect(body.remains.map(({ topic }) => topic)).not.toContain(TOPICS.positions.name);
    expect(gateway.blobStore.blobs.size).toBe(0);
    expectProblem(await gateway.get(`${path}/content`), 410, 'CONTENT_GONE');
    expect((await gateway.get(path)).json()).toMatchObject({ erasedAt: expect.any(String), fields: {} });
    expect((await gateway.delete(path)).json()).toMatchObject({ erased: { rows: false, content: false } });
  });

  it('erases the parsed text of every run with it', async () => {
    const gateway = await Gateway.start();
    await gateway.post(pdf());
    const documentId = documentIdOf('default', pdf());
    const texts = ['first run', 'second run'].map((text) => Buffer.from(text));
    const deposited = await Promise.all(
      texts.map((text) => gateway.blobStore.deposit('default', text, 'application/gzip')),
    );
    gateway.documents.parsedTexts.set(
      `default/${documentId}`,
      deposited.map(({ sha256 }) => sha256),
    );
    expect((await gateway.delete(`/v1/documents/${documentId}`)).json()).toMatchObject({
      erased: { rows: true, content: true, parsedText: true },
    });
    expect(gateway.blobStore.blobs.size).toBe(0);
  });

  it('finishes when it is repeated after the blob store was away', async () => {
    const gateway = await Gateway.start();
    await gateway.post(pdf());
    const path = `/v1/documents/${documentIdOf('default', pdf())}`;
    gateway.blobStore.outage = away('BLOB_STORE_UNAVAILABLE');
    expectProblem(await gateway.delete(path), 503, 'BLOB_STORE_UNAVAILABLE');
    gateway.blobStore.outage = undefined;
    expect((await gateway.delete(path)).json()).toMatchObject({
      erased: { rows: false, content: true, parsedText: false },
    });
    expect(gateway.blobStore.blobs.size).toBe(0);
  });

  it('leaves a tombstone for a document that the database did not know yet', async () => {
    const gateway = await Gateway.start();
    gateway.documents.outage = away('DATABASE_UNAVAILABLE');
    await gateway.post(pdf());
    const path = `/v1/documents/${documentIdOf('default', pdf())}`;
    expectProblem(await gateway.delete(path), 503, 'DATABASE_UNAVAILABLE');
    gateway.documents.outage = undefined;
    expect((await gateway.delete(path)).json()).toMatchObject({ erased: { rows: true, content: true } });
    expect(gateway.documents.views).toMatchObject([{ erasedAt: expect.any(String) }]);
  });

  it('of an unknown id is 404', async () => {
    const gateway = await Gateway.start();
    expectProblem(await gateway.delete('/v1/documents/aaaaaaaaaa'), 404, 'NOT_FOUND');
  });
});

describe('who may ask', () => {
  const apiKeys: readonly ApiKey[] = [
    { tenant: null, key: new Secret('open-key-0123456789') },
    { tenant: 'acme', key: new Secret('acme-key-0123456789') },
  ];

  it('asks for a key on every document route, and on no other', async () => {
    const gateway = await Gateway.start({ apiKeys });
    const answers = [
      await gateway.post(pdf()),
      await gateway.get('/v1/documents'),
      await gateway.get('/v1/documents/aaaaaaaa'),
      await gateway.get('/v1/documents/aaaaaaaa/content'),
      await gateway.delete('/v1/documents/aaaaaaaa', { authorization: 'Bearer wrong-key-0123456789' }),
    ];
    for (const answer of answers) {
      expectProblem(answer, 401, 'UNAUTHORIZED');
      expect(answer.headers['www-authenticate']).toContain('Bearer');
    }
    expect(gateway.blobStore.blobs.size).toBe(0);
    for (const path of ['/health/live', '/health/ready', '/metrics', '/docs', '/docs-json'])
      expect([path, (await gateway.get(path)).statusCode]).toEqual([path, 200]);
  });

  it('takes the tenant from a key that is bound to one, and from the header otherwise', async () => {
    const gateway = await Gateway.start({ apiKeys });
    const bound = await gateway.post(pdf(), { 'x-api-key': 'acme-key-0123456789' });
    expect(bound.json()).toMatchObject({ tenant: 'acme', documentId: documentIdOf('acme', pdf()) });
    const open = { authorization: 'Bearer open-key-0123456789' };
    expect((await gateway.post(pdf(), { ...open, [HEADERS.tenant]: 'beta' })).json()).toMatchObject({
      tenant: 'beta',
    });
    const foreign = await gateway.post(pdf(), {
      'x-api-key': 'acme-key-0123456789',
      [HEADERS.tenant]: 'beta',
    });
    expect(expectProblem(foreign, 400, 'INVALID_REQUEST')['parameter']).toBe(HEADERS.tenant);
  });

  it('lets no page of another site and no foreign host name in', async () => {
    const gateway = await Gateway.start();
    expectProblem(await gateway.post(pdf(), { origin: 'https://evil.example' }), 403, 'INVALID_REQUEST');
    expectProblem(
      await gateway.get('/v1/documents', { host: 'rebound.example:8080' }),
      403,
      'INVALID_REQUEST',
    );
    const own = { host: 'localhost:8080', origin: 'http://localhost:8080' };
    expect((await gateway.get('/v1/documents', own)).statusCode).toBe(200);
  });
});

describe('what is no request of ours', () => {
  it('is problem+json, too', async () => {
    const gateway = await Gateway.start();
    expectProblem(await gateway.get('/v2/nothing'), 404, 'NOT_FOUND');
    expectProblem(await gateway.get('/docs/nothing.js'), 404, 'NOT_FOUND');
    expectProblem(await gateway.get('/v1/documents/%zz'), 400, 'INVALID_REQUEST');
    expectProblem(await gateway.get('/v1/problems/NO_SUCH'), 404, 'NOT_FOUND');
    const explained = await gateway.get('/v1/problems/NOT_A_PDF');
    expect(explained.json()).toMatchObject({ code: 'NOT_A_PDF', remedy: expect.any(String) });
  });

  it('is problem+json where it is no HTTP', async () => {
    const gateway = await Gateway.start();
    const { connect } = await import('node:net');
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(gateway.port, '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
      socket.on('data', (piece) => (text += piece.toString()));
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json/);
  });
});

describe('operations', () => {
  it('is ready without the database and not without Kafka', async () => {
    const gateway = await Gateway.start();
    gateway.documents.outage = away('DATABASE_UNAVAILABLE');
    expect((await gateway.get('/health/ready')).statusCode).toBe(200);
    gateway.brokerOutage = away('BROKER_UNAVAILABLE');
    const answer = await gateway.get('/health/ready');
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('BROKER_UNAVAILABLE');
    expect((await gateway.get('/health/live')).statusCode).toBe(200);
  });

  it('exports the lag of every group', async () => {
    const gateway = await Gateway.start();
    const at = { group: 'docstream.parser.v1', topic: TOPICS.ingest.name };
    gateway.positions = [
      { ...at, partition: 0, committed: 7n, logStart: 2n, logEnd: 10n },
      { ...at, partition: 1, committed: 1n, logStart: 4n, logEnd: 4n },
    ];
    const { body } = await gateway.get('/metrics');
    const ofGroup = (partition: number): string =>
      `cluster_name="spec",topic="${at.topic}",partition="${partition}",group="${at.group}",service="gateway"`;
    expect(body).toContain(`kafka_consumergroup_group_lag{${ofGroup(0)}} 3`);
    expect(body).toContain(`kafka_consumergroup_group_lag{${ofGroup(1)}} 0`);
    expect(body).toContain(`kafka_consumergroup_group_lag_seconds{${ofGroup(1)}} 0`);
    expect(body).toContain(`docstream_consumergroup_lost_offsets{${ofGroup(1)}} 3`);
    expect(body).toMatch(/kafka_partition_latest_offset\{[^}]*partition="0"[^}]*\} 10/);
    expect(body).toMatch(/kafka_partition_earliest_offset\{[^}]*partition="1"[^}]*\} 4/);
  });

  it('documents every route it answers, and shows that with its own files', async () => {
    const gateway = await Gateway.start();
    const document = (await gateway.get('/docs-json')).json<{ paths: Record<string, object> }>();
    expect(Object.entries(document.paths).map(([path, item]) => [path, Object.keys(item)])).toEqual([
      ['/v1/documents', ['post', 'get']],
      ['/v1/documents/{id}', ['get', 'delete']],
      ['/v1/documents/{id}/content', ['get']],
      ['/v1/problems/{code}', ['get']],
      ['/health/live', ['get']],
      ['/health/ready', ['get']],
      ['/metrics', ['get']],
    ]);
    const page = await gateway.get('/docs');
    const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file ?? '');
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      const { pathname, host } = new URL(file, 'http://gateway/docs');
      expect([file, host, (await gateway.get(pathname)).statusCode]).toEqual([file, 'gateway', 200]);
    }
  });
});

describe('senders who go away', () => {
  async function sendAndVanish(gateway: Gateway, contentType: string, begin: string): Promise<void> {
    const sending: ClientRequest = httpRequest({
      port: gateway.port,
      host: '127.0.0.1',
      path: '/v1/documents',
      method: 'POST',
      headers: { 'content-type': contentType, 'content-length': 100_000 },
    });
    const gone = new Promise((resolve) => sending.once('error', resolve).once('close', resolve));
    await new Promise<void>((resolve) => sending.write(begin, () => resolve()));
    sending.destroy();
    await gone;
  }

  it.each([
    ['a body', 'application/pdf', `%PDF-1.7\n${'x'.repeat(20_000)}`],
    [
      'a form',
      'multipart/form-data; boundary=x',
      `--x\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7\n${'x'.repeat(20_000)}`,
    ],
  ])('in the middle of %s leave nothing behind', async (_, contentType, begin) => {
    const gateway = await Gateway.start();
    await sendAndVanish(gateway, contentType, begin);
    // A second document on the same gateway is served as if nothing had been.
    expect((await gateway.post(pdf('next'))).statusCode).toBe(202);
    await eventually('the broken request is counted', async () =>
      (await gateway.get('/metrics')).body.includes(
        'docstream_gateway_aborted_uploads_total{service="gateway"} 1',
      ),
    );
    expect([...gateway.blobStore.blobs.values()]).toEqual([pdf('next')]);
    expect(gateway.producer.records).toHaveLength(1);
  });
});

describe('whatever is sent', () => {
  it('is answered with a documented status, and nothing is on the topic unless it was accepted', async () => {
    const gateway = await Gateway.start();
    const documented = new Set([200, 202, 400, 413, 415]);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 2048 }),
      fc.uint8Array({ maxLength: 2048 }).map((tail) => Buffer.concat([Buffer.from('%PDF-'), tail])),
    );
    const types = fc.constantFrom(
      'application/pdf',
      'multipart/form-data; boundary=x',
      'multipart/form-data',
      'text/plain',
      'application/json',
    );
    const framed = fc.boolean();
    await fc.assert(
      fc.asyncProperty(bytes, types, framed, async (body, contentType, isFramed) => {
        const before = gateway.producer.records.length;
        const head = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n';
        const sent = isFramed
          ? Buffer.concat([Buffer.from(head), body, Buffer.from('\r\n--x--\r\n')])
          : Buffer.from(body);
        const answer = await gateway.post(sent, {}, '', contentType);
        expect(documented).toContain(answer.statusCode);
        const isAccepted = answer.statusCode === 202 || answer.statusCode === 200;
        if (!isAccepted) expect(gateway.producer.records).toHaveLength(before);
        if (!isAccepted) expect(answer.headers['content-type']).toContain('application/problem+json');
        expect(gateway.blobStore.blobs.size).toBe(gateway.documents.views.length);
      }),
      { numRuns: 300 },
    );
  });

  it('a sender who is refused early can go on sending and use the connection again', async () => {
    const gateway = await Gateway.start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = (body: Buffer): Promise<{ status: number | undefined; socket: object }> =>
      new Promise((resolve, reject) => {
        const path = '/v1/documents';
        const sending = httpRequest({ agent, port: gateway.port, host: '127.0.0.1', path, method: 'POST' });
        // Chunked, so that the gateway can't know beforehand how much will come.
        sending.setHeader('transfer-encoding', 'chunked');
        sending.setHeader('content-type', 'application/pdf').on('error', reject);
        sending.on('response', (answer) => {
          const { socket, statusCode: status } = answer;
          answer.resume().on('end', () => resolve({ status, socket }));
        });
        sending.end(body);
      });
    const refused = await send(Buffer.concat([pdf(), Buffer.alloc(20 * LIMIT_BYTES)]));
    const notPdf = await send(Buffer.alloc(20 * LIMIT_BYTES));
    const accepted = await send(pdf());
    expect([refused.status, notPdf.status, accepted.status]).toEqual([413, 415, 202]);
    expect(accepted.socket === refused.socket).toBe(true);
    agent.destroy();
  });

  it('an unknown blob store failure is not mistaken for the sender’s', async () => {
    const gateway = await Gateway.start();
    gateway.blobStore.outage = new PoisonError('BLOB_CORRUPT', 'inside');
    expectProblem(await gateway.post(pdf()), 500, 'BLOB_CORRUPT');
  });
});
