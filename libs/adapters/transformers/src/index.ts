export { createEmbedder, type EmbedderOptions } from './embedder.js';
