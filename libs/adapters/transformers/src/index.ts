export { createEmbedder, type EmbedderOptions } from './embedder.js';
export { missingModelFiles } from './model-files.js';
