export * from './platform-types.js';
export * from './supervisor-types.js';
export { defaultCacheDir, modelFolder, ARTIFACTS } from './cache.js';
export { startPlatform, readPlatformFile, removePlatformData } from './platform.js';
export { createSupervisor } from './supervisor.js';
export { startGuarded } from './guarded-process.js';
export { findPorts } from './ports.js';
export { startS3Mock, type S3Mock, type S3MockOptions } from './s3mock.js';
export { startFaultProxy, type FaultDirection, type FaultProxy, type NetworkFault } from './fault-proxy.js';
