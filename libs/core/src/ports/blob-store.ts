import type { BlobRef } from '@docstream/contracts';

/**
 * Content-addressed bytes: key `<prefix>/<tenant>/<2>/<2>/<sha256>`.
 * Errors: DependencyError BLOB_STORE_UNAVAILABLE while it is away or full; PoisonError BLOB_NOT_FOUND, BLOB_CORRUPT, and
 * BLOB_REFUSED where a healthy store takes other bytes but not these.
 */
export interface BlobStore {
  /** Durable when it resolves; a repeated deposit refreshes the blob's time. Safe to repeat. */
  deposit(tenant: string, bytes: Uint8Array, mediaType: string): Promise<BlobRef>;
  /** As deposit, for bytes that arrive in pieces; nothing is left behind when the source throws. */
  depositStream(tenant: string, pieces: AsyncIterable<Uint8Array>, mediaType: string): Promise<BlobRef>;
  /**
   * Before a record names a blob once more: its time is at most a day old when this resolves true, so that collection
   * spares it as long as the record lives. False when there is no such blob.
   */
  refresh(tenant: string, reference: BlobRef): Promise<boolean>;
  /** Verifies length and hash. */
  redeem(tenant: string, reference: BlobRef): Promise<Uint8Array>;
  /** True when there was something to erase. */
  erase(tenant: string, sha256: string): Promise<boolean>;
  checkHealth(): Promise<void>;
}
