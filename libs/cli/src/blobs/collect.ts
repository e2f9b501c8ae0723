import { DocstreamError, type BlobInventory, type StoredBlob } from '@docstream/core';

/** Blobs of a tenant, and those that may go or went. */
export interface TenantBlobs {
  readonly tenant: string;
  blobs: number;
  bytes: number;
  oldBlobs: number;
  oldBytes: number;
  /** Time of the oldest one that may go; null when there is none. */
  oldestMs: number | null;
  removed: number;
  removedBytes: number;
  /** Deposited again since they were listed: they stay. */
  refreshed: number;
}

export interface UnfinishedDeposits {
  count: number;
  bytes: number;
  oldestMs: number | null;
  discarded: number;
}

export interface Collection {
  readonly tenants: readonly TenantBlobs[];
  readonly unfinished: UnfinishedDeposits;
  /** Why it ended early; what was removed until then is removed. */
  readonly failure: DocstreamError | null;
}

export interface CollectSettings {
  /** Blobs of that time or older may go; null: none may. */
  readonly beforeMs: number | null;
  /** Unfinished deposits of that time or older may go. */
  readonly unfinishedBeforeMs: number;
  readonly execute: boolean;
  readonly onProgress: (seen: number, old: number) => void;
}

/** Requests at a time: a store is far away, and nobody waits. */
const CONCURRENCY = 8;
const PROGRESS_EVERY = 500;

/** One pass over the store. Memory grows with the number of tenants only; ended early, it is begun anew. */
export async function collectBlobs(inventory: BlobInventory, settings: CollectSettings): Promise<Collection> {
  const tenants = new Map<string, TenantBlobs>();
  const unfinished: UnfinishedDeposits = { count: 0, bytes: 0, oldestMs: null, discarded: 0 };
  let failure: DocstreamError | null = null;
  try {
    // First: a removal that was killed has laid a blob aside, and it belongs to the others.
    await collectUnfinished(inventory, unfinished, settings);
    await collectOld(inventory, tenants, settings);
  } catch (error) {
    if (!(error instanceof DocstreamError)) throw error;
    failure = error;
  }
  const byName = [...tenants.values()].toSorted((one, other) => (one.tenant < other.tenant ? -1 : 1));
  return { tenants: byName, unfinished, failure };
}

async function collectUnfinished(
  inventory: BlobInventory,
  totals: UnfinishedDeposits,
  { unfinishedBeforeMs, execute }: CollectSettings,
): Promise<void> {
  for await (const deposit of inventory.listUnfinished()) {
    if (deposit.timeMs > unfinishedBeforeMs) continue;
    totals.count += 1;
    totals.bytes += deposit.bytes ?? 0;
    totals.oldestMs = Math.min(totals.oldestMs ?? Infinity, deposit.timeMs);
    if (execute && (await inventory.discard(deposit))) totals.discarded += 1;
  }
}

async function collectOld(
  inventory: BlobInventory,
  tenants: Map<string, TenantBlobs>,
  { beforeMs, execute, onProgress }: CollectSettings,
): Promise<void> {
  let [seen, old] = [0, 0];
  await eachOf(inventory.list(), CONCURRENCY, async (blob) => {
    const totals = totalsOf(tenants, blob.tenant);
    totals.blobs += 1;
    totals.bytes += blob.bytes;
    seen += 1;
    if (seen % PROGRESS_EVERY === 0) onProgress(seen, old);
    if (beforeMs === null || blob.timeMs > beforeMs) return;
    old += 1;
    totals.oldBlobs += 1;
    totals.oldBytes += blob.bytes;
    totals.oldestMs = Math.min(totals.oldestMs ?? Infinity, blob.timeMs);
    if (execute) await removeOne(inventory, blob, beforeMs, totals);
  });
}

async function removeOne(
  inventory: BlobInventory,
  blob: StoredBlob,
  beforeMs: number,
  totals: TenantBlobs,
): Promise<void> {
  switch (await inventory.remove(blob, beforeMs)) {
    case 'removed':
      totals.removed += 1;
      totals.removedBytes += blob.bytes;
      return;
    case 'refreshed':
      totals.refreshed += 1;
      return;
    case 'gone':
  }
}

function totalsOf(tenants: Map<string, TenantBlobs>, tenant: string): TenantBlobs {
  const known = tenants.get(tenant);
  if (known !== undefined) return known;
  const counts = { blobs: 0, bytes: 0, oldBlobs: 0, oldBytes: 0, removed: 0, removedBytes: 0, refreshed: 0 };
  const totals: TenantBlobs = { tenant, ...counts, oldestMs: null };
  tenants.set(tenant, totals);
  return totals;
}

/** So many at a time; after the first failure nothing new begins. */
async function eachOf<Item>(
  items: AsyncIterable<Item>,
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  let hasFailed = false;
  const workThrough = async (): Promise<void> => {
    while (!hasFailed) {
      try {
        const next = await iterator.next();
        if (next.done === true) return;
        await work(next.value);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: concurrency }, workThrough));
  await iterator.return?.();
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
