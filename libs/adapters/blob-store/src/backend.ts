import type { BlobRef } from '@docstream/contracts';
import type { BlobRemoval, StoredBlob, UnfinishedDeposit } from '@docstream/core';

/** Bytes that lie in a file, with what was learned while they were written there. */
export interface Spooled {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * Where blobs lie, by key. Errors: DependencyError BLOB_STORE_UNAVAILABLE, PoisonError BLOB_REFUSED, FatalError
 * AUTHENTICATION_REFUSED or CONFIGURATION_INVALID.
 */
export interface BlobBackend {
  /** Durable when it resolves; refreshes the time of what is there already. */
  putBytes(key: string, bytes: Uint8Array, sha256: string, mediaType: string): Promise<void>;
  /** As putBytes; the file may be moved away. */
  putFile(key: string, file: Spooled, mediaType: string): Promise<void>;
  /** Writes the pieces to a file of its own, hashing them on the way; gone when it rejects. */
  spool(pieces: AsyncIterable<Uint8Array>): Promise<Spooled>;
  /** True when a blob of that length lies there and its time is at most `maxAgeMs` old now. */
  refresh(key: string, reference: BlobRef, maxAgeMs: number): Promise<boolean>;
  /** Null when a healthy store does not have it. Never reads more than the claim check says. */
  read(key: string, reference: BlobRef): Promise<Uint8Array | null>;
  /** False when there was nothing. */
  remove(key: string): Promise<boolean>;
  checkHealth(): Promise<void>;
  list(): AsyncIterable<StoredBlob>;
  listUnfinished(): AsyncIterable<UnfinishedDeposit>;
  /** Removes what still has that time or an older one. */
  removeOld(key: string, beforeMs: number): Promise<BlobRemoval>;
  discard(deposit: UnfinishedDeposit): Promise<boolean>;
}
