import { TOPICS } from '@docstream/contracts';
import {
  DependencyError,
  type BlobInventory,
  type BlobRemoval,
  type StoredBlob,
  type UnfinishedDeposit,
} from '@docstream/core';
import { MemoryClusterAdmin, MemorySubjectRegistry } from '@docstream/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { applyTopics } from '../apply-topics.js';
import type { CliPorts } from '../ports.js';
import { runCaptured } from '../run-captured.js';
import { readKeeping } from './keeping.js';

const DAY_MS = 86_400_000;
const NOW_MS = Date.now();
let admin: MemoryClusterAdmin;
let inventory: MemoryInventory;

class MemoryInventory implements BlobInventory {
  blobs: StoredBlob[] = [];
  unfinished: UnfinishedDeposit[] = [];
  /** Called before a blob's time is looked at again. */
  onRemove: (blob: StoredBlob) => void = () => undefined;

  async *list() {
    yield* [...this.blobs];
  }

  async *listUnfinished() {
    yield* [...this.unfinished];
  }

  async remove(blob: StoredBlob, beforeMs: number): Promise<BlobRemoval> {
    this.onRemove(blob);
    const found = this.blobs.find(({ sha256 }) => sha256 === blob.sha256);
    if (found === undefined) return 'gone';
    if (found.timeMs > beforeMs) return 'refreshed';
    this.blobs = this.blobs.filter((one) => one !== found);
    return 'removed';
  }

  async discard({ name }: UnfinishedDeposit) {
    const kept = this.unfinished.filter((one) => one.name !== name);
    const isThere = kept.length < this.unfinished.length;
    this.unfinished = kept;
    return isThere;
  }
}

const blob = (name: string, days: number, tenant = 'default'): StoredBlob => ({
  tenant,
  sha256: name.padEnd(64, '0'),
  bytes: 1_024,
  timeMs: NOW_MS - days * DAY_MS,
});
const names = (): string[] => inventory.blobs.map(({ sha256 }) => sha256.replace(/0+$/, ''));

async function cli(...args: readonly string[]) {
  const ports = {
    clusterAdmin: () => admin,
    blobInventory: () => inventory,
    close: async () => undefined,
  } as unknown as CliPorts;
  return runCaptured(['blobs', 'collect', ...args], ports);
}

beforeEach(async () => {
  admin = new MemoryClusterAdmin();
  inventory = new MemoryInventory();
  await applyTopics(admin, new MemorySubjectRegistry(), {}, () => undefined);
});

describe('readKeeping', () => {
  it('adds the longest life of an event, that of a dead letter, and a week', async () => {
    // Retention and a segment of seven days: 37 + 97 + 7.
    expect(await readKeeping(admin)).toMatchObject({ kind: 'limited', keepMs: 141 * DAY_MS });
    await admin.alterTopicConfigs(TOPICS.extracted.name, { 'retention.ms': String(60 * DAY_MS) });
    await admin.alterTopicConfigs(TOPICS.storeDeadLetter.name, {
      'retention.ms': String(100 * DAY_MS),
      'segment.ms': String(DAY_MS),
    });
    expect(await readKeeping(admin)).toEqual({
      kind: 'limited',
      keepMs: (67 + 101 + 7) * DAY_MS,
      events: { topic: TOPICS.extracted.name, lifeMs: 67 * DAY_MS },
      letters: { topic: TOPICS.storeDeadLetter.name, lifeMs: 101 * DAY_MS },
    });
  });

  it.each([
    ['retention.ms', '-1'],
    ['retention.ms', 'nobody knows'],
    ['cleanup.policy', 'compact'],
  ])('is for ever when a topic has %s %s', async (name, value) => {
    await admin.alterTopicConfigs(TOPICS.parserDeadLetter.name, { [name]: value });
    expect(await readKeeping(admin)).toEqual({
      kind: 'for-ever',
      topics: [TOPICS.parserDeadLetter.name],
    });
  });

  it('does not count topics that name no blob', async () => {
    await admin.alterTopicConfigs(TOPICS.positions.name, { 'retention.ms': '-1' });
    await admin.alterTopicConfigs(TOPICS.deadLettered.name, { 'retention.ms': '-1' });
    expect(await readKeeping(admin)).toMatchObject({ kind: 'limited' });
  });
});

describe('docstream blobs collect', () => {
  it('prints what may go by tenant, and removes nothing without --execute', async () => {
    inventory.blobs = [blob('a', 200), blob('b', 142), blob('c', 140), blob('d', 300, 'acme')];
    const { exitCode, out, err } = await cli();
    expect(exitCode).toBe(0);
    expect(out).toContain('kept for 141 days');
    expect(out).toMatch(/acme +1 +1\.0 KiB +1 +1\.0 KiB +20/);
    expect(out).toMatch(/default +3 +3\.0 KiB +2 +2\.0 KiB/);
    expect(out).toMatch(/all +4 +4\.0 KiB +3 +3\.0 KiB/);
    expect(err).toContain('nothing was removed');
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('removes what is old, and keeps what was deposited again meanwhile', async () => {
    inventory.blobs = [blob('a', 200), blob('b', 200), blob('c', 1)];
    inventory.onRemove = ({ sha256 }) => {
      if (!sha256.startsWith('b')) return;
      inventory.blobs = inventory.blobs.map((one) =>
        one.sha256 === sha256 ? { ...one, timeMs: NOW_MS } : one,
      );
    };
    const { exitCode, out } = await cli('--execute', '--output', 'json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      execute: true,
      total: { blobs: 3, oldBlobs: 2, removed: 1, removedBytes: 1_024, refreshed: 1 },
    });
    expect(names()).toEqual(['b', 'c']);
  });

  it('keeps longer when asked to, and never shorter', async () => {
    inventory.blobs = [blob('a', 200), blob('b', 400)];
    await cli('--execute', '--older-than', '300');
    expect(names()).toEqual(['a']);
    inventory.blobs = [blob('a', 100)];
    await cli('--execute', '--older-than', '1');
    expect(names()).toEqual(['a']);
  });

  it('removes nothing while a topic keeps records for ever, except what killed deposits left', async () => {
    await admin.alterTopicConfigs(TOPICS.ingest.name, { 'retention.ms': '-1' });
    inventory.blobs = [blob('a', 10_000)];
    const age = (days: number) => ({ bytes: 5, timeMs: NOW_MS - days * DAY_MS });
    inventory.unfinished = [
      { name: 'old.part', ...age(1.5) },
      { name: 'running.part', ...age(0.5) },
    ];
    const { exitCode, out } = await cli('--execute');
    expect(exitCode).toBe(0);
    expect(out).toContain(`${TOPICS.ingest.name} keeps records for ever`);
    expect(out).toContain('1 discarded');
    expect(names()).toEqual(['a']);
    expect(inventory.unfinished.map(({ name }) => name)).toEqual(['running.part']);
  });

  it('refuses a cluster that has not all topics: it may be another one', async () => {
    admin.topics.delete(TOPICS.classifierDeadLetter.name);
    inventory.blobs = [blob('a', 10_000)];
    const { exitCode, err } = await cli('--execute');
    expect(exitCode).toBe(1);
    expect(err).toContain(TOPICS.classifierDeadLetter.name);
    expect(names()).toEqual(['a']);
  });

  it('says what was done when the store goes away, and goes on when it is run again', async () => {
    inventory.blobs = Array.from({ length: 40 }, (_, index) => blob(`a${index}`, 200));
    let calls = 0;
    inventory.onRemove = () => {
      calls += 1;
      if (calls === 20) throw new DependencyError('BLOB_STORE_UNAVAILABLE', 'blob-store', 'it went away');
    };
    const interrupted = await cli('--execute', '--output', 'json');
    expect(interrupted).toMatchObject({ exitCode: 1, err: expect.stringContaining('it went away') });
    const { total, failure } = JSON.parse(interrupted.out);
    expect(failure).toMatchObject({ code: 'BLOB_STORE_UNAVAILABLE' });
    expect(total.removed).toBe(40 - inventory.blobs.length);
    expect(total.removed).toBeGreaterThan(0);
    expect((await cli('--execute')).exitCode).toBe(0);
    expect(names()).toEqual([]);
  });

  it.each(['0', '-5', 'soon'])('refuses --older-than %s', async (value) => {
    expect((await cli('--older-than', value)).exitCode).toBe(2);
  });
});
