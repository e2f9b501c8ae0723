import { KafkaRecordProducer, KafkaTopicFollower, createKafkaClient } from '@docstream/adapter-kafkajs';
import { createSchemaRegistryCodec } from '@docstream/adapter-schema-registry';
import {
  DEFAULT_TENANT,
  HEADERS,
  TOPICS,
  documentIdOf,
  readHeader,
  type Classification,
} from '@docstream/contracts';
import { buildPdf, eventually, silentLogger } from '@docstream/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

jest.setTimeout(300_000);

const root = fileURLToPath(new URL('../../..', import.meta.url));
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'docstream-custom-'));
const env: Record<string, string | undefined> = {
  ...process.env,
  DOCSTREAM_BLOB_STORE_URL: pathToFileURL(join(folder, 'blobs')).href,
  DOCSTREAM_LOG_LEVEL: 'warn',
};
const services = new Map<string, ChildProcess>();
const client = createKafkaClient(
  { brokers: (env['DOCSTREAM_KAFKA_BROKERS'] ?? '').split(','), clientId: 'spec' },
  silentLogger,
);
const producer = new KafkaRecordProducer(client, silentLogger);
const codec = createSchemaRegistryCodec({ url: env['DOCSTREAM_SCHEMA_REGISTRY_URL'] ?? '' });

const PLACES = ['Hull', 'Leeds', 'York', 'Derby', 'Bath', 'Truro'];
const TYPES: Readonly<Record<string, (place: string) => readonly string[]>> = {
  'lift-inspection': (place) => [
    `Inspection of the lift in the town hall of ${place}`,
    'The engineer has looked at the cables, the brakes and the doors of the lift.',
    'All parts are in order and the lift may be used for another year.',
    'The next inspection is to be done before the certificate has run out.',
  ],
  'choir-rehearsal': (place) => [
    `Rehearsal of the choir of ${place}`,
    'Dear singers, the rehearsal for the concert will be at the old church on Monday.',
    'Please bring the scores of the new songs and be on time for the warming up.',
    'The soprano and the tenor voices will meet for an hour before the others.',
  ],
};

/** Nobody has sent it before. */
function pdfOf(type: string, place: string): Uint8Array<ArrayBuffer> {
  const lines = [...(TYPES[type]?.(place) ?? []), `Reference ${randomUUID()}`];
  return buildPdf([{ texts: lines.map((text, index) => ({ x: 60, y: 720 - 18 * index, size: 11, text })) }]);
}

const cli = (...args: readonly string[]) =>
  run(process.execPath, [join(root, 'apps/cli/dist/main.js'), ...args], { env, cwd: folder });

function start(app: string, change: Readonly<Record<string, string>> = {}): void {
  const service = spawn(process.execPath, [join(root, `apps/${app}/dist/main.js`)], {
    env: { ...env, ...change },
    stdio: 'ignore',
  });
  services.set(app, service);
}

async function stop(app: string): Promise<void> {
  const service = services.get(app);
  services.delete(app);
  if (service === undefined || service.exitCode !== null) return;
  const exited = once(service, 'exit');
  service.kill('SIGTERM');
  await exited;
}

/** Sends a document of each type and waits for what the pipeline calls them, in the order of the types. */
async function classifyNew(): Promise<readonly Classification[]> {
  const documents = Object.keys(TYPES).map((type) => pdfOf(type, PLACES[5] ?? ''));
  const records = documents.map((value) => ({ topic: TOPICS.ingest.name, key: null, value, headers: [] }));
  await producer.produce(records);
  const ids = documents.map((bytes) => documentIdOf(DEFAULT_TENANT, bytes));
  const found = new Map<string, Uint8Array>();
  await eventually(
    'both are classified',
    async () => {
      const follower = new KafkaTopicFollower(client, TOPICS.classified.name, 'spec', silentLogger);
      await follower.start(({ headers, value }) => {
        const id = readHeader(headers, HEADERS.documentId) ?? '';
        if (value !== null && ids.some((one) => one === id)) found.set(id, value);
      }, new AbortController().signal);
      await follower.close(5_000);
      return found.size === ids.length;
    },
    120_000,
  );
  const events = ids.map((id) => codec.decode(TOPICS.classified, found.get(id) ?? new Uint8Array()));
  return (await Promise.all(events)).map(({ classification }) => classification);
}

beforeAll(async () => {
  mkdirSync(join(folder, 'blobs'));
  for (const type of Object.keys(TYPES)) {
    mkdirSync(join(folder, 'types', type), { recursive: true });
    for (const place of PLACES.slice(0, 4))
      writeFileSync(join(folder, 'types', type, `${place}.pdf`), pdfOf(type, place));
  }
  await cli('topics', 'apply');
});

afterAll(async () => {
  await Promise.all([...services.keys()].map(stop));
  await producer.close();
  rmSync(folder, { recursive: true });
});

describe('own types in a running pipeline, without a rebuild', () => {
  it('uses a head of two types that was trained from eight PDFs', async () => {
    const { stdout } = await cli('train', '--from', 'types', '--out', 'head', '--json');
    const trained = JSON.parse(stdout) as { readonly name: string; readonly types: unknown };
    expect(trained.types).toEqual([
      { type: 'choir-rehearsal', documents: 4 },
      { type: 'lift-inspection', documents: 4 },
    ]);
    start('parser');
    start('classifier', { DOCSTREAM_HEAD_FILE: join(folder, 'head/head.json') });
    const classified = await classifyNew();
    expect(classified.map(({ type }) => type)).toEqual(Object.keys(TYPES));
    expect(new Set(classified.map(({ head }) => head))).toEqual(new Set([trained.name]));
  });

  it('uses types described in words after a restart, with no example at all', async () => {
    await stop('classifier');
    const labels = join(folder, 'labels.yaml');
    writeFileSync(
      labels,
      'types:\n  lift-inspection: The inspection of a lift by an engineer\n  choir-rehearsal: A rehearsal of a choir\n',
    );
    start('classifier', { DOCSTREAM_LABELS_FILE: labels });
    const classified = await classifyNew();
    expect(classified.map(({ type }) => type)).toEqual(Object.keys(TYPES));
    expect(classified[0]?.head).toMatch(/^labels@/);
  });
});
