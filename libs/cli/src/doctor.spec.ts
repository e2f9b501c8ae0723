import { describe, expect, it } from '@jest/globals';
import { TOPICS, groupOf } from '@docstream/contracts';
import { MemoryBlobStore, MemoryClusterAdmin, MemorySubjectRegistry, MemoryTopic } from '@docstream/testing';
import { encodeControl } from '@docstream/contracts';
import { applyTopics } from './apply-topics.js';
import { examine, type Finding } from './doctor.js';
import type { CliPorts } from './ports.js';

const ingest = TOPICS.ingest.name;
const absent = (): never => {
  throw new Error('not needed here');
};

async function healthyParts() {
  const admin = new MemoryClusterAdmin();
  const subjects = new MemorySubjectRegistry();
  await applyTopics(admin, subjects, {}, () => undefined);
  admin.brokerConfigs = { 'offsets.retention.minutes': '525600', 'message.max.bytes': '1048588' };
  return { admin, subjects };
}

function portsOf(
  { admin, subjects }: Awaited<ReturnType<typeof healthyParts>>,
  change: Partial<CliPorts> = {},
): CliPorts {
  return {
    addresses: {
      kafka: 'k:1',
      registry: 'http://r',
      database: 'postgresql://d',
      blobs: 'file:///b',
      model: '/m',
    },
    uploadLimitBytes: 1,
    clusterAdmin: () => admin,
    subjects: () => subjects,
    codec: absent,
    producer: absent,
    controlFollower: () => new MemoryTopic().follower(),
    recordReader: absent,
    redriveLog: absent,
    resetLog: absent,
    documents: absent,
    auditReader: absent,
    localParser: absent,
    localExtractor: absent,
    headTrainer: absent,
    documentExplainer: absent,
    endStates: absent,
    blobStore: () => new MemoryBlobStore(),
    blobInventory: absent,
    database: () => ({
      migrate: async () => [],
      describe: async () => ({ server: '18.4', schemaVersion: 3, requiredSchemaVersion: 3 }),
    }),
    findMissingModelFiles: async () => [],
    close: async () => undefined,
    ...change,
  };
}

const troubles = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ status }) => status !== 'ok')
    .map(({ status, part, what }) => `${status} ${part}: ${what}`);

describe('examine', () => {
  it('finds nothing wrong with healthy parts', async () => {
    const findings = await examine(portsOf(await healthyParts()));
    expect(troubles(findings)).toEqual([]);
    expect(new Set(findings.map(({ part }) => part)).size).toBe(5);
  });

  it('says what to do about every trouble', async () => {
    const parts = await healthyParts();
    parts.admin.topics.delete(TOPICS.control.name);
    await parts.admin.alterTopicConfigs(ingest, { 'max.message.bytes': '1048588' });
    await parts.subjects.setCompatibility(`${ingest}-value`, 'BACKWARD');
    parts.admin.brokerConfigs = { 'offsets.retention.minutes': '10080', 'auto.create.topics.enable': 'true' };
    parts.admin.positions.delete(`${groupOf('parser')}/${ingest}/0`);
    parts.admin.setRange(ingest, 1, { start: 5n, end: 9n });
    const findings = await examine(
      portsOf(parts, {
        database: () => ({
          migrate: async () => [],
          describe: async () => ({ server: '18.4', schemaVersion: 0, requiredSchemaVersion: 3 }),
        }),
        findMissingModelFiles: async () => ['tokenizer.json'],
      }),
    );
    expect(troubles(findings).sort()).toEqual(
      [
        `fail kafka: ${TOPICS.control.name} does not exist`,
        `warn kafka: ${ingest} has not max.message.bytes=10485760`,
        'warn kafka: Kafka forgets the offsets of an empty group after 7 days',
        'warn kafka: the broker creates topics by itself, with its own configs',
        `fail kafka: docstream.parser.v1 has no committed offset in ${ingest}/0`,
        `fail kafka: docstream.parser.v1 lost ${ingest}/1 from 0 to 5: retention deleted it unread`,
        `fail kafka: docstream.store.v1 lost ${ingest}/1 from 0 to 5: retention deleted it unread`,
        `warn kafka: docstream.parser.v1: nobody works on a lag of 4 (${ingest}/1: 4)`,
        `warn kafka: docstream.store.v1: nobody works on a lag of 4 (${ingest}/1: 4)`,
        `warn registry: ${ingest}-value has compatibility BACKWARD, not FULL_TRANSITIVE`,
        'fail database: the tables have version 0, 3 is needed',
        'fail model: /m lacks tokenizer.json',
      ].sort(),
    );
    expect(findings.filter(({ status, remedy }) => status !== 'ok' && remedy === undefined)).toEqual([]);
  });

  it('takes a lag that members work on as ordinary', async () => {
    const parts = await healthyParts();
    parts.admin.setRange(ingest, 1, { start: 0n, end: 9n });
    for (const service of ['parser', 'store'] as const) parts.admin.members.set(groupOf(service), 2);
    expect(troubles(await examine(portsOf(parts)))).toEqual([]);
  });

  it('names the stages that are paused, and why', async () => {
    const topic = new MemoryTopic();
    const word = { paused: true, reason: 'new model', at: '2026-11-25T06:00:00.000Z', by: 'ann' };
    await topic.produce([
      encodeControl({ stage: 'classifier', source: 'operator', word }),
      encodeControl({ stage: 'parser', source: 'breaker', word: { ...word, reason: null } }),
    ]);
    const ports = portsOf(await healthyParts(), { controlFollower: () => topic.follower() });
    expect(troubles(await examine(ports))).toEqual([
      'warn kafka: classifier is paused by ann since 2026-11-25T06:00:00.000Z: new model',
      'warn kafka: the breaker of parser is open since 2026-11-25T06:00:00.000Z, it probes',
    ]);
  });

  it('gives up on a part that never answers and still reports the others', async () => {
    const never = new Promise<never>(() => undefined);
    const parts = await healthyParts();
    const findings = await examine(
      portsOf(parts, { database: () => ({ migrate: () => never, describe: () => never }) }),
      50,
    );
    expect(troubles(findings)).toEqual(['fail database: postgresql://d: no answer within 0.05 s']);
  });

  it('names the variable of an address that is not set', async () => {
    const ports = portsOf(await healthyParts());
    const findings = await examine({ ...ports, addresses: { ...ports.addresses, registry: null } });
    expect(findings.find(({ part }) => part === 'registry')).toEqual({
      part: 'registry',
      status: 'fail',
      what: 'no address',
      remedy: 'Start `npm run demo`, or set DOCSTREAM_SCHEMA_REGISTRY_URL.',
    });
  });
});
