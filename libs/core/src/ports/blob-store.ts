import type { BlobRef } from '@docstream/contracts';

/**
 * Content-addressed bytes: key `<prefix>/<tenant>/<2>/<2>/<sha256>`.
 * Errors: DependencyError BLOB_STORE_UNAVAILABLE while it is away or full; PoisonError BLOB_NOT_FOUND, BLOB_CORRUPT.
 */
export interface BlobStore {
  /** Durable when it resolves; a repeated deposit refreshes the blob's time. Safe to repeat. */
  deposit(tenant: string, bytes: Uint8Array, mediaType: string): Promise<BlobRef>;
  /** As deposit, for bytes that arrive in pieces; nothing is left behind when the source throws. */
  depositStream(tenant: string, pieces: AsyncIterable<Uint8Array>, mediaType: string): Promise<BlobRef>;
  /** Verifies length and hash. */
  redeem(tenant: string, reference: BlobRef): Promise<Uint8Array>;
  /** True when there was something to erase. */
  erase(tenant: string, sha256: string): Promise<boolean>;
  checkHealth(): Promise<void>;
}
