export * from './clean-text.js';
export * from './decode-record.js';
export * from './project-record.js';
export * from './store-sink.js';
export * from './store-health.js';
export * from './store-metrics.js';
