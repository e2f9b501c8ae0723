import type { BlobInventory } from '@docstream/core';
import { blobKey } from './key.js';
import { openBackend, type BlobStoreOptions } from './open-backend.js';

/** BlobInventory by the URL of a blob store, as createBlobStore takes it. Does no I/O. */
export function createBlobInventory(url: string, options: BlobStoreOptions = {}): BlobInventory {
  const backend = openBackend(url, options);
  return {
    list: () => backend.list(),
    listUnfinished: () => backend.listUnfinished(),
    remove: ({ tenant, sha256 }, beforeMs) => backend.removeOld(blobKey(tenant, sha256), beforeMs),
    discard: (deposit) => backend.discard(deposit),
  };
}
