export { createBlobStore, type BlobStoreOptions } from './blob-store.js';
