import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createDatabase } from '@docstream/adapter-postgres';
import { KafkaStageBroker, createKafkaClient, type KafkaClient } from '@docstream/adapter-kafkajs';
import {
  CONSUMED_TOPICS,
  DEFAULT_TENANT,
  HEADERS,
  SERVICES,
  TOPICS,
  documentIdOf,
  groupOf,
  readHeader,
} from '@docstream/contracts';
import type { ConsumedRecord, DocumentView } from '@docstream/core';
import { createSupervisor, findPorts, type Supervisor } from '@docstream/platform';
import { buildPdf, eventually, silentLogger } from '@docstream/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import kafkajs from 'kafkajs';
import { randomUUID } from 'node:crypto';

jest.setTimeout(180_000);

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const APPS = ['gateway', 'parser', 'classifier', 'extractor', 'store'] as const;
const salt = randomUUID().slice(0, 8);
let serial = 0;

/** A document that nobody has sent before. */
function newInvoice(): Uint8Array<ArrayBuffer> {
  serial += 1;
  const lines = [
    'Example Trading Ltd',
    `Invoice number: ${salt}-${serial}`,
    'Invoice date: 2026-03-14',
    'Net total: 100.00 EUR',
    'VAT 20 %: 20.00 EUR',
    'Total: 120.00 EUR',
    'Stowage code: QX-4411',
  ];
  return buildPdf([{ texts: lines.map((text, index) => ({ x: 72, y: 720 - 14 * index, size: 12, text })) }]);
}

/** A field of its own, which schemas/fields.json does not know, in the types that the invoice may be taken for. */
const OWN_DEFINITIONS = ['invoice', 'unknown'].map((type) => ({
  name: `${type}.yaml`,
  text: `type: ${type}\nfields: { stowage_code: { rules: [{ match: 'Stowage code: (\\S+)', id: ours }] } }\n`,
}));

class Pipeline {
  readonly folder = mkdtempSync(join(tmpdir(), 'docstream-e2e-'));
  readonly blobs = join(this.folder, 'blobs');
  readonly supervisor: Supervisor = createSupervisor({ restartDelayMs: 500 });
  readonly client: KafkaClient;
  readonly broker: KafkaStageBroker;
  readonly env: Record<string, string | undefined>;
  gatewayUrl = '';

  constructor() {
    this.env = {
      ...process.env,
      DOCSTREAM_BLOB_STORE_URL: `file://${this.blobs}`,
      DOCSTREAM_LOG_LEVEL: 'warn',
      DOCSTREAM_DEFINITIONS: join(this.folder, 'definitions'),
    };
    const brokers = (process.env['DOCSTREAM_KAFKA_BROKERS'] ?? '').split(',');
    this.client = createKafkaClient({ brokers, clientId: 'e2e' }, silentLogger);
    this.broker = new KafkaStageBroker(this.client, silentLogger);
  }

  async start(): Promise<void> {
    const cli = join(root, 'apps/cli/dist/main.js');
    await run('mkdir', ['-p', this.blobs, join(this.folder, 'definitions')]);
    for (const { name, text } of OWN_DEFINITIONS) writeFileSync(join(this.folder, 'definitions', name), text);
    await run(process.execPath, [cli, 'database', 'migrate'], { env: this.env });
    await run(process.execPath, [cli, 'topics', 'apply'], { env: this.env });
    const ports = await findPorts(APPS.length);
    this.gatewayUrl = `http://127.0.0.1:${ports[0]}`;
    await Promise.all(
      APPS.map((name, index) =>
        this.supervisor.start({
          name,
          command: process.execPath,
          args: ['--disable-warning=TimeoutNegativeWarning', join(root, 'apps', name, 'dist/main.js')],
          cwd: root,
          env: { ...this.env, DOCSTREAM_HTTP_PORT: String(ports[index]) },
          logFile: join(this.folder, `${name}.log`),
          readyUrl: `http://127.0.0.1:${ports[index]}/health/ready`,
        }),
      ),
    );
  }

  async stop(): Promise<void> {
    await this.supervisor.stop();
    await this.broker.close(2_000);
    rmSync(this.folder, { recursive: true, force: true });
  }

  kill(name: (typeof APPS)[number], signal: NodeJS.Signals): void {
    const pid = this.supervisor.pidOf(name);
    if (pid === undefined) throw new Error(`${name} is not running`);
    process.kill(pid, signal);
  }

  async submit(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const response = await fetch(`${this.gatewayUrl}/v1/documents`, {
      method: 'POST',
      headers: { 'content-type': 'application/pdf' },
      body: bytes,
    });
    expect(response.status).toBe(202);
    const { documentId } = (await response.json()) as { readonly documentId: string };
    return documentId;
  }

  async find(documentId: string): Promise<DocumentView> {
    const response = await fetch(`${this.gatewayUrl}/v1/documents/${documentId}`);
    if (!response.ok) throw new Error(`GET ${documentId}: ${response.status}`);
    return (await response.json()) as DocumentView;
  }

  async untilEnded(documentIds: readonly string[]): Promise<readonly DocumentView[]> {
    let views: DocumentView[] = [];
    await eventually(
      'every document has ended',
      async () => {
        views = await Promise.all(documentIds.map((documentId) => this.find(documentId)));
        return views.every(({ state }) => state === 'stored' || state === 'dead-lettered');
      },
      90_000,
    );
    return views;
  }

  /** Every record of a topic that a read-committed reader sees. */
  async readAll(topic: string): Promise<readonly ConsumedRecord[]> {
    const records: ConsumedRecord[] = [];
    const partitions = [0, 1, 2, 3].map((partition) => ({ topic, partition }));
    const ends = await Promise.all(partitions.map((partition) => this.broker.logRange(partition)));
    const reached = new Map<number, bigint>();
    const membership = await this.broker.join(randomUUID(), [topic], {
      onAssigned: () => undefined,
      onDelivery: (delivery) => {
        records.push(...delivery.records);
        reached.set(delivery.partition, delivery.fetchPosition);
      },
      onOutOfRange: () => undefined,
      onCrash: () => undefined,
    });
    for (const [index, partition] of partitions.entries())
      membership.start(partition, ends[index]?.start ?? 0n);
    await eventually(`all of ${topic} is read`, () =>
      ends.every(({ start, end }, partition) => end === start || (reached.get(partition) ?? 0n) >= end),
    );
    await membership.leave(5_000);
    return records;
  }

  /** How many committed records the topic has of each (document, run). */
  async countRuns(topic: string, documentIds: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const { headers } of await this.readAll(topic)) {
      const documentId = readHeader(headers, HEADERS.documentId) ?? '';
      if (!documentIds.has(documentId)) continue;
      const name = `${documentId}/${readHeader(headers, HEADERS.run)}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  async lags(): Promise<readonly bigint[]> {
    const asked = SERVICES.flatMap((service) =>
      CONSUMED_TOPICS[service].flatMap((topic) =>
        (topic === TOPICS.positions.name ? [0] : [0, 1, 2, 3]).map(async (partition) => {
          const [range, committed] = await Promise.all([
            this.broker.logRange({ topic, partition }),
            this.broker.committed(groupOf(service), { topic, partition }),
          ]);
          return range.end - (committed?.offset ?? 0n);
        }),
      ),
    );
    return Promise.all(asked);
  }

  async untilLagIsZero(): Promise<void> {
    await eventually(
      'lag is 0 on every partition of every group',
      async () => (await this.lags()).every((lag) => lag === 0n),
      60_000,
    );
  }

  async expectOnceEach(documentIds: readonly string[]): Promise<void> {
    const wanted = new Set(documentIds);
    for (const topic of [TOPICS.parsed.name, TOPICS.classified.name, TOPICS.extracted.name]) {
      const counts = await this.countRuns(topic, wanted);
      expect({ topic, runs: counts.size, most: Math.max(...counts.values()) }).toEqual({
        topic,
        runs: wanted.size,
        most: 1,
      });
    }
    const database = createDatabase(process.env['DOCSTREAM_DATABASE_URL'] ?? '', {
      applicationName: 'e2e',
      maxConnections: 1,
      logger: silentLogger,
    });
    const { rows } = await database.query(
      'SELECT count(*)::int AS rows, count(DISTINCT document_id)::int AS documents FROM docstream.runs WHERE document_id = ANY($1) AND state = $2',
      [[...wanted], 'stored'],
    );
    await database.close();
    expect(rows).toEqual([{ rows: wanted.size, documents: wanted.size }]);
  }
}

describe('the pipeline on real parts', () => {
  const pipeline = new Pipeline();
  beforeAll(() => pipeline.start(), 120_000);
  afterAll(() => pipeline.stop(), 60_000);

  it('takes a PDF from HTTP through all stages into PostgreSQL, with its fields and their place', async () => {
    const documentId = await pipeline.submit(newInvoice());
    const [view] = await pipeline.untilEnded([documentId]);
    expect(view).toMatchObject({ state: 'stored', quality: 'complete', pageCount: 1 });
    expect(view?.timeline.map(({ event }) => event)).toEqual([
      'received',
      'parsed',
      'classified',
      'extracted',
    ]);
    const total = Object.values(view?.fields ?? {})
      .flat()
      .find(({ value }) => value === 120);
    expect(total).toMatchObject({ page: 1 });
    expect(total?.box).toHaveLength(4);
    expect(view?.fields['stowage_code']).toEqual([
      expect.objectContaining({ value: 'QX-4411', page: 1, rule: `${view?.type}.stowage_code.ours@1` }),
    ]);
  });

  it('turns raw PDF bytes on the ingest topic into results, whatever they are compressed with', async () => {
    const producer = pipeline.client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    const [plain, packed] = [newInvoice(), newInvoice()];
    await producer.send({ topic: TOPICS.ingest.name, messages: [{ value: Buffer.from(plain) }] });
    await producer.send({
      topic: TOPICS.ingest.name,
      compression: kafkajs.CompressionTypes.ZSTD,
      messages: [{ value: Buffer.from(packed), headers: { 'docstream-file-name': 'packed.pdf' } }],
    });
    await producer.disconnect();
    const documentIds = [plain, packed].map((bytes) => documentIdOf(DEFAULT_TENANT, bytes));
    await eventually(
      'both are known',
      async () => {
        const answers = await Promise.all(
          documentIds.map((id) => fetch(`${pipeline.gatewayUrl}/v1/documents/${id}`)),
        );
        return answers.every(({ ok }) => ok);
      },
      60_000,
    );
    const views = await pipeline.untilEnded(documentIds);
    expect(views.map(({ state, fileName }) => [state, fileName])).toEqual([
      ['stored', null],
      ['stored', 'packed.pdf'],
    ]);
  });

  it('gives bytes that are no PDF exactly one dead letter, and goes on', async () => {
    const producer = pipeline.client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    const text = Buffer.from(`no PDF at all ${salt}`);
    await producer.send({
      topic: TOPICS.ingest.name,
      messages: [{ key: 'mine', value: text, partition: 1 }],
    });
    await producer.disconnect();
    const after = await pipeline.submit(newInvoice());
    await pipeline.untilEnded([after]);
    await pipeline.untilLagIsZero();
    const letters = (await pipeline.readAll(TOPICS.parserDeadLetter.name)).filter(
      ({ value }) => value !== null && text.equals(value),
    );
    expect(letters).toHaveLength(1);
    expect(readHeader(letters[0]?.headers ?? [], HEADERS.code)).toBe('NOT_A_PDF');
    expect(Buffer.from(letters[0]?.key ?? []).toString()).toBe('mine');
    const [view] = await pipeline.untilEnded([
      readHeader(letters[0]?.headers ?? [], HEADERS.documentId) ?? '',
    ]);
    expect(view).toMatchObject({ state: 'dead-lettered', error: { stage: 'parser', code: 'NOT_A_PDF' } });
  });

  it('loses nothing and does nothing twice when the classifier is killed again and again under load', async () => {
    const documentIds: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      for (let index = 0; index < 10; index += 1) documentIds.push(await pipeline.submit(newInvoice()));
      await eventually('the classifier runs', () => pipeline.supervisor.pidOf('classifier') !== undefined);
      pipeline.kill('classifier', 'SIGKILL');
    }
    const views = await pipeline.untilEnded(documentIds);
    expect(views.every(({ state }) => state === 'stored')).toBe(true);
    await pipeline.untilLagIsZero();
    await pipeline.expectOnceEach(documentIds);
  });

  it('loses nothing and does nothing twice when the classifier is frozen beyond its session', async () => {
    pipeline.kill('classifier', 'SIGSTOP');
    const documentIds: string[] = [];
    try {
      for (let index = 0; index < 10; index += 1) documentIds.push(await pipeline.submit(newInvoice()));
      const admin = pipeline.client.admin();
      await admin.connect();
      await eventually(
        'the group has expelled it',
        async () => {
          const { groups } = await admin.describeGroups([groupOf('classifier')]);
          return groups[0]?.members.length === 0;
        },
        40_000,
      );
      await admin.disconnect();
    } finally {
      pipeline.kill('classifier', 'SIGCONT');
    }
    const views = await pipeline.untilEnded(documentIds);
    expect(views.every(({ state }) => state === 'stored')).toBe(true);
    await pipeline.untilLagIsZero();
    await pipeline.expectOnceEach(documentIds);
  });

  it('waits while the blob store is away: raw records stay on the topic, nothing is dead-lettered', async () => {
    const moved = `${pipeline.blobs}.away`;
    const before = (await pipeline.readAll(TOPICS.deadLettered.name)).length;
    const bytes = newInvoice();
    const producer = pipeline.client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    renameSync(pipeline.blobs, moved);
    try {
      await producer.send({
        topic: TOPICS.ingest.name,
        messages: [{ value: Buffer.from(bytes), partition: 2 }],
      });
      const refused = await fetch(`${pipeline.gatewayUrl}/v1/documents`, {
        method: 'POST',
        headers: { 'content-type': 'application/pdf' },
        body: newInvoice(),
      });
      expect(refused.status).toBe(503);
    } finally {
      renameSync(moved, pipeline.blobs);
      await producer.disconnect();
    }
    await pipeline.untilLagIsZero();
    expect((await pipeline.readAll(TOPICS.deadLettered.name)).length).toBe(before);
    const [view] = await pipeline.untilEnded([documentIdOf(DEFAULT_TENANT, bytes)]);
    expect(view?.state).toBe('stored');
  });
});
