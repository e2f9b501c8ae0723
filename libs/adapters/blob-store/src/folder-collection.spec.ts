import { mkdtempSync, rmSync } from 'node:fs';
import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { blobKey } from './key.js';

type Step = 'rename' | 'unlink';

/** Steps of removals that wait at a gate, and what happens right after a rename. */
const gates = new Map<Step, { readonly reached: () => void; readonly opened: Promise<void> }>();
let afterRename: (() => Promise<void>) | null = null;

async function pass(step: Step): Promise<void> {
  const gate = gates.get(step);
  gates.delete(step);
  gate?.reached();
  await gate?.opened;
}

jest.unstable_mockModule('node:fs/promises', () => ({
  ...files,
  rename: async (from: string, to: string): Promise<void> => {
    await pass('rename');
    await files.rename(from, to);
    const work = afterRename;
    afterRename = null;
    await work?.();
  },
  unlink: async (path: string): Promise<void> => {
    await pass('unlink');
    await files.unlink(path);
  },
}));
const { discardInFolder, listIncoming, removeIfOld } = await import('./folder-collection.js');

function holdAt(step: Step): { readonly reached: Promise<void>; readonly open: () => void } {
  const [reached, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  gates.set(step, { reached: reached.resolve, opened: opened.promise });
  return { reached: reached.promise, open: opened.resolve };
}

const OLD_MS = 1_000;
const BEFORE_MS = 1_000_000;
const key = blobKey('default', 'a'.repeat(64));

describe('removals of the same blob side by side', () => {
  let root = '';
  let incoming = '';
  const remove = () => removeIfOld(root, incoming, key, BEFORE_MS);
  const deposit = (content: string) => files.writeFile(join(root, key), content);

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'docstream-removals-'));
    incoming = join(root, '.incoming');
    await files.mkdir(incoming);
    await files.mkdir(join(root, key, '..'), { recursive: true });
    await deposit('first');
    await files.utimes(join(root, key), OLD_MS / 1_000, OLD_MS / 1_000);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('lose no deposit that comes between them', async () => {
    const lateRename = holdAt('rename');
    const late = remove();
    await lateRename.reached;
    const earlyUnlink = holdAt('unlink');
    const early = remove();
    await earlyUnlink.reached;
    await deposit('again');
    afterRename = async () => {
      earlyUnlink.open();
      await early;
    };
    lateRename.open();
    expect([await early, await late]).toEqual(['removed', 'refreshed']);
    expect(await files.readFile(join(root, key), 'utf8')).toBe('again');
    expect(await files.readdir(incoming)).toEqual([]);
  });

  it('leave what the next collection finds and puts back when they are killed midway', async () => {
    const unlink = holdAt('unlink');
    const killed = remove();
    await unlink.reached;
    const left = [];
    for await (const found of listIncoming(incoming)) left.push(found);
    expect(left).toMatchObject([{ bytes: 5, timeMs: OLD_MS }]);
    for (const each of left) expect(await discardInFolder(root, incoming, each)).toBe(true);
    expect(await files.readFile(join(root, key), 'utf8')).toBe('first');
    expect(await files.readdir(incoming)).toEqual([]);
    unlink.open();
    await killed;
    expect(await files.readFile(join(root, key), 'utf8')).toBe('first');
  });
});
