export * from './clean-text.js';
export * from './decode-record.js';
export * from './project-record.js';
export * from './store-sink.js';
