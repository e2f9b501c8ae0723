import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PlatformError } from './platform-types.js';
import { codeOf } from './thrown.js';

const ATTEMPTS = 5;
const POLL_MS = 100;
/** Longer than any part of a dead supervisor is given to stop. */
const CHILDREN_GONE_WITHIN_MS = 40_000;

interface Identity {
  readonly pid: number;
  /** Tells the process from a later one with the same id. */
  readonly began: string;
}

interface LockFile extends Identity {
  readonly children: readonly Identity[];
}

export interface DataLock {
  /** Notes which processes work on the folder, so that a later start can wait for them. */
  recordChildren(pids: readonly number[]): void;
  release(): void;
}

/** When the process began, in the words of the system; undefined when it does not run (a zombie does not). */
function beginOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

const isRunning = ({ pid, began }: Identity): boolean => beginOf(pid) === began;

function identityOf(pid: number): Identity {
  return { pid, began: beginOf(pid) ?? '' };
}

function readLock(path: string): LockFile | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockFile;
  } catch {
    return undefined;
  }
}

async function waitUntilGone(children: readonly Identity[], dataDir: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < CHILDREN_GONE_WITHIN_MS; waitedMs += POLL_MS) {
    if (!children.some(isRunning)) return;
    await delay(POLL_MS);
  }
  const pids = children.filter(isRunning).map(({ pid }) => pid);
  throw new PlatformError(`Processes of an earlier start still work on ${dataDir}: end ${pids.join(', ')}.`);
}

/**
 * Takes the folder for this process. Fails with one sentence while another process has it; when that one is dead, waits
 * until its children are gone too.
 */
export async function lockDataDir(dataDir: string): Promise<DataLock> {
  const path = join(dataDir, 'lock.json');
  const draft = join(dataDir, `lock.${process.pid}.json`);
  const self = identityOf(process.pid);
  const draftLock = (children: readonly Identity[]): void =>
    writeFileSync(draft, JSON.stringify({ ...self, children }));
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    draftLock([]);
    try {
      linkSync(draft, path);
      rmSync(draft);
      return {
        recordChildren(pids) {
          draftLock(pids.map(identityOf));
          renameSync(draft, path);
        },
        release: () => rmSync(path, { force: true }),
      };
    } catch (error) {
      rmSync(draft, { force: true });
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const owner = readLock(path);
    if (owner !== undefined && isRunning(owner))
      throw new PlatformError(
        `Docstream already runs on ${dataDir} (process ${owner.pid}): stop it first, or use another data folder.`,
      );
    await waitUntilGone(owner?.children ?? [], dataDir);
    rmSync(path, { force: true });
  }
  throw new PlatformError(`${dataDir} could not be locked: others start on it at the same time.`);
}
