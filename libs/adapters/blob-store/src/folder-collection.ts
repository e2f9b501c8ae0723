import { randomUUID } from 'node:crypto';
import { link, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isTenant } from '@docstream/contracts';
import type { BlobRemoval, StoredBlob, UnfinishedDeposit } from '@docstream/core';
import { systemCode } from './errors.js';
import { blobKey, parseKey } from './key.js';
import { entriesOf, explain, ifThere } from './spool.js';

/** A blob that is being removed: `<tenant>.<sha256>.<random>.collected`; older versions left the random part out. */
const ASIDE = /^([^.]+)\.([0-9a-f]{64})(?:\.[0-9a-f-]{36})?\.collected$/;
const PART_OR_PROBE = /\.(part|probe)$/;

/** Walks tenant, two, two, file; one folder of each level is open at a time. */
export async function* listFolder(root: string): AsyncIterable<StoredBlob> {
  for await (const tenant of entriesOf(root)) {
    if (!tenant.isDirectory() || !isTenant(tenant.name)) continue;
    for await (const first of entriesOf(join(root, tenant.name))) {
      if (!first.isDirectory()) continue;
      for await (const second of entriesOf(join(root, tenant.name, first.name))) {
        if (!second.isDirectory()) continue;
        for await (const file of entriesOf(join(root, tenant.name, first.name, second.name))) {
          const key = [tenant.name, first.name, second.name, file.name].join('/');
          const named = parseKey(key);
          if (named === null || !file.isFile()) continue;
          const found = await ifThere(key, () => stat(join(root, key)));
          if (found !== null) yield { ...named, bytes: found.size, timeMs: found.mtimeMs };
        }
      }
    }
  }
}

/** Files of deposits, of health checks and of removals, also of those that are under way. */
export async function* listIncoming(incoming: string): AsyncIterable<UnfinishedDeposit> {
  for await (const { name } of entriesOf(incoming)) {
    const path = join(incoming, name);
    if (!PART_OR_PROBE.test(name) && !ASIDE.test(name)) continue;
    const found = await ifThere(path, () => stat(path));
    if (found !== null) yield { name: path, bytes: found.size, timeMs: found.mtimeMs };
  }
}

/**
 * Moves the blob aside first and looks at its time then: a deposit that came before is seen and the blob put back, one
 * that comes later finds nothing and writes the blob anew.
 */
export async function removeIfOld(
  root: string,
  incoming: string,
  key: string,
  beforeMs: number,
): Promise<BlobRemoval> {
  const path = join(root, key);
  const found = await ifThere(path, () => stat(path));
  if (found === null) return 'gone';
  if (found.mtimeMs > beforeMs) return 'refreshed';
  const named = parseKey(key);
  const aside = join(incoming, `${named?.tenant}.${named?.sha256}.${randomUUID()}.collected`);
  if ((await ifThere(path, () => rename(path, aside).then(() => true))) === null) return 'gone';
  const moved = await ifThere(aside, () => stat(aside));
  if (moved === null) return 'gone';
  if (moved.mtimeMs > beforeMs) {
    await putBack(aside, path);
    return 'refreshed';
  }
  await ifThere(aside, () => unlink(aside));
  return 'removed';
}

/** Discards a file of a deposit or a health check; a blob that lies aside goes back to its place. */
export async function discardInFolder(
  root: string,
  incoming: string,
  { name }: UnfinishedDeposit,
): Promise<boolean> {
  if (dirname(name) !== incoming) return false;
  const [, tenant, sha256] = ASIDE.exec(basename(name)) ?? [];
  if (tenant === undefined || sha256 === undefined) {
    return (await ifThere(name, () => unlink(name).then(() => true))) ?? false;
  }
  return putBack(name, join(root, blobKey(tenant, sha256)));
}

/** Never over a blob that was deposited meanwhile. */
async function putBack(aside: string, path: string): Promise<boolean> {
  try {
    await link(aside, path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    if (systemCode(error) !== 'EEXIST') throw explain(path, error);
  }
  return (await ifThere(aside, () => unlink(aside).then(() => true))) ?? false;
}
