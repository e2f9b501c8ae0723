/** A blob as the store's listing shows it. */
export interface StoredBlob {
  readonly tenant: string;
  readonly sha256: string;
  readonly bytes: number;
  /** When it was deposited or refreshed last, by the store's clock; milliseconds since 1970. */
  readonly timeMs: number;
}

/** What is left of a deposit whose process was killed. */
export interface UnfinishedDeposit {
  /** Names it for `discard`, and for people. */
  readonly name: string;
  /** Null where the store does not say. */
  readonly bytes: number | null;
  /** When it began, or was written to last. */
  readonly timeMs: number;
}

/** `refreshed`: it has a newer time by now and stays. `gone`: somebody else removed it. */
export type BlobRemoval = 'removed' | 'refreshed' | 'gone';

/**
 * What lies in a blob store, for those who clear it up. Listings stream: memory does not grow with the number of blobs.
 * Errors: as BlobStore.
 */
export interface BlobInventory {
  /** All blobs of all tenants, in no order that means anything. What is no blob of ours is left out. */
  list(): AsyncIterable<StoredBlob>;
  listUnfinished(): AsyncIterable<UnfinishedDeposit>;
  /** Looks at its time again and removes it when that is still `beforeMs` or older. */
  remove(blob: StoredBlob, beforeMs: number): Promise<BlobRemoval>;
  /** False when it was gone already. */
  discard(deposit: UnfinishedDeposit): Promise<boolean>;
}
