export { applicationCode, type Sandbox } from './sandbox.js';
export * from './worker-pool.js';
