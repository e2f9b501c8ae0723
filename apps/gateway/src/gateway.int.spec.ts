import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { KafkaClusterAdmin, createKafkaClient } from '@docstream/adapter-kafkajs';
import { createDatabase, migrateDatabase } from '@docstream/adapter-postgres';
import { createSubjectRegistry } from '@docstream/adapter-schema-registry';
import { applyTopics } from '@docstream/cli';
import type { Environment } from '@docstream/config';
import { CONSUMED_TOPICS, TOPICS, documentIdOf, groupOf } from '@docstream/contracts';
import type { RunningService, ServiceHost } from '@docstream/observability';
import { createTestDatabase, eventually, silentLogger, type TestDatabase } from '@docstream/testing';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runGateway } from './wiring.js';

jest.setTimeout(120_000);

const brokers = process.env['DOCSTREAM_KAFKA_BROKERS'] ?? '';
const registryUrl = process.env['DOCSTREAM_SCHEMA_REGISTRY_URL'] ?? '';
/** Port 1 of the loopback address refuses every connection. */
const NOWHERE = '127.0.0.1:1';

const admin = new KafkaClusterAdmin(
  createKafkaClient({ brokers: brokers.split(','), clientId: 'gateway-spec' }, silentLogger),
  silentLogger,
);
const running: RunningService[] = [];
let home: TestDatabase;
let blobs: string;

beforeAll(async () => {
  home = await createTestDatabase();
  await migrateDatabase(home.url);
  blobs = await mkdtemp(join(tmpdir(), 'docstream-gateway-'));
  await applyTopics(admin, createSubjectRegistry({ url: registryUrl }), {}, () => undefined);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ stop }) => stop()));
});

afterAll(async () => {
  await admin.close(2_000);
  await home.drop();
  await rm(blobs, { recursive: true });
});

const lines: string[] = [];
const exits: number[] = [];
const host: ServiceHost = {
  onStop: () => undefined,
  onCrash: () => undefined,
  writeLine: (line) => void lines.push(line),
  exit: (code) => void exits.push(code),
};

async function startGateway(changes: Environment = {}): Promise<string> {
  const service = await runGateway(
    {
      DOCSTREAM_KAFKA_BROKERS: brokers,
      DOCSTREAM_SCHEMA_REGISTRY_URL: registryUrl,
      DOCSTREAM_DATABASE_URL: home.url,
      DOCSTREAM_BLOB_STORE_URL: pathToFileURL(blobs).href,
      DOCSTREAM_HTTP_PORT: '0',
      DOCSTREAM_LOG_LEVEL: 'silent',
      ...changes,
    },
    host,
  );
  if (service === null) throw new Error('the gateway did not start');
  running.push(service);
  return service.url;
}

function newPdf(bytes = 100): Buffer<ArrayBuffer> {
  const begin = Buffer.from(`%PDF-1.7\n% ${randomUUID()}\n`);
  return Buffer.concat([begin, Buffer.alloc(bytes, 32), Buffer.from('\n%%EOF\n')]);
}

function post(url: string, pdf: Buffer<ArrayBuffer>, query = ''): Promise<Response> {
  return fetch(`${url}/v1/documents${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/pdf', 'docstream-file-name': 'spec.pdf' },
    body: pdf,
  });
}

async function ingestEnds(): Promise<bigint> {
  const ranges = await admin.logRanges(TOPICS.ingest.name);
  return ranges.reduce((sum, { range }) => sum + range.end, 0n);
}

describe('the gateway on the real parts', () => {
  it('accepts, shows, deduplicates, gives back and erases a document', async () => {
    const url = await startGateway();
    const pdf = newPdf(600_000);
    const documentId = documentIdOf('default', pdf);
    const before = await ingestEnds();
    const accepted = await post(url, pdf);
    expect([accepted.status, await accepted.json()]).toMatchObject([202, { documentId, state: 'accepted' }]);
    const repeated = await post(url, pdf);
    expect(repeated.status).toBe(202);
    expect(await ingestEnds()).toBe(before + 1n);

    const path = `${url}/v1/documents/${documentId}`;
    const view = await fetch(path);
    expect([view.status, await view.json()]).toMatchObject([
      200,
      { documentId, state: 'accepted', fileName: 'spec.pdf', bytes: pdf.byteLength },
    ]);
    const listed = await (await fetch(`${url}/v1/documents?state=accepted&limit=1`)).json();
    expect(listed).toMatchObject({ documents: [{ documentId }] });
    const content = await fetch(`${path}/content`);
    expect(Buffer.from(await content.arrayBuffer()).equals(pdf)).toBe(true);

    const erased = await fetch(path, { method: 'DELETE' });
    expect(await erased.json()).toMatchObject({ erased: { rows: true, content: true } });
    expect((await fetch(`${path}/content`)).status).toBe(410);
    expect(await (await fetch(path)).json()).toMatchObject({ documentId, sha256: null, fields: {} });
  });

  it('is ready and exports the lag of every group', async () => {
    const url = await startGateway();
    const ready = await fetch(`${url}/health/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([200, { status: 'ok' }]);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    for (const group of ['parser', 'classifier', 'extractor', 'store'] as const) {
      expect(metrics).toMatch(new RegExp(`kafka_consumergroup_group_lag\\{[^}]*group="${groupOf(group)}"`));
    }
  });

  it('audits, and exports when it did and what it found', async () => {
    // The store has read what the stages published, and of the ingest topic what the parser has read: no record of ours.
    const database = createDatabase(home.url);
    const parsed = await admin.committedPositions(groupOf('parser'), [TOPICS.ingest.name]);
    const published = CONSUMED_TOPICS.store.filter((topic) => topic !== TOPICS.ingest.name);
    const ends = (await Promise.all(published.map((topic) => admin.logRanges(topic)))).flat();
    for (const { topic, partition, offset } of [
      ...parsed,
      ...ends.map(({ range, ...at }) => ({ ...at, offset: range.end })),
    ]) {
      await database.query(
        `INSERT INTO docstream.positions (consumer_group, topic, partition, next_offset, epoch)
           VALUES ($1, $2, $3, $4, 1)`,
        [groupOf('store'), topic, partition, offset],
      );
    }
    await database.close();
    const url = await startGateway({ DOCSTREAM_AUDIT_INTERVAL_MS: '100' });
    const read = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();
    await eventually(
      'an audit',
      async () => /^docstream_audit_last_run_timestamp_seconds(\{[^}]*\})? [1-9]/m.test(await read()),
      60_000,
    );
    // How many depends on what other suites did to the parser's position; what is counted is the audit loop's own test.
    expect(await read()).toMatch(/^docstream_audit_imbalance(\{[^}]*\})? \d+$/m);
    expect(await read()).toMatch(/^docstream_audit_failures_total(\{[^}]*\})? 0$/m);
  });

  it('answers 503 while Kafka is away, takes the row back and keeps nothing but the blob', async () => {
    const url = await startGateway({ DOCSTREAM_KAFKA_BROKERS: NOWHERE });
    const pdf = newPdf();
    const answer = await post(url, pdf);
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'BROKER_UNAVAILABLE' }]);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await fetch(`${url}/v1/documents/${documentIdOf('default', pdf)}`)).status).toBe(404);
    const again = await post(await startGateway(), pdf);
    expect(again.status).toBe(202);
  });

  it('accepts while the database is away and then answers 503, not 404', async () => {
    const url = await startGateway({ DOCSTREAM_DATABASE_URL: `postgresql://nobody@${NOWHERE}/none` });
    const pdf = newPdf();
    const before = await ingestEnds();
    const answer = await post(url, pdf, '?wait=0.1');
    expect([answer.status, await answer.json()]).toMatchObject([202, { state: 'accepted' }]);
    expect(await ingestEnds()).toBe(before + 1n);
    const read = await fetch(`${url}/v1/documents/${documentIdOf('default', pdf)}`);
    expect([read.status, await read.json()]).toMatchObject([503, { code: 'DATABASE_UNAVAILABLE' }]);
  });

  it('leaves no blob of an upload that is too large', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'docstream-gateway-'));
    const url = await startGateway({
      DOCSTREAM_UPLOAD_LIMIT_BYTES: '1000',
      DOCSTREAM_BLOB_STORE_URL: pathToFileURL(empty).href,
    });
    const answer = await fetch(`${url}/v1/documents`, {
      method: 'POST',
      headers: { 'content-type': 'application/pdf' },
      body: new Blob([newPdf(200_000)]).stream(),
      duplex: 'half',
    });
    expect([answer.status, await answer.json()]).toMatchObject([413, { code: 'PDF_TOO_LARGE' }]);
    const entries = await readdir(empty, { recursive: true, withFileTypes: true });
    expect(entries.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([]);
    await rm(empty, { recursive: true });
  });

  it('refuses to start on an address that others reach without API keys', async () => {
    await expect(startGateway({ DOCSTREAM_HTTP_HOST: '0.0.0.0' })).rejects.toThrow('did not start');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      event: 'fatal',
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('DOCSTREAM_API_KEYS'),
    });
    expect(exits.at(-1)).toBe(1);
  });
});
