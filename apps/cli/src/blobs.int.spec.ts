import { createBlobStore } from '@docstream/adapter-blob-store';
import { runCli } from '@docstream/cli';
import { loadConfig } from '@docstream/config';
import { TOPICS, type BlobRef } from '@docstream/contracts';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { wirePorts } from './wiring.js';

jest.setTimeout(120_000);

const DAY_MS = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'docstream-collect-'));
const url = pathToFileURL(folder).toString();
const store = createBlobStore(url);
const deposit = (text: string) => store.deposit('default', Buffer.from(text), 'application/pdf');
const pathOf = ({ sha256 }: BlobRef): string =>
  join(folder, 'default', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
const age = (path: string, days: number): void => {
  const seconds = (Date.now() - days * DAY_MS) / 1_000;
  utimesSync(path, seconds, seconds);
};

function config() {
  return loadConfig(undefined, { app: 'cli', overrides: { DOCSTREAM_BLOB_STORE_URL: url } });
}

async function cli(...args: readonly string[]) {
  let [out, err] = ['', ''];
  const exitCode = await runCli(args, {
    cwd: folder,
    isDebug: () => true,
    connect: async () => wirePorts(config()),
    streams: {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      hasColours: false,
      isInteractive: false,
    },
  });
  return { exitCode, out, err };
}

async function setRetention(topic: string, retentionMs: number): Promise<void> {
  const ports = wirePorts(config());
  await ports.clusterAdmin().alterTopicConfigs(topic, { 'retention.ms': String(retentionMs) });
  await ports.close();
}

beforeAll(async () => {
  await cli('topics', 'apply');
});
afterAll(async () => {
  await cli('topics', 'apply');
  rmSync(folder, { recursive: true });
});

describe('docstream blobs collect', () => {
  it('goes by what the broker keeps, and takes what no record can name', async () => {
    const [old, recent, again] = [await deposit('old'), await deposit('recent'), await deposit('again')];
    for (const blob of [old, again]) age(pathOf(blob), 142);
    age(pathOf(recent), 140);
    const part = join(folder, '.incoming', 'docstream-killed.part');
    mkdirSync(join(folder, '.incoming'), { recursive: true });
    writeFileSync(part, 'half of it');
    age(part, 2);

    const plan = await cli('blobs', 'collect', '--output', 'json');
    expect(plan.exitCode).toBe(0);
    expect(JSON.parse(plan.out)).toMatchObject({
      keeping: { kind: 'limited', events: { lifeMs: 37 * DAY_MS }, letters: { lifeMs: 97 * DAY_MS } },
      keepMs: 141 * DAY_MS,
      total: { blobs: 3, oldBlobs: 2, removed: 0 },
      unfinished: { count: 1, discarded: 0 },
    });
    expect([old, recent, again].map((blob) => existsSync(pathOf(blob)))).toEqual([true, true, true]);

    expect(await store.refresh('default', again)).toBe(true);
    const done = await cli('blobs', 'collect', '--execute', '--output', 'json');
    expect(JSON.parse(done.out)).toMatchObject({ total: { removed: 1 }, unfinished: { discarded: 1 } });
    expect([old, recent, again].map((blob) => existsSync(pathOf(blob)))).toEqual([false, true, true]);
    expect(existsSync(part)).toBe(false);
  });

  it('takes nothing while a topic keeps its records for ever', async () => {
    const blob = await deposit('for ever');
    age(pathOf(blob), 10_000);
    await setRetention(TOPICS.classified.name, -1);
    const { exitCode, out } = await cli('blobs', 'collect', '--execute');
    expect(exitCode).toBe(0);
    expect(out).toContain(`${TOPICS.classified.name} keeps records for ever`);
    expect(existsSync(pathOf(blob))).toBe(true);
    await cli('topics', 'apply');
    expect((await cli('blobs', 'collect', '--execute')).out).toMatch(/1 blobs removed/);
  });
});
