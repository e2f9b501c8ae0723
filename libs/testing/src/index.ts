export * from './builders.js';
export * from './journey.js';
export * from './memory-broker.js';
export * from './test-database.js';
export * from './waiting.js';
export * from './memory-documents.js';
