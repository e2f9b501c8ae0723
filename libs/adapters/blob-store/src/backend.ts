import type { BlobRef } from '@docstream/contracts';

/** Bytes that lie in a file, with what was learned while they were written there. */
export interface Spooled {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Where blobs lie, by key. Errors: DependencyError BLOB_STORE_UNAVAILABLE, FatalError AUTHENTICATION_REFUSED. */
export interface BlobBackend {
  /** Durable when it resolves; refreshes the time of what is there already. */
  putBytes(key: string, bytes: Uint8Array, sha256: string, mediaType: string): Promise<void>;
  /** As putBytes; the file may be moved away. */
  putFile(key: string, file: Spooled, mediaType: string): Promise<void>;
  /** An existing folder for files that wait for their hash. */
  spoolFolder(): Promise<string>;
  /** Null when a healthy store does not have it. Never reads more than the claim check says. */
  read(key: string, reference: BlobRef): Promise<Uint8Array | null>;
  /** False when there was nothing. */
  remove(key: string): Promise<boolean>;
  checkHealth(): Promise<void>;
}
