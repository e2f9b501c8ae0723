export { createBlobInventory } from './blob-inventory.js';
export { createBlobStore } from './blob-store.js';
export { type BlobStoreOptions } from './open-backend.js';
